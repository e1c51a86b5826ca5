"""Minutes left, from what is known at the moment."""

from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest

from portal.domain.eta import Confidence, estimate
from portal.domain.first_leg import Phase
from portal.domain.pace import Basis
from portal.domain.round import Break, Fix, keeps_to_plan
from portal.domain.travel import DENSE_VAN, SMALL_TOWN
from tests.domain.rounds import at, door, driven, even, street

USUAL_LEG = 8 + 11 * 0.3


def left(planned, now, van=None, profile=SMALL_TOWN):
    return [round(guess.minutes_left, 1) for guess in estimate(planned, now, van, profile)]


def test_a_small_town_takes_8_minutes_a_stop_and_11_a_straight_kilometer():
    assert left(driven(street(3), at(9)), at(9)) == [
        pytest.approx(USUAL_LEG, abs=0.1),
        pytest.approx(2 * USUAL_LEG, abs=0.1),
    ]


def test_a_dense_van_round_takes_two_or_three_minutes_a_stop():
    assert 2 < left(driven(street(2), at(9)), at(9), profile=DENSE_VAN)[0] < 4


def test_a_slow_driver_is_believed_little_by_little():
    slow = [at(9) + timedelta(minutes=2 * USUAL_LEG * n) for n in range(6)]
    guesses = [estimate(driven(street(8), *slow[: n + 1]), slow[n], None, SMALL_TOWN)[0] for n in range(6)]
    paces = [round(guess.pace, 2) for guess in guesses]
    assert paces == [1.0, 1.17, 1.29, 1.38, 1.44, 1.5]


def test_a_gap_with_a_declared_break_does_not_count_for_the_pace():
    paused = driven(street(4, (Break(2, 45),)), at(9), at(9, 11), at(10, 10))
    assert estimate(paused, at(10, 10), None, SMALL_TOWN)[0].pace < 1.05


def test_a_declared_break_is_waited_for_and_runs_down():
    planned = driven(street(4, (Break(1, 30),)), at(9))
    assert left(planned, at(9))[0] == pytest.approx(30 + USUAL_LEG, abs=0.1)
    resting = estimate(planned, at(9, 20), None, SMALL_TOWN)[0]
    assert resting.on_break
    assert resting.minutes_left == pytest.approx(10 + USUAL_LEG, abs=0.1)
    assert not estimate(planned, at(9, 31), None, SMALL_TOWN)[0].on_break


def test_a_time_window_of_another_door_is_waited_for():
    planned = driven(street(3), at(9))
    held = replace(planned.stops[1], not_before=at(10))
    planned = replace(planned, stops=(planned.stops[0], held, planned.stops[2]))
    assert left(planned, at(9)) == [60, pytest.approx(60 + USUAL_LEG, abs=0.1)]


def test_planned_times_of_dispatch_give_the_legs_and_already_hold_the_break():
    planned = street(3, (Break(2, 30),))
    stops = tuple(replace(stop, planned_at=at(9 + n)) for n, stop in enumerate(planned.stops))
    late = driven(replace(planned, stops=stops), at(9, 20))
    guesses = estimate(late, at(9, 20), None, SMALL_TOWN)
    assert [round(guess.minutes_left) for guess in guesses] == [60, 120]
    assert {guess.source for guess in guesses} == {Basis.PLAN}


def test_a_door_without_coordinates_gets_the_usual_gap_and_says_so():
    planned = driven(street(4), at(9))
    nowhere = tuple(replace(stop, point=None) if stop.seq == 3 else stop for stop in planned.stops)
    first, second, third = estimate(replace(planned, stops=nowhere), at(9), None, SMALL_TOWN)
    assert (first.source, first.confidence) == (Basis.TRAVEL, Confidence.FIRM)
    assert (second.source, second.confidence) == (Basis.USUAL, Confidence.ROUGH)
    assert third.minutes_left == pytest.approx(USUAL_LEG + 24, abs=0.2)


def test_the_longer_a_stop_takes_the_longer_it_will():
    planned = driven(street(2), at(9))
    waits = [
        estimate(planned, at(9) + timedelta(minutes=m), None, SMALL_TOWN)[0] for m in (0, 5, 12, 40, 100)
    ]
    assert [round(wait.minutes_left, 1) for wait in waits] == [11.3, 6.8, 6.8, 20, 50]
    assert [wait.phase for wait in waits] == [
        Phase.START, Phase.UNDERWAY, Phase.UNDERWAY, Phase.OVERDUE, Phase.OVERDUE,
    ]  # fmt: skip


def test_a_fresh_fix_far_from_the_door_makes_it_later_and_a_stale_one_is_not_used():
    planned = driven(street(2), at(9))
    far = door(40)
    assert left(planned, at(9, 5), Fix(far, at(9, 5)))[0] > 100
    assert left(planned, at(9, 5), Fix(far, at(8, 59)))[0] < 10


def test_before_the_departure_nothing_has_begun_yet():
    planned = street(2, departs_at=at(9))
    assert left(planned, at(8)) == [72, pytest.approx(72 + USUAL_LEG, abs=0.1)]
    assert left(replace(planned, departed_at=at(9)), at(9, 2))[0] == 10


def test_nobody_is_left_on_a_finished_round():
    assert estimate(even(3, 10), at(12), None, SMALL_TOWN) == ()


def test_stops_that_come_twice_vanish_or_reverse_do_not_break_it():
    planned = driven(street(5), at(9), at(9, 10))
    twice = replace(planned, stops=(*planned.stops, planned.stops[4]))
    vanished = replace(planned, stops=planned.stops[1:])
    backwards = replace(planned, stops=planned.stops[::-1])
    for odd in (twice, vanished, backwards):
        assert all(guess.minutes_left > 0 for guess in estimate(odd, at(9, 10), None, SMALL_TOWN))


def test_leaving_the_planned_order_once_is_forgiven_twice_is_not():
    order = {1: at(9), 2: at(9, 10), 4: at(9, 20), 5: at(9, 30)}
    once = [replace(stop, done_at=order.get(stop.seq)) for stop in street(8).stops]
    assert keeps_to_plan(once)
    order[3] = at(9, 40)
    twice = [replace(stop, done_at=order.get(stop.seq)) for stop in street(8).stops]
    assert not keeps_to_plan(twice)


def test_200_stops_take_less_than_20_milliseconds():
    planned = driven(street(200), *(at(9) + timedelta(minutes=3 * n) for n in range(30)))
    begun = perf_counter()
    for _ in range(5):
        estimate(planned, at(10, 27), None, SMALL_TOWN)
    assert (perf_counter() - begun) / 5 < 0.02
