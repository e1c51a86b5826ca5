"""An account whose calls keep failing is left alone, then asked with one call."""

from datetime import timedelta

import pytest

from notifications.breaker import Breaker, Leave, Turn
from tests.notifications.cast import at

NOW = at(9)


def breaker():
    """One that rests exactly as long as it may."""
    return Breaker(chance=lambda: 0.0)


def opened():
    one = breaker()
    for _ in range(5):
        one.heard(False, NOW)
    return one


def test_five_failures_in_a_row_open_it_and_an_answer_between_them_does_not():
    one = breaker()
    for well in (False, False, False, False, True, False, False, False, False):
        assert one.heard(well, NOW) is Turn.SAME
    assert one.heard(False, NOW) is Turn.OPENED
    assert one.ask(NOW) is Leave.NONE


def test_half_of_the_last_twenty_open_it_once_there_were_twenty():
    one = breaker()
    turns = [one.heard(number % 2 == 0, NOW) for number in range(20)]
    assert turns == [Turn.SAME] * 19 + [Turn.OPENED]


def test_a_carrier_that_fails_now_and_then_stays_open_to_all():
    one = breaker()
    turns = {one.heard(number % 5 > 1, NOW) for number in range(500)}
    assert turns == {Turn.SAME}


def test_after_its_rest_one_call_and_no_more_finds_out():
    one = opened()
    assert one.ask(NOW + timedelta(seconds=14)) is Leave.NONE
    later = NOW + timedelta(seconds=15)
    assert [one.ask(later), one.ask(later)] == [Leave.PROBE, Leave.NONE]
    assert one.heard(True, later, probe=True) is Turn.CLOSED
    assert one.ask(later) is Leave.FREE


def test_each_failed_probe_doubles_the_rest_up_to_five_minutes():
    one, now, rests = opened(), NOW, []
    for _ in range(8):
        now = one.rests_until
        assert one.ask(now) is Leave.PROBE
        one.heard(False, now, probe=True)
        rests.append((one.rests_until - now).total_seconds())
    assert rests == [30, 60, 120, 240, 300, 300, 300, 300]


def test_once_it_worked_again_the_next_rest_is_short():
    one = opened()
    for well in (False, True):
        now = one.rests_until
        one.ask(now)
        one.heard(well, now, probe=True)
    for _ in range(5):
        one.heard(False, now)
    assert one.rests_until - now == timedelta(seconds=15)


def test_calls_that_were_under_way_when_it_opened_say_nothing():
    one = opened()
    assert one.heard(True, NOW) is Turn.SAME
    assert one.heard(False, NOW) is Turn.SAME
    assert one.rests_until == NOW + timedelta(seconds=15)


def test_a_probe_nobody_hears_of_again_does_not_close_the_account_for_ever():
    one = opened()
    later = NOW + timedelta(seconds=15)
    assert one.ask(later) is Leave.PROBE
    assert one.ask(later + timedelta(seconds=59)) is Leave.NONE
    assert one.ask(later + timedelta(seconds=60)) is Leave.PROBE


def test_a_probe_with_nothing_to_send_leaves_the_next_one_to_somebody_else():
    one = opened()
    later = NOW + timedelta(seconds=15)
    one.ask(later)
    one.cancel()
    assert one.ask(later) is Leave.PROBE


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_rests_differ_so_that_workers_do_not_knock_together(chance):
    one = Breaker(chance=lambda: chance)
    for _ in range(5):
        one.heard(False, NOW)
    assert one.rests_until - NOW == timedelta(seconds=15) * (1 - 0.2 * chance)
