"""What the map may show, and what it must keep to itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.geo import METERS_PER_DEGREE, Point, blur, distance_m
from portal.domain.visibility import Element, Hidden, MapRules, Measure, Rule, Trip, look, needs_van
from tests.domain.rounds import at, door

NOON = at(12)
ANNA = Trip(
    under_way=True, done=False, door=door(20), van=door(13), van_seen_at=NOON, stops_away=7, minutes_left=44.4
)  # fmt: skip
USUAL = MapRules()


def test_a_van_ten_stops_away_is_shown_blurred():
    view = look(ANNA, USUAL, NOON)
    assert not view.near
    assert 0 < distance_m(view.van, door(13)) < 250
    assert (view.stops_left, view.minutes_left, view.route_ahead) == (7, 44, False)


def test_the_next_stop_sees_it_closer_but_never_the_raw_fix():
    view = look(replace(ANNA, stops_away=1, van=door(19)), USUAL, NOON)
    assert (view.near, view.route_ahead) == (True, True)
    assert 0 < distance_m(view.van, door(19)) < 60


def test_a_van_that_stands_next_door_for_somebody_else_is_still_blurred():
    assert not look(replace(ANNA, stops_away=4, van=door(20)), USUAL, NOON).near


@pytest.mark.parametrize(
    ("trip", "why"),
    [
        (replace(ANNA, done=True), Hidden.DONE),
        (replace(ANNA, under_way=False), Hidden.NOT_ON_THE_WAY),
        (replace(ANNA, van=None, van_seen_at=None), Hidden.NO_POSITION),
        (replace(ANNA, van_seen_at=NOON - timedelta(minutes=11)), Hidden.STALE),
        (replace(ANNA, stops_away=11), Hidden.TOO_FAR),
        (replace(ANNA, stops_away=None), Hidden.TOO_FAR),
        (replace(ANNA, stops_away=None, off_plan=True), Hidden.OFF_PLAN),
        (replace(ANNA, door=None), Hidden.NO_DOOR),
        (replace(ANNA, van_seen_at=NOON + timedelta(days=1)), Hidden.STALE),
    ],
)
def test_a_hidden_van_says_why(trip, why):
    view = look(trip, USUAL, NOON)
    assert (view.van, view.van_hidden, view.route_ahead) == (None, why, False)


def test_after_hand_over_nothing_is_shown():
    view = look(
        replace(ANNA, done=True), MapRules({element: Rule(Measure.ALWAYS) for element in Element}), NOON
    )
    assert (view.van, view.stops_left, view.minutes_left) == (None, None, None)


@pytest.mark.parametrize(
    ("rule", "shows"),
    [
        (Rule(Measure.NEVER), False),
        (Rule(Measure.ALWAYS), True),
        (Rule(Measure.STOPS, 6), False),
        (Rule(Measure.MINUTES, 45), True),
        (Rule(Measure.METERS, 1900), False),
        (Rule(Measure.METERS, 2300), True),
    ],
)
def test_a_shipper_may_set_the_rule_for_the_van(rule, shows):
    view = look(ANNA, MapRules({Element.VAN: rule}), NOON)
    assert (view.van is not None) == shows


def test_nobody_asks_where_a_van_is_that_would_not_be_shown():
    far, never = replace(ANNA, stops_away=30), MapRules({Element.VAN: Rule(Measure.NEVER)})
    by_place = MapRules({Element.STOPS_LEFT: Rule(Measure.METERS, 3_000)})
    assert [needs_van(ANNA, USUAL), needs_van(far, USUAL), needs_van(ANNA, never)] == [True, False, False]
    assert needs_van(far, by_place)
    assert not needs_van(replace(ANNA, under_way=False), by_place)


def test_what_a_driver_off_the_plan_leaves_is_the_time():
    view = look(replace(ANNA, stops_away=None, off_plan=True), USUAL, NOON)
    assert (view.stops_left, view.minutes_left) == (None, 44)
    assert view.expected_at == NOON + timedelta(minutes=44.4)


MEASURES = st.sampled_from(
    [Rule(Measure.ALWAYS), Rule(Measure.METERS, 400), Rule(Measure.METERS, 2_000), Rule(Measure.STOPS, 3)]
)
OFFSETS = st.floats(-3_000, 3_000)


@given(
    rules=st.builds(
        MapRules, st.dictionaries(st.sampled_from(Element), MEASURES), st.sampled_from([100.0, 250.0, 700.0])
    ),
    away=st.integers(1, 4),
    north=OFFSETS,
    east=OFFSETS,
    shares=st.lists(st.tuples(st.floats(-0.49, 0.49), st.floats(-0.49, 0.49)), min_size=2, max_size=6),
)
def test_a_page_is_the_same_wherever_in_its_small_cell_the_van_stands(rules, away, north, east, shares):
    """No threshold, no average and no second look tells more than the cell does."""
    cell = blur(Point(48.0 + north / METERS_PER_DEGREE, 9.0 + east / METERS_PER_DEGREE), rules.near_blur_m)
    side = 62.5 / METERS_PER_DEGREE
    places = [Point(cell.lat + dy * side, cell.lng + dx * side) for dx, dy in shares]
    trip = Trip(True, False, Point(48.0, 9.0), None, NOON, away, 12.0)
    views = [look(replace(trip, van=place), rules, NOON) for place in places]
    assert len(set(views)) == 1
    grid = rules.near_blur_m if views[0].near else rules.blur_m
    assert views[0].van in (None, blur(cell, grid))
