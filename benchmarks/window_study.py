"""Windows of finished rounds by the rules alone, the day of `doorstep replay` without a portal around it.

`python -m benchmarks.window_study FILE [--level 80] [--seeds 3] [--folds 4]` learns from some rounds, scores others,
and pools what all splits showed. Nothing is scored by spreads that its own round taught, the shipped ones included.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import click

from portal.demo import replay_report
from portal.demo.replay import driven
from portal.demo.replay_day import moments_of, position, reference
from portal.demo.replay_file import Delivery, Rounds, read
from portal.demo.replay_report import Sighting, away
from portal.domain.calibration import Pair, learn, pairs_of
from portal.domain.delivery import Promise
from portal.domain.eta import Estimate, estimate
from portal.domain.geo import Point
from portal.domain.replan import how_well_seen, refreshed
from portal.domain.round import Fix, Round
from portal.domain.spreads import Spread, Table, default_table
from portal.domain.town import kind_of
from portal.domain.travel import Profile
from portal.domain.window import Sight, next_window

# What a table knows that was learned from nothing: the same ends everywhere.
BLANK = {80: Spread(0.62, 2.0), 90: Spread(0.5, 2.8)}
PASSES = 2


@dataclass(frozen=True, slots=True)
class Look:
    """One moment at which the portal thinks a round through, and the doors it may tell."""

    now: datetime
    at_stop: bool
    stop_done: bool
    guesses: tuple[Estimate, ...]
    doors: frozenset[int]
    sight: Sight


@dataclass(frozen=True, slots=True)
class Played:
    """A round with all that does not depend on spreads: its looks, and what it teaches."""

    stops: tuple[Delivery, ...]
    looks: tuple[Look, ...]
    pairs: tuple[Pair, ...]


def played(stops: tuple[Delivery, ...]) -> Played:
    """Estimate at every moment of a round's day."""
    finished = driven(stops)
    kind = kind_of(finished)
    return Played(stops, tuple(_looks(stops, finished, kind)), tuple(pairs_of(finished, kind)))


def _looks(stops: tuple[Delivery, ...], finished: Round, kind: Profile) -> Iterator[Look]:
    """As a portal is told: first the route with its new stops, then what was delivered, then where the van is."""
    begins, fix, told = stops[0].delivered_at, None, frozenset[int]()
    for now in sorted({at for at in moments_of(stops) if at >= begins}):
        here = frozenset(number for number, one in enumerate(stops) if one.known_at <= now)
        new = now == begins or any(one.known_at == now for one in stops)
        done = any(one.delivered_at == now for one in stops)
        before, after = (_as_of(finished, here, begins, now, known_done) for known_done in (False, True))
        if new:
            yield _look(before, fix, kind, now, told, at_stop=True)
            told = here
        if new or done:
            yield _look(after, fix, kind, now, told, at_stop=True, stop_done=done)
        if now < stops[-1].delivered_at:
            paper = position(stops, now)
            fix = Fix(Point(paper["lat"], paper["lng"]), now)
            yield _look(after, fix, kind, now, told, at_stop=False)


def _as_of(finished: Round, here: frozenset[int], begins: datetime, now: datetime, present: bool) -> Round:
    """The round as known: without what is done only now unless `present`."""
    stops = tuple(
        stop
        if stop.done_at is not None and (stop.done_at < now or (present and stop.done_at == now))
        else replace(stop, done_at=None)
        for stop in finished.stops
        if stop.shipment_id in here
    )
    return Round(stops, departs_at=begins, departed_at=begins)


def _look(
    planned: Round,
    fix: Fix | None,
    kind: Profile,
    now: datetime,
    doors: frozenset[int],
    *,
    at_stop: bool,
    stop_done: bool = False,
) -> Look:
    sight = how_well_seen(planned, fix, now)
    return Look(now, at_stop, stop_done, estimate(planned, now, fix, kind), doors, sight)


Ledger = dict[str, list[Promise]]


def shown(one: Played, table: Table, name: str) -> tuple[Ledger, list[Sighting]]:
    """The windows that a round showed with these spreads, and what its pages said at every stop."""
    stops = [replace(stop, round=name) for stop in one.stops]
    live: dict[int, Promise] = {}
    ledger: Ledger = {}
    seen: list[Sighting] = []
    for look in one.looks:
        for guess in look.guesses:
            if guess.shipment_id not in look.doors:
                continue
            before = live.get(guess.shipment_id)
            window = next_window(before, guess, table, look.now, look.sight, at_stop=look.at_stop)
            if window is not None:
                ledger.setdefault(reference(stops[guess.shipment_id]), []).append(window)
            elif before is not None:
                window = refreshed(before, guess, look.now)
            if window is not None:
                live[guess.shipment_id] = window
        if look.stop_done:
            numbers = {stop.stop_id: number for number, stop in enumerate(stops)}
            for stops_away, stop in away(stops, look.now):
                if promise := live.get(numbers[stop.stop_id]):
                    seen.append(Sighting(reference(stop), stops_away, promise))
    return ledger, seen


def taught(rounds: Sequence[Played], level: int) -> Table:
    """What these rounds teach a house that was shipped nothing but the shape."""
    return taught_from(rounds, default_table(kind_of(driven(rounds[0].stops)).name, level))


def taught_from(rounds: Sequence[Played], shipped: Table) -> Table:
    """What rounds teach without the ends of the shipped table."""
    table = replace(shipped, spreads=dict.fromkeys(shipped.spreads, BLANK[shipped.level]))
    for _ in range(PASSES):
        table = learn((one.pairs for one in rounds), table)
    return table


def held_out(rounds: Rounds, level: int, seeds: int = 3, folds: int = 4) -> dict[str, Any]:
    """The report of a replay over rounds not learned from: every round once a seed, by whole rounds."""
    known_rounds = {name: played(stops) for name, stops in rounds.items()}
    scored: dict[str, tuple[Delivery, ...]] = {}
    ledger: Ledger = {}
    seen: list[Sighting] = []
    for seed, learns, scores in splits(sorted(rounds), seeds, folds):
        table = taught([known_rounds[name] for name in learns], level)
        for name in scores:
            again = f"{name}.{seed}"
            scored[again] = tuple(replace(one, round=again) for one in rounds[name])
            new, sightings = shown(known_rounds[name], table, again)
            ledger |= new
            seen += sightings
    return replay_report.report(scored, ledger, seen, level, 0.0)


def splits(names: list[str], seeds: int, folds: int) -> Iterator[tuple[int, list[str], list[str]]]:
    """(seed, rounds to learn from, rounds to score)."""
    for seed in range(seeds):
        order = list(names)
        Random(seed).shuffle(order)
        for fold in range(folds):
            scores = order[fold::folds]
            yield seed, [name for name in order if name not in scores], scores


def by_stops(result: Mapping[str, Any], stops: int) -> Mapping[str, Any]:
    """The line of a report for so many stops away."""
    found: Mapping[str, Any] = next(row for row in result["by_stops"] if row["stops_away"] == stops)
    return found


def late_share(result: Mapping[str, Any]) -> float:
    """Of all windows shown, those that were late."""
    late = sum(row["late"] * row["shown"] for row in result["buckets"])
    return float(late / sum(row["shown"] for row in result["buckets"]))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--level", type=click.Choice(["80", "90"]), default="90", show_default=True)
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--folds", type=click.IntRange(2), default=4, show_default=True)
def main(file: Path, level: str, seeds: int, folds: int) -> None:
    """Score FILE by spreads that other rounds of it taught; counts are those of all seeds together."""
    for line in replay_report.table(held_out(read(file), int(level), seeds, folds)):
        click.echo(line)


if __name__ == "__main__":
    main()
