"""Windows as recipients see them: rounded, honest, calm, and scored."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.delivery import Promise
from portal.domain.eta import Confidence, Estimate
from portal.domain.first_leg import Phase
from portal.domain.pace import Basis
from portal.domain.spreads import Spread, Table
from portal.domain.window import Because, Outcome, Sight, Source, computed, next_window, score, shown
from tests.domain.rounds import at

TABLE = Table(90, {(phase, place): Spread(0.5, 2.0) for phase in Phase for place in range(6)})
NOON = at(12, 2)


def due(minutes: float, stops_before: int = 6, **more: object) -> Estimate:
    base = Estimate(
        shipment_id=1, at=NOON + timedelta(minutes=minutes), minutes_left=minutes, stops_before=stops_before,
        source=Basis.TRAVEL, confidence=Confidence.FIRM, phase=Phase.STOP_DONE,
    )  # fmt: skip
    return replace(base, **more)


def told(start, end, source=Source.LIVE, **more) -> Promise:
    return Promise(start, end, source, NOON - timedelta(minutes=30), level=90, **more)


def test_a_window_is_rounded_outwards_to_five_minutes():
    assert computed(due(40), TABLE, NOON) == (at(12, 20), at(13, 25))


def test_a_window_never_begins_before_now():
    assert computed(due(2), TABLE, NOON)[0] == NOON


def test_a_window_has_at_least_10_minutes_and_15_when_the_van_was_not_seen():
    start, end = computed(due(0.5), TABLE, NOON)
    assert end - start >= timedelta(minutes=10)
    start, end = computed(due(0.5), TABLE, NOON, Sight(stale=True))
    assert end - start >= timedelta(minutes=15)


def test_a_rough_estimate_gets_a_wider_window():
    firm, rough = computed(due(40), TABLE, NOON), computed(due(40, confidence=Confidence.ROUGH), TABLE, NOON)
    assert rough[0] < firm[0]
    assert rough[1] > firm[1]


def test_the_first_window_says_how_many_of_100_hold():
    first = next_window(None, due(40), TABLE, NOON)
    assert (first.source, first.level, first.because) == (Source.LIVE, 90, Because.FIRST)
    assert (first.expected_at, first.stops_before) == (at(12, 42), 6)


@pytest.mark.parametrize(
    ("before", "minutes", "why"),
    [
        (told(at(12), at(12, 30)), 40, Because.LATER),
        (told(at(13), at(14)), 40, Because.SOONER),
        (told(at(11), at(12, 6)), 2, Because.RAN_OUT),
        (told(at(12), at(13)), 40, None),
    ],
)
def test_a_window_moves_only_when_it_must(before, minutes, why):
    moved = next_window(before, due(minutes), TABLE, NOON)
    assert (moved.because if moved else None) == why


def test_a_break_is_named_as_the_reason():
    moved = next_window(told(at(12), at(12, 30)), due(40, on_break=True), TABLE, NOON)
    assert moved.because is Because.ON_BREAK


def test_three_stops_away_a_narrower_window_replaces_the_old_one_and_elsewhere_a_much_narrower_one():
    wide, much_wider = told(at(12), at(14)), told(at(12), at(15))
    assert next_window(wide, due(40, stops_before=2), TABLE, NOON).because is Because.NARROWED
    assert next_window(wide, due(40, stops_before=4), TABLE, NOON) is None
    assert next_window(much_wider, due(40, stops_before=4), TABLE, NOON).because is Because.NARROWED
    assert next_window(much_wider, due(40, stops_before=3), TABLE, NOON) is None
    assert next_window(much_wider, due(40, stops_before=2), TABLE, NOON, at_stop=False) is None
    assert next_window(told(at(12), at(13, 10)), due(40, stops_before=2), TABLE, NOON) is None


def test_whoever_was_missed_gets_a_wider_window_next():
    first = next_window(None, due(40), TABLE, NOON)
    moved = next_window(told(at(12), at(12, 30)), due(40), TABLE, NOON)
    assert moved.start < first.start
    assert moved.end > first.end
    assert next_window(told(at(12), at(12, 30), Source.DISPATCH), due(40), TABLE, NOON).end == first.end


def test_a_window_is_never_cut_to_fit_the_old_one():
    old = told(at(12, 30), at(15))
    new = next_window(old, due(40, stops_before=2), TABLE, NOON)
    assert new.start < old.start


@pytest.mark.parametrize(
    ("estimate", "sight", "why"),
    [
        (due(200), Sight(), Because.TOO_FAR),
        (due(200, in_order=False), Sight(), Because.OFF_PLAN),
        (due(40), Sight(stale=True, lost=True), Because.NO_POSITION),
    ],
)
def test_what_cannot_be_kept_is_only_today_between_and_claims_nothing(estimate, sight, why):
    today = next_window(None, estimate, TABLE, NOON, sight)
    assert (today.source, today.level, today.because) == (Source.TODAY, 0, why)
    assert today.end.minute == 0
    assert next_window(today, estimate, TABLE, NOON, sight) is None


def test_today_between_becomes_a_window_at_the_first_stop_from_which_one_can_be_kept():
    today = next_window(None, due(200), TABLE, NOON)
    assert next_window(today, due(90), TABLE, NOON, at_stop=False) is None
    assert next_window(today, due(90), TABLE, NOON).source == Source.LIVE


def test_the_recipient_sees_the_live_window_else_the_planned_one_and_no_window_that_is_over():
    planned, live = told(at(9), at(18), Source.DISPATCH), told(at(12), at(13))
    assert shown(planned, live, NOON) is live
    assert shown(planned, None, NOON) is planned
    assert shown(planned, told(at(11), at(12)), NOON) is planned
    assert shown(told(at(9), at(10)), None, NOON) is None


def test_a_window_is_scored_with_both_ends_inside():
    assert score(at(12), at(13), at(13)).outcome is Outcome.INSIDE
    assert score(at(12), at(13), at(11, 50)).outcome is Outcome.EARLY
    late = score(at(12), at(13), at(13, 10))
    assert (late.outcome, late.missed_by_minutes, late.width_minutes) == (Outcome.LATE, 10, 60)
