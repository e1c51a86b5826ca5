"""What the map may show, and what it must keep to itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.geo import distance_m
from portal.domain.visibility import Element, Hidden, MapRules, Measure, Rule, Trip, look
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
