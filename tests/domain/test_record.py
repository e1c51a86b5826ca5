"""The record's arithmetic: shares that never promise too much, intervals, histograms, stages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.delivery import Promise
from portal.domain.events import Reason
from portal.domain.record import WIDTHS, Fared, Line, Stage, odds, stage_of, total, wilson
from portal.domain.visits import AT_THE_DOOR, judged_by, left_at, visits
from portal.domain.window import Outcome, Score, score
from tests.parcels import at, event


def window(shown: int = 8, source: str = "live", **more: object) -> Promise:
    """From two to four, shown at some hour."""
    return Promise(at(14), at(16), source, at(shown), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 0, 0.0, 1.0), (20, 20, 0.838, 1.0), (0, 20, 0.0, 0.162), (371, 412, 0.867, 0.926)],
)
def test_wilsons_interval(part, whole, low, high):
    assert wilson(part, whole) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_the_interval_holds_the_share_and_stays_a_share(inside, missed):
    low, high = wilson(inside, inside + missed)
    assert 0 <= low <= high <= 1
    if inside + missed:
        assert low - 1e-9 <= inside / (inside + missed) <= high + 1e-9


SCORES = st.builds(
    Score, st.sampled_from(Outcome), st.floats(0, 3000, allow_nan=False), st.floats(0, 2000, allow_nan=False)
)


@given(st.lists(SCORES), st.lists(SCORES))
def test_what_is_taken_back_leaves_no_trace(kept, taken_back):
    fared, alone = Fared(), Fared()
    for one in (*kept, *taken_back):
        fared.count(one)
    for one in taken_back:
        fared.count(one, -1)
    for one in kept:
        alone.count(one)
    assert fared == alone == total([alone, Fared()])


def test_half_of_the_windows_are_at_most_as_wide_as_the_median_says():
    fared = Fared()
    for width in [45.0] * 21 + [120.0] * 20:
        fared.count(Score(Outcome.INSIDE, 0.0, width))
    assert (fared.median_width, fared.held) == (45, 1.0)
    assert tuple(sorted(WIDTHS)) == WIDTHS
    few = Fared(inside=19)
    assert (few.median_width, few.held) == (None, None)


@pytest.mark.parametrize(
    ("shown", "minutes_left", "stage"),
    [
        (window(), 19.9, Stage.TO_20),
        (window(), 20.0, Stage.TO_60),
        (window(), 179.0, Stage.TO_180),
        (window(), 500.0, Stage.OVER_180),
        (window(expected_at=at(8, 30)), None, Stage.TO_60),
        (window(source="today", stage="20-60"), 30.0, Stage.TODAY),
        (window(source="dispatch"), None, Stage.PLANNED),
        (window(source="route", stage="half_day"), None, Stage.HALF_DAY),
        (window(source="route"), None, Stage.DEPARTURE),
    ],
)
def test_the_stage_of_a_window_is_when_it_was_shown(shown, minutes_left, stage):
    assert stage_of(shown, minutes_left) == stage


def test_odds_are_of_the_same_depot_stage_and_level_and_are_cut():
    shown = window(stage="20-60", level=90)
    record = {
        Line("north", "20-60", 90): Fared(inside=359, late=41),
        Line("north", "20-60", 80): Fared(late=400),
        Line("south", "20-60", 90): Fared(inside=400),
    }
    assert odds(record, "north", shown).tenths == 8
    assert odds(record, "north", shown).counted == 400
    assert odds(record, "", shown).tenths == 9
    assert odds(record, "east", shown) is None
    assert odds(record, "north", window(stage="20-60")) is None
    plan = {
        Line("north", "departure", 90): Fared(inside=38, late=2),
        Line("north", "departure", 0): Fared(late=9),
    }
    assert odds(plan, "north", window(source="route")).tenths == 9
    assert odds(plan, "north", window(source="dispatch")) is None
    assert odds({Line("north", "20-60", 90): Fared(inside=39)}, "north", shown) is None


def test_the_first_visit_since_a_window_was_shown_judges_it():
    story = [
        event("out_for_delivery", 9),
        event("attempt_failed", 15, reason=Reason.CONSIGNEE_NOT_HOME),
        event("delivered", 20),
    ]
    seen = visits(story)
    assert judged_by(window(8), seen) == at(15)
    assert judged_by(window(16), seen) == at(20)
    assert judged_by(window(21), seen) is None
    assert score(at(14), at(16), at(15)).outcome is Outcome.INSIDE


def test_who_asked_for_another_time_let_go_of_the_windows_before_only():
    assert judged_by(window(8), [at(20)], [at(10)]) is None
    assert judged_by(window(10), [at(20)], [at(10)]) == at(20)
    assert judged_by(window(8), [at(9)], [at(10)]) == at(9)


def test_only_some_reasons_say_that_somebody_stood_at_the_door():
    assert {None, Reason.UNKNOWN, Reason.CONSIGNEE_REFUSED} <= AT_THE_DOOR
    assert Reason.CARRIER_NOT_ENOUGH_TIME not in AT_THE_DOOR
    assert visits([event("attempt_failed", 9, reason=Reason.WEATHER_DELAY), event("collected", 10)]) == ()


def test_the_van_left_the_door_when_it_did_whatever_becomes_of_the_parcel():
    tried = [event("out_for_delivery", 8), event("attempt_failed", 10)]
    assert left_at(tried) == at(10)
    assert left_at([*tried, event("held", 18), event("returning", 19)]) == at(10)
    assert left_at([*tried, event("out_for_delivery", 20)]) is None
