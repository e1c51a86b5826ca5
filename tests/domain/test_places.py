"""Doors without a place on the map."""

from dataclasses import replace

import pytest

from portal.domain.eta import Confidence, estimate
from portal.domain.pace import Basis
from portal.domain.places import with_rough_places
from portal.domain.round import Fix
from portal.domain.travel import SMALL_TOWN
from tests.domain.rounds import at, door, driven, street


def without_places(planned, *numbers):
    stops = tuple(replace(stop, point=None) if stop.seq in numbers else stop for stop in planned.stops)
    return replace(planned, stops=stops)


def placed(planned):
    return replace(planned, stops=with_rough_places(planned.stops))


def test_a_door_between_two_known_ones_lies_roughly_between_them():
    found = placed(without_places(street(4), 2, 3)).stops
    assert [stop.rough for stop in found] == [False, True, True, False]
    for stop in found:
        assert (stop.point.lat, stop.point.lng) == pytest.approx((door(stop.seq).lat, 9.0))


def test_at_the_ends_of_a_round_nothing_is_guessed():
    found = placed(without_places(street(4), 1, 4)).stops
    assert [stop.point is None for stop in found] == [True, False, False, True]
    assert not any(stop.rough for stop in found)


def test_a_round_without_any_place_stays_without():
    nowhere = without_places(street(3), 1, 2, 3)
    assert placed(nowhere) == nowhere
    assert with_rough_places(()) == ()


def test_it_is_the_plan_that_says_who_stands_between_whom_not_the_list():
    planned = without_places(street(3), 2)
    mixed = replace(planned, stops=(planned.stops[2], planned.stops[1], planned.stops[0]))
    assert [stop.seq for stop in placed(mixed).stops] == [3, 2, 1]
    assert placed(mixed).stops[1].point.lat == pytest.approx(door(2).lat)


def test_what_rests_on_a_rough_place_says_so_and_so_does_what_comes_after():
    planned = driven(placed(without_places(street(4), 3)), at(9))
    guesses = estimate(planned, at(9), None, SMALL_TOWN)
    assert [guess.source for guess in guesses] == [Basis.TRAVEL, Basis.USUAL, Basis.USUAL]
    assert [guess.confidence for guess in guesses] == [Confidence.FIRM, Confidence.ROUGH, Confidence.ROUGH]


def test_minutes_past_a_rough_place_are_those_of_the_whole_way():
    known = estimate(driven(street(4), at(9)), at(9), None, SMALL_TOWN)
    rough = estimate(driven(placed(without_places(street(4), 3)), at(9)), at(9), None, SMALL_TOWN)
    assert rough[2].minutes_left == pytest.approx(known[2].minutes_left)


def test_a_van_at_a_rough_place_is_not_at_the_door():
    planned = driven(placed(without_places(street(3), 2)), at(9))
    there = Fix(door(2), at(9, 2))
    (guess, *_) = estimate(planned, at(9, 2), there, SMALL_TOWN)
    (unseen, *_) = estimate(planned, at(9, 2), None, SMALL_TOWN)
    assert guess.minutes_left == unseen.minutes_left


def test_a_finished_door_without_a_place_is_placed_too():
    planned = placed(driven(without_places(street(4), 2), at(9), at(9, 10)))
    assert planned.stops[1].rough
    assert estimate(planned, at(9, 10), None, SMALL_TOWN)[0].confidence is Confidence.ROUGH
