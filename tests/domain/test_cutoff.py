"""Until when: from the stop's place on its route and the shipper's rule, as a moment one can read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.change import Kind
from portal.domain.cutoff import CutOff, cut_off
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import No, Place
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from tests.parcels import at, waiting

NEIGHBOR, HOLD = KINDS[Kind.NEIGHBOR], KINDS[Kind.HOLD]
THREE = at(15)


def on_the_way(stops_before, *earlier, expected=THREE, **more):
    place = Place(None, stops_before, expected, tuple(earlier))
    return waiting(Status.ON_VAN, place=place, **more)


def test_on_the_way_it_is_when_the_van_is_two_stops_before():
    sparse = on_the_way(5, at(14, 41), at(14, 17), at(13, 50))
    assert cut_off(NEIGHBOR, sparse, at(12)) == CutOff(at(14, 15))


def test_but_never_later_than_the_notice():
    dense = on_the_way(9, at(14, 57), at(14, 55))
    assert cut_off(NEIGHBOR, dense, at(12)) == CutOff(at(14, 30))
    assert cut_off(NEIGHBOR, dense, at(14, 30)) == CutOff(at(14, 30), No.TOO_LATE)


def test_a_shipper_may_ask_for_more_stops():
    strict = ShipperRules(notice_stops={Kind.NEIGHBOR: 3})
    sparse = on_the_way(5, at(14, 41), at(14, 17), at(13, 50), rules=strict)
    assert cut_off(NEIGHBOR, sparse, at(12)).until == at(13, 50)


def test_once_the_van_is_closer_than_that_it_is_over():
    assert cut_off(NEIGHBOR, on_the_way(1, at(14, 50)), at(12)) == CutOff(None, No.TOO_LATE)


def test_whoever_is_next_is_not_changed_any_more():
    for rule in KINDS.values():
        assert cut_off(rule, on_the_way(0), at(12)).because is No.NEXT_STOP
        assert cut_off(rule, on_the_way(7, heading_here=True), at(12)).because is No.NEXT_STOP


def test_when_the_order_is_not_believed_the_notice_counts():
    assert cut_off(NEIGHBOR, on_the_way(None), at(12)) == CutOff(at(14, 30))


def test_what_must_stay_off_the_van_is_possible_until_it_departs():
    planned = waiting(place=Place(at(8, 20), 12, at(15)))
    assert cut_off(HOLD, planned, at(8)) == CutOff(at(8, 20))
    assert cut_off(HOLD, planned, at(8, 20)).because is No.TOO_LATE
    assert cut_off(HOLD, on_the_way(9), at(9)).because is No.LOADED
    assert cut_off(NEIGHBOR, planned, at(8)) == CutOff(at(13, 30))


def test_one_of_the_first_stops_is_changed_before_the_van_departs():
    first = waiting(place=Place(at(13, 10), 1, at(14)))
    assert cut_off(NEIGHBOR, first, at(8)) == CutOff(at(13, 10))


def test_a_parcel_that_did_not_come_has_no_deadline():
    assert cut_off(NEIGHBOR, waiting(), at(17)) == CutOff()
    assert cut_off(HOLD, on_the_way(3, turned_away=True), at(17)) == CutOff()


@given(
    kind=st.sampled_from(list(Kind)),
    minutes=st.lists(st.integers(1, 30), min_size=1, max_size=8),
    drift=st.integers(-20, 20),
)
def test_a_small_change_of_the_estimate_moves_it_a_little(kind, minutes, drift):
    def seen(late):
        expected, before = at(15) + timedelta(minutes=late), []
        for gap in minutes:
            before.append((before[-1] if before else expected) - timedelta(minutes=gap))
        return cut_off(KINDS[kind], on_the_way(len(minutes), *before, expected=expected), at(6)).until

    if (was := seen(0)) is None:
        assert seen(drift) is None
    else:
        assert abs(seen(drift) - was) <= timedelta(minutes=abs(drift) + 5)
        assert was.minute % 5 == 0


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_its_notice(kind):
    assert KINDS[kind].notice_minutes >= 15
    assert 1 <= KINDS[kind].notice_stops <= 8
