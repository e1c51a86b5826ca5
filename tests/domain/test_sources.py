"""Dispatch's own estimate beside ours: fresh it leads, then it fades, and nonsense never counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.eta import estimate
from portal.domain.pace import Basis
from portal.domain.round import Break
from portal.domain.sources import DOUBTS, Doubt, heard, taken_breaks, weight
from portal.domain.spreads import default_table
from portal.domain.travel import SMALL_TOWN
from portal.domain.window import Source, next_window
from tests.domain.rounds import at, driven, street

NOW = at(10)


def said(doors, **etas):
    """A round of which two stops are done, with estimates of dispatch in minutes from now by stop number."""
    planned = driven(street(doors), at(9, 40), NOW)
    stops = tuple(
        replace(stop, eta_at=NOW + timedelta(minutes=etas[f"s{stop.seq}"]), eta_sent_at=NOW)
        if f"s{stop.seq}" in etas
        else stop
        for stop in planned.stops
    )
    return replace(planned, stops=stops)


def minutes(planned, now=NOW):
    return {guess.shipment_id - 100: guess for guess in estimate(planned, now, None, SMALL_TOWN)}


def test_a_fresh_estimate_leads_and_moves_the_stops_after_it():
    ours, theirs = minutes(said(6)), minutes(said(6, s4=90))
    assert theirs[3].minutes_left == ours[3].minutes_left
    assert theirs[4].minutes_left == pytest.approx(90)
    shift = 90 - ours[4].minutes_left
    assert theirs[6].minutes_left == pytest.approx(ours[6].minutes_left + shift)
    assert (theirs[4].source, theirs[5].source) == (Basis.DISPATCH, Basis.TRAVEL)


def test_it_fades_between_a_quarter_of_an_hour_and_an_hour():
    assert [weight(NOW - timedelta(minutes=age), NOW) for age in (0, 15, 60, 90)] == [1, 1, 0, 0]
    assert 0.4 < weight(NOW - timedelta(minutes=37), NOW) < 0.6
    assert weight(NOW + timedelta(minutes=5), NOW) == 1
    assert weight(None, NOW) == 0
    planned = said(6, s4=120)
    gone = [minutes(planned, NOW + timedelta(minutes=later))[4] for later in (10, 30, 50, 70)]
    arrivals = [guess.at for guess in gone]
    assert arrivals[0] == NOW + timedelta(minutes=120)
    assert arrivals[0] > arrivals[1] > arrivals[2]
    assert gone[-1].source is Basis.TRAVEL


@pytest.mark.parametrize(
    ("offset", "age", "after", "doubt"),
    [
        (-1, 0, 0, Doubt.PASSED),
        (0, 0, 0, Doubt.PASSED),
        (25 * 60, 0, 0, Doubt.TOO_FAR),
        (30, 61, 0, Doubt.OLD),
        (30, 0, 31, Doubt.BEFORE_OTHERS),
        (30, 0, 29, None),
    ],
)
def test_what_cannot_be_is_ignored_with_the_reason(offset, age, after, doubt):
    eta = NOW + timedelta(minutes=offset)
    found = heard(eta, NOW - timedelta(minutes=age), NOW, after)
    assert found.doubt == doubt
    assert bool(found.weight) == (doubt is None)
    assert doubt is None or DOUBTS[doubt]


def test_nonsense_leaves_the_round_as_it_was():
    plain = minutes(said(6))
    for odd in (-500, 3_000, 0.1):
        assert minutes(said(6, s5=odd))[6].minutes_left == plain[6].minutes_left


def test_the_window_says_whose_word_it_follows():
    table = default_table("small_town", 90)
    guesses = minutes(said(6, s3=15))
    assert next_window(None, guesses[3], table, NOW).source == Source.DISPATCH_LIVE
    assert next_window(None, minutes(said(6))[3], table, NOW).source == Source.LIVE


def test_a_door_that_opens_later_is_waited_for_whatever_dispatch_says():
    planned = said(4, s3=20)
    stop = replace(planned.stops[2], not_before=NOW + timedelta(minutes=45))
    planned = replace(planned, stops=(*planned.stops[:2], stop, planned.stops[3]))
    found = minutes(planned)
    assert found[3].minutes_left == pytest.approx(45)
    assert found[3].known_minutes == pytest.approx(25)
    assert found[4].minutes_left > 45


def test_a_break_that_has_begun_counts_from_then():
    planned = driven(street(5), at(9, 40), NOW)
    now = NOW + timedelta(minutes=10)
    begun = Break(2, 30, started_at=NOW + timedelta(minutes=8))
    resting = minutes(replace(planned, breaks=(begun,)), now)
    assert resting[3].on_break
    assert resting[3].known_minutes == pytest.approx(28)
    plain = minutes(planned, now - timedelta(minutes=2))
    assert resting[3].minutes_left == pytest.approx(28 + plain[3].minutes_left, abs=1.5)
    after = minutes(replace(planned, breaks=(begun,)), NOW + timedelta(minutes=40))
    assert not after[3].on_break


def test_a_break_is_taken_where_it_begins_not_where_it_was_planned():
    stops = driven(street(5), at(9, 40), NOW).stops
    (taken,) = taken_breaks([Break(4, 30, started_at=NOW + timedelta(minutes=1))], stops)
    assert taken.after_seq == 2
    assert taken_breaks([Break(3, 30, started_at=at(8))], stops) == ()
    assert [one.after_seq for one in taken_breaks([Break(0, 5), Break(99, 5), Break(3, 5)], stops)] == [5, 3]


def test_two_breaks_after_one_stop_add_up():
    planned = driven(street(5), at(9, 40), NOW)
    one = minutes(replace(planned, breaks=(Break(2, 45),)))
    two = minutes(replace(planned, breaks=(Break(2, 15), Break(2, 30))))
    assert one[3].minutes_left == two[3].minutes_left
