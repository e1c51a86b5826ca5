"""What an estimate costs: of one stop, of a round of 200, with and without the windows, beside a bare loop.

The bare loop adds up one distance and one product a stop: less cannot be done for a round that is thought through.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

from benchmarks.figures import Figures
from portal.domain.eta import estimate
from portal.domain.geo import Point, distance_m
from portal.domain.replan import Yardstick, replan
from portal.domain.round import Fix, Round, RoundStop
from portal.domain.round_news import Door
from portal.domain.spreads import default_table
from portal.domain.travel import SMALL_TOWN

NOW = datetime(2024, 5, 7, 12, tzinfo=UTC)
STOPS, DONE = 200, 12
TIMES = 60


def run(figures: Figures) -> None:
    """Milliseconds, and how many bare loops that is; medians of runs that take turns."""
    one, many = street(1), street(STOPS)
    van = Fix(Point(47.0, 9.0), NOW)
    doors = {stop.shipment_id: Door(stop.shipment_id, expects=True) for stop in many.stops}
    yardstick = Yardstick(SMALL_TOWN, {90: default_table(SMALL_TOWN.name, 90)})
    first = replan(many, doors, van, yardstick, NOW, at_stop=True)
    shown = {number: replace(door, live=first.windows.get(number)) for number, door in doors.items()}
    single, whole, windows, again, bare = taken(
        lambda: estimate(one, NOW, van, SMALL_TOWN),
        lambda: estimate(many, NOW, van, SMALL_TOWN),
        lambda: replan(many, doors, van, yardstick, NOW, at_stop=True),
        lambda: replan(many, shown, van, yardstick, NOW, at_stop=False),
        lambda: bare_loop(many),
    )
    figures.add("eta_stop_ms", single, "ms", "<= 1", done=DONE)
    figures.add("eta_round_ms", whole, "ms", "<= 20", stops=STOPS, done=DONE)
    figures.add("eta_round_first_windows_ms", windows, "ms", stops=STOPS)
    figures.add("eta_round_same_windows_ms", again, "ms", "<= 20", stops=STOPS)
    figures.add("eta_round_of_bare_loops", whole / bare, "bare loops", "<= 30", bare_loop_ms=round(bare, 3))
    figures.add("eta_same_windows_of_estimates", again / whole, "estimates", "<= 2.5")


def street(open_stops: int) -> Round:
    """Twelve finished stops and so many open ones, 300 meters apart."""
    stops = tuple(
        RoundStop(
            number,
            number + 1,
            Point(47 + number * 0.0027, 9.0),
            done_at=NOW - timedelta(minutes=11 * (DONE - number)) if number < DONE else None,
        )
        for number in range(DONE + open_stops)
    )
    return Round(stops, departs_at=NOW - timedelta(hours=3), departed_at=NOW - timedelta(hours=3))


def bare_loop(planned: Round) -> list[float]:
    """Minutes to each stop, with no pace, no pauses, no reasons."""
    minutes, found, before = 0.0, [], planned.stops[DONE - 1].point
    for stop in planned.stops[DONE:]:
        if before is not None and stop.point is not None:
            minutes += 8.0 + distance_m(before, stop.point) * 1.4 * 0.06 / 7.6
        before = stop.point
        found.append(minutes)
    return found


def taken(*calls: Callable[[], object]) -> list[float]:
    """The median milliseconds of each, taken in turns so that a busy machine is busy for all."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(TIMES):
        for call, of_call in zip(calls, times, strict=True):
            began = time.perf_counter()
            call()
            of_call.append((time.perf_counter() - began) * 1000)
    return [median(of_call) for of_call in times]
