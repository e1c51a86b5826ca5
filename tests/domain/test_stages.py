"""A window at every stage: a date, a half day, hours; each only as narrow as can be kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.domain.delivery import Promise
from portal.domain.eta import Confidence, estimate
from portal.domain.record import Stage
from portal.domain.spreads import default_table
from portal.domain.stages import Expected, expected, next_promise, next_reached, reached
from portal.domain.town import kind_of
from portal.domain.travel import DENSE_VAN
from portal.domain.window import Because, Source
from tests.domain.rounds import street

BERLIN = ZoneInfo("Europe/Berlin")
TABLE = default_table("dense_van", 90)


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in June at the door."""
    return datetime(2026, 6, day, hour, minute, tzinfo=BERLIN)


def coming(at=None, early=1.0, late=1.5, departs=None) -> Expected:
    at = at or on(18, 10)
    low, high = at - timedelta(hours=early), at + timedelta(hours=late)
    return Expected(at, low, high, departs or on(18, 8), 90, Confidence.FAIR)


def test_a_date_then_a_half_day_then_hours():
    soon = coming()
    date = next_promise(None, soon, BERLIN, on(15, 9))
    assert (date.start, date.end) == (on(18, 8), on(18, 20))
    assert (date.stage, date.source, date.because, date.level) == (Stage.DATE, Source.ROUTE, Because.FIRST, 0)
    assert next_promise(date, soon, BERLIN, on(17, 17, 59)) is None
    half = next_promise(date, soon, BERLIN, on(17, 18))
    assert (half.start, half.end, half.stage) == (on(18, 8), on(18, 13), Stage.HALF_DAY)
    assert (half.because, half.level) == (Because.PLANNED, 90)
    assert next_promise(half, soon, BERLIN, on(17, 23)) is None
    hours = next_promise(half, soon, BERLIN, on(18, 0))
    assert (hours.start, hours.end, hours.stage) == (on(18, 9), on(18, 11, 30), Stage.DEPARTURE)
    assert next_promise(hours, soon, BERLIN, on(18, 7, 59)) is None


def test_what_cannot_be_kept_narrowly_is_not_told_narrowly():
    vague = coming(on(18, 14), early=3, late=5)
    date = next_promise(None, vague, BERLIN, on(15, 9))
    assert next_promise(date, vague, BERLIN, on(17, 19)) is None
    today = next_promise(date, vague, BERLIN, on(18, 6))
    assert (today.source, today.level, today.stage) == (Source.TODAY, 0, Stage.TODAY)
    assert (today.start, today.end) == (on(18, 11), on(18, 19))
    assert next_promise(today, vague, BERLIN, on(18, 7)) is None


def test_hours_are_never_fewer_than_two():
    hours = next_promise(None, coming(early=0.1, late=0.1), BERLIN, on(18, 6))
    assert timedelta(hours=2) <= hours.end - hours.start <= timedelta(hours=4)
    assert hours.start <= on(18, 10) <= hours.end


def test_a_round_that_no_longer_fits_moves_the_window_with_a_reason():
    half = next_promise(None, coming(), BERLIN, on(17, 18))
    later = next_promise(half, coming(on(18, 15)), BERLIN, on(17, 20))
    assert (later.because, later.start) == (Because.LATER, on(18, 12))
    assert next_promise(later, coming(), BERLIN, on(17, 21)).because == Because.SOONER


def test_what_somebody_promised_stands_unless_a_day_gets_hours():
    day = Promise(on(18, 8), on(18, 20), "dispatch", on(14, 9))
    slot = Promise(on(18, 9), on(18, 11), "recipient", on(14, 9))
    assert next_promise(slot, coming(), BERLIN, on(18, 6)) is None
    assert next_promise(slot, coming(on(18, 15)), BERLIN, on(18, 6)) is None
    assert next_promise(day, coming(), BERLIN, on(17, 18)).stage == Stage.HALF_DAY
    other_day = coming(on(19, 10), departs=on(19, 8))
    assert next_promise(day, other_day, BERLIN, on(18, 18)) is None


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("width", [0.5, 2, 5, 9])
def test_every_hour_of_the_day_has_a_window_that_holds_what_is_expected(hour, width):
    soon = coming(on(18, hour, 40), early=width / 2, late=width / 2, departs=on(17, 23))
    for now in (on(15, 9), on(17, 18), on(18, 0)):
        told = next_promise(None, soon, BERLIN, now)
        assert told.start <= soon.at <= told.end
        assert told.start.astimezone(BERLIN).date() <= soon.at.date()


def test_stages_are_reached_by_the_clock_at_the_door():
    soon = coming(on(18, 10).astimezone(UTC))
    assert reached(soon, BERLIN, on(17, 17)) == Stage.DATE
    assert next_reached(soon, BERLIN, on(17, 17)) == on(17, 18)
    assert reached(soon, BERLIN, on(17, 18)) == Stage.HALF_DAY
    assert next_reached(soon, BERLIN, on(17, 18)) == on(18, 0)
    assert next_reached(soon, BERLIN, on(18, 0)) is None
    assert reached(soon, ZoneInfo("Pacific/Auckland"), on(17, 17)) == Stage.DEPARTURE
    night = coming(on(18, 1), departs=on(17, 22))
    assert reached(night, BERLIN, on(17, 18)) == Stage.DEPARTURE


def test_a_night_when_the_clocks_change_is_a_night():
    spring = datetime(2026, 3, 29, 10, tzinfo=BERLIN)
    soon = Expected(
        spring,
        spring - timedelta(hours=1),
        spring + timedelta(hours=1),
        spring - timedelta(hours=2),
        90,
        Confidence.FAIR,
    )
    eve = datetime(2026, 3, 28, 18, tzinfo=BERLIN)
    assert next_promise(None, soon, BERLIN, eve).start == datetime(2026, 3, 29, 8, tzinfo=BERLIN)


def test_the_hours_before_departure_are_no_drive():
    planned = street(20, departs_at=on(18, 8))
    assert kind_of(planned)
    for now in (on(16, 8), on(18, 7)):
        guesses = estimate(planned, now, None, DENSE_VAN)
        last = expected(guesses[-1], planned.stops[-1], on(18, 8), guesses[-1].at, TABLE)
        assert last.low < last.at < last.high
        assert last.high - last.low < timedelta(hours=2)


def test_a_time_window_of_the_door_narrows_what_is_told():
    planned = street(20, departs_at=on(18, 8))
    stop = replace(planned.stops[-1], not_before=on(18, 12), not_after=on(18, 14))
    planned = replace(planned, stops=(*planned.stops[:-1], stop))
    guess = estimate(planned, on(18, 6), None, DENSE_VAN)[-1]
    told = expected(guess, stop, on(18, 8), guess.at, TABLE)
    assert told.low >= on(18, 12)
    assert told.high <= on(18, 14)
