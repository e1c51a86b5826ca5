"""A small cast of rounds: a straight street, a door every 300 meters, on a day in May."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portal.domain.geo import METERS_PER_DEGREE, Point
from portal.domain.round import Break, Round, RoundStop


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of the day of the round."""
    return datetime(2024, 5, 7, hour, minute, second, tzinfo=UTC)


def door(number: int, every_m: float = 300.0) -> Point:
    """The door of a number on the street that runs north."""
    return Point(48.0 + number * every_m / METERS_PER_DEGREE, 9.0)


def street(doors: int, breaks: tuple[Break, ...] = (), departs_at: datetime | None = None) -> Round:
    """A round over doors 1, 2, ... none of them done."""
    stops = tuple(RoundStop(shipment_id=100 + n, seq=n, point=door(n)) for n in range(1, doors + 1))
    return Round(stops, breaks, departs_at)


def driven(planned: Round, *done_at: datetime) -> Round:
    """The same round with its first stops done at these moments."""
    done = zip(planned.stops, done_at, strict=False)
    first = tuple(replace(stop, done_at=moment) for stop, moment in done)
    return replace(planned, stops=first + planned.stops[len(first) :])


def even(doors: int, minutes: float, first: datetime | None = None) -> Round:
    """A finished round with the same minutes from door to door."""
    start = first or at(9)
    return driven(street(doors), *(start + timedelta(minutes=minutes * n) for n in range(doors)))
