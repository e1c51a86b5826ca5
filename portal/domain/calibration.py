"""How far estimates are off: what share of the minutes left really passed, learned from finished rounds."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Any

from portal.domain.defaults import DEFAULT_SPREADS
from portal.domain.eta import estimate
from portal.domain.first_leg import Phase
from portal.domain.round import Round
from portal.domain.travel import Profile

# Upper ends of the buckets of minutes left; the last bucket is open.
EDGES = (10.0, 20.0, 40.0, 80.0, 160.0)
BUCKETS = len(EDGES) + 1
ENOUGH = 40
# Between two stops an estimate is sampled after these minutes: a wait is news when it has grown by half.
SAMPLED_AFTER = tuple(timedelta(minutes=3 * 1.5**step) for step in range(11))
# Rounding a window outwards to 5 minutes gives each side 2.5 on average; most of it need not be held twice.
ROUNDING_GIVES_MINUTES = 2.0
LEAST_TAIL = 0.005
# A window always lies round its estimate.
NOT_ABOVE, NOT_BELOW = 0.95, 1.05


@dataclass(frozen=True, slots=True)
class Spread:
    """A window runs from `low` times to `high` times the minutes left."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Table:
    """Spreads by phase and bucket, for windows of which `level` in 100 hold."""

    level: int
    spreads: dict[tuple[Phase, int], Spread]
    learned_from: int = 0

    def spread(self, phase: Phase, minutes_left: float) -> Spread:
        """The spread for an estimate of these minutes, made in this phase."""
        return self.spreads[phase, bucket(minutes_left)]

    def plain(self) -> dict[str, Any]:
        """The table for a JSON column; only `table_of` reads it."""
        cells = {f"{phase.value} {place}": (of.low, of.high) for (phase, place), of in self.spreads.items()}
        return {"level": self.level, "learned_from": self.learned_from, "cells": cells}


def table_of(plain: Mapping[str, Any]) -> Table | None:
    """The table that `plain` made, or None if it was made by rules that are no longer these: learn again."""
    found: dict[tuple[Phase, int], Spread] = {}
    try:
        for phase, place in product(Phase, range(BUCKETS)):
            low, high = plain["cells"][f"{phase.value} {place}"]
            found[phase, place] = Spread(float(low), float(high))
        return Table(int(plain["level"]), found, int(plain["learned_from"]))
    except (KeyError, TypeError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Pair:
    """Minutes left as estimated at a moment of a finished round, and as they turned out."""

    shipment_id: int
    phase: Phase
    at: datetime
    estimated: float
    actual: float

    @property
    def over_at(self) -> datetime:
        """When it was known how the estimate did."""
        return self.at + timedelta(minutes=self.actual)


def bucket(minutes_left: float) -> int:
    """The place of the bucket that holds these minutes."""
    return bisect_right(EDGES, minutes_left)


def default_table(profile_name: str, level: int) -> Table:
    """The table shipped for a kind of town (`small_town`, `dense_van`) and level (80 or 90)."""
    rows = DEFAULT_SPREADS[profile_name, level]
    spreads = {
        (phase, place): Spread(low, high)
        for phase, row in rows.items()
        for place, (low, high) in enumerate(row)
    }
    return Table(level, spreads)


def pairs_of(finished: Round, profile: Profile) -> Iterator[Pair]:
    """What the estimate would have said during a finished round, against what happened.

    Nothing later than each moment is used: stops not yet done are open, those not yet known are absent.
    """
    actual = {stop.shipment_id: stop.done_at for stop in finished.stops}
    for now in _moments(finished):
        for guess in estimate(as_known(finished, now), now, None, profile):
            done_at = actual[guess.shipment_id]
            if done_at is not None:
                minutes = (done_at - now).total_seconds() / 60
                yield Pair(guess.shipment_id, guess.phase, now, guess.minutes_left, minutes)


def _moments(finished: Round) -> Iterator[datetime]:
    times = sorted({stop.done_at for stop in finished.stops if stop.done_at is not None})
    for start, end in pairwise(times):
        yield start
        yield from (start + after for after in SAMPLED_AFTER if start + after < end)


def as_known(finished: Round, now: datetime) -> Round:
    """The round as it was known at `now`."""
    return replace(
        finished,
        stops=tuple(
            stop if stop.done_at is None or stop.done_at <= now else replace(stop, done_at=None)
            for stop in finished.stops
            if stop.known_at is None
            or stop.known_at <= now
            or (stop.done_at is not None and stop.done_at <= now)
        ),
    )


def learn(rounds: Iterable[Iterable[Pair]], default: Table) -> Table:
    """A table of the default's level from the pairs of whole finished rounds.

    The ends are quantiles of actual over estimated minutes, with the rank of conformal prediction for as many
    independent looks as the pairs hold. A cell of fewer than 40 deliveries borrows the next wider bucket's
    pairs, and keeps the default where even those are too few.
    """
    cells: dict[tuple[Phase, int], list[_Seen]] = {}
    count = 0
    for pairs in rounds:
        for pair in pairs:
            cells.setdefault((pair.phase, bucket(pair.estimated)), []).append(_Seen(count, pair))
        count += 1
    tail = (100 - default.level) / 200
    spreads = dict(default.spreads)
    for phase, place in spreads:
        seen: list[_Seen] = []
        for wider in range(place, BUCKETS):
            seen += cells.get((phase, wider), ())
            if len({one.delivery for one in seen}) >= ENOUGH:
                spreads[phase, place] = _spread(seen, tail)
                break
    return Table(default.level, spreads, count)


@dataclass(frozen=True, slots=True)
class _Seen:
    round: int
    pair: Pair

    @property
    def delivery(self) -> tuple[int, int]:
        return self.round, self.pair.shipment_id


def _spread(seen: Sequence[_Seen], tail: float) -> Spread:
    """Both quantiles; every delivery weighs the same, however often it was estimated in this cell."""
    often = Counter(one.delivery for one in seen)
    looks = _independent_looks(seen)
    share = max(tail - (1 - tail) / looks, LEAST_TAIL) * len(often)
    lows, highs = [], []
    for one in seen:
        weight, estimated = 1 / often[one.delivery], max(one.pair.estimated, 0.5)
        lows.append(((one.pair.actual + ROUNDING_GIVES_MINUTES) / estimated, weight))
        highs.append((max(one.pair.actual - ROUNDING_GIVES_MINUTES, 0.0) / estimated, weight))
    low, high = _at_weight(sorted(lows), share), _at_weight(sorted(highs, reverse=True), share)
    return Spread(round(min(low, NOT_ABOVE), 3), round(max(high, NOT_BELOW), 3))


def _independent_looks(seen: Sequence[_Seen]) -> int:
    """How many pairs of a round fit one after the other; those that overlap tell the same story twice."""
    free_from: dict[int, datetime] = {}
    looks = 0
    for one in sorted(seen, key=lambda one: one.pair.over_at):
        if one.round not in free_from or one.pair.at >= free_from[one.round]:
            looks += 1
            free_from[one.round] = one.pair.over_at
    return looks


def _at_weight(ratios: Sequence[tuple[float, float]], weight: float) -> float:
    gone = 0.0
    for ratio, its_weight in ratios:
        gone += its_weight
        if gone > weight + 1e-9:
            return ratio
    return ratios[-1][0]
