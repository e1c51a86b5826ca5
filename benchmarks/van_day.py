"""Windows of dense van rounds put together from real GPS pieces: how wide they are with breaks declared.

`GPS_FILE` names the zip of pieces; without it pieces with the published medians are made up. Rounds to learn from and
rounds to score share no piece. Nobody drove these rounds: pieces follow each other as they never did.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.figures import Figures
from benchmarks.van_pieces import Piece, made_up, real
from benchmarks.window_study import Ledger, Look, Played, by_stops, late_share, shown, taught_from
from portal.demo import replay_report
from portal.demo.replay_file import Delivery
from portal.demo.replay_report import Sighting
from portal.domain.calibration import as_known, pairs_of
from portal.domain.eta import estimate
from portal.domain.geo import METERS_PER_DEGREE, Point
from portal.domain.round import Break, Round, RoundStop
from portal.domain.spreads import Table, default_table
from portal.domain.travel import DENSE_VAN
from portal.domain.window import SEEING

STOPS = 110
TEACH, ROUNDS = 24, 12
LEVEL = 90
# (after this stop, minutes declared); what is really taken differs by two minutes or so.
BREAKS = ((30, 15.0), (60, 30.0), (90, 15.0))
BREAK_SPREAD_MINUTES = 2.0
# Pieces of one day have one driver: published, the pace of whole routes differs by a tenth.
ROUTE_SPREAD = 0.1
LOOKS_EVERY = timedelta(minutes=3)
MORNING = datetime(2024, 5, 7, 7, tzinfo=UTC)
CENTER = Point(47.0, 9.0)


def run(figures: Figures) -> None:
    """Learn from some rounds, score others, and the same others by the shipped table."""
    rng = Random(11)
    given = os.environ.get("GPS_FILE", "")
    pieces = real(Path(given), rng) if given else made_up(rng)
    rng.shuffle(pieces)
    half = len(pieces) // 2
    teach = [van_round(f"T{number}", pieces[:half], rng) for number in range(TEACH)]
    score = [van_round(f"V{number}", pieces[half:], rng) for number in range(ROUNDS)]
    shipped = default_table(DENSE_VAN.name, LEVEL)
    told = {"pieces": len(pieces), "kind": "real pieces" if given else "made up", "rounds": ROUNDS}
    _figures(figures, "van_day", score, taught_from(teach, shipped), told)
    _figures(figures, "van_day_shipped", score, shipped, told)


def _figures(
    figures: Figures, name: str, rounds: Sequence[Played], table: Table, told: dict[str, Any]
) -> None:
    result = scored(rounds, table)
    for line in replay_report.table(result):
        print(f"  {line}".rstrip())
    for stops, goal in ((10, "<= 50"), (3, "<= 22")):
        row = by_stops(result, stops)
        more = {"held": row["held"], "late": row["late"], "off_minutes": row["mean_error_minutes"]}
        figures.add(f"{name}_width_{stops}_stops", row["median_width_minutes"], "min", goal, **told, **more)
    held = {row["minutes_left"]: row["held"] for row in result["buckets"] if row["shown"] >= 50}
    figures.add(f"{name}_held_least", min(held.values()), "share", ">= 0.87", **told)
    figures.add(f"{name}_late", late_share(result), "share", "<= 0.06", **told)


def scored(rounds: Sequence[Played], table: Table) -> dict[str, Any]:
    """The report of a replay for these rounds."""
    ledger: Ledger = {}
    seen: list[Sighting] = []
    for one in rounds:
        new, sightings = shown(one, table, one.stops[0].round)
        ledger |= new
        seen += sightings
    return replay_report.report(
        {one.stops[0].round: one.stops for one in rounds}, ledger, seen, table.level, 0.0
    )


def van_round(name: str, pieces: Sequence[Piece], rng: Random) -> Played:
    """A round of 110 stops, its looks and what it teaches."""
    finished = _finished(pieces, rng)
    stops = tuple(
        Delivery(name, stop.seq, str(stop.seq), stop.point.lat, stop.point.lng, MORNING, stop.done_at)
        for stop in finished.stops
        if stop.point is not None and stop.done_at is not None
    )
    return Played(stops, tuple(_looks(finished)), tuple(pairs_of(finished, DENSE_VAN)))


def _finished(pieces: Sequence[Piece], rng: Random) -> Round:
    pace, pauses = rng.lognormvariate(0, ROUTE_SPREAD), dict(BREAKS)
    at, here, stops = MORNING, CENTER, []
    cycles = _cycles(pieces, rng)
    for seq in range(1, STOPS + 1):
        cycle = next(cycles)
        here = Point(
            here.lat + cycle.north / METERS_PER_DEGREE, here.lng + cycle.east / METERS_PER_DEGREE / 0.68
        )
        at += timedelta(seconds=cycle.seconds * pace)
        stops.append(RoundStop(seq - 1, seq, here, done_at=at))
        if minutes := pauses.get(seq):
            at += timedelta(minutes=max(rng.gauss(minutes, BREAK_SPREAD_MINUTES), 1.0))
    breaks = tuple(Break(after, minutes) for after, minutes in BREAKS)
    return Round(tuple(stops), breaks, departs_at=MORNING, departed_at=MORNING)


def _cycles(pieces: Sequence[Piece], rng: Random) -> Iterator[Any]:
    while True:
        yield from rng.choice(pieces)


def _looks(finished: Round) -> Iterator[Look]:
    """At every stop, and every three minutes while it takes longer."""
    doors = frozenset(stop.shipment_id for stop in finished.stops)
    times = [stop.done_at for stop in finished.stops if stop.done_at is not None]
    for number, (start, end) in enumerate(zip([MORNING, *times], times, strict=False)):
        now = start
        while now < end:
            guesses = estimate(as_known(finished, now), now, None, DENSE_VAN)
            at_stop = now == start
            yield Look(now, at_stop, at_stop and number > 0, guesses, doors, SEEING)
            now += LOOKS_EVERY
