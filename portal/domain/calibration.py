"""How far estimates are off: what share of the minutes left really passed, learned from finished rounds."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from portal.domain.defaults import DEFAULT_SPREADS
from portal.domain.eta import Phase, estimate
from portal.domain.round import Round
from portal.domain.travel import Profile

# Upper ends of the buckets of minutes left; the last bucket is open.
EDGES = (10.0, 20.0, 40.0, 80.0, 160.0)
BUCKETS = len(EDGES) + 1
ENOUGH = 40
# Between two finished stops an estimate is sampled this often, for two hours at most.
SAMPLE_EVERY = timedelta(minutes=5)
SAMPLES_AT_MOST = 24


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


@dataclass(frozen=True, slots=True)
class Pair:
    """Minutes left as estimated and as they turned out, for one stop at one moment of a finished round."""

    shipment_id: int
    phase: Phase
    estimated: float
    actual: float

    @property
    def ratio(self) -> float:
        """How many of the estimated minutes really passed."""
        return self.actual / max(self.estimated, 0.5)


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
                yield Pair(guess.shipment_id, guess.phase, guess.minutes_left, minutes)


def _moments(finished: Round) -> Iterator[datetime]:
    times = sorted({stop.done_at for stop in finished.stops if stop.done_at is not None})
    for start, end in pairwise(times):
        yield start
        for sample in range(1, SAMPLES_AT_MOST + 1):
            at = start + sample * SAMPLE_EVERY
            if at >= end:
                break
            yield at


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


def learn(rounds: Iterable[Sequence[Pair]], default: Table) -> Table:
    """A table of the default's level from the pairs of whole finished rounds.

    In each cell every delivery weighs the same, however often it was estimated there. The ends are the
    quantiles of the ratio with finite-sample rank. A cell with fewer than 40 deliveries borrows the next wider
    bucket's pairs, and keeps the default where even those are too few.
    """
    cells: dict[tuple[Phase, int], dict[tuple[int, int], list[float]]] = {}
    count = 0
    for number, pairs in enumerate(rounds):
        count += 1
        for pair in pairs:
            cell = cells.setdefault((pair.phase, bucket(pair.estimated)), {})
            cell.setdefault((number, pair.shipment_id), []).append(pair.ratio)
    tail = (100 - default.level) / 200
    spreads = {}
    for (phase, place), usual in default.spreads.items():
        ratios: list[tuple[float, float]] = []
        deliveries = 0
        for wider in range(place, BUCKETS):
            cell = cells.get((phase, wider), {})
            deliveries += len(cell)
            ratios += [(ratio, 1 / len(seen)) for seen in cell.values() for ratio in seen]
            if deliveries >= ENOUGH:
                break
        spreads[phase, place] = _ends(sorted(ratios), deliveries, tail) if deliveries >= ENOUGH else usual
    return Table(default.level, spreads, count)


def _ends(ratios: Sequence[tuple[float, float]], deliveries: int, tail: float) -> Spread:
    """Both quantiles by weight; the rank counts one delivery more than seen, as conformal prediction asks."""
    share = tail * (deliveries + 1)
    return Spread(_at_weight(ratios, share), _at_weight(ratios[::-1], share))


def _at_weight(ratios: Iterable[tuple[float, float]], weight: float) -> float:
    gone = 0.0
    reached = 1.0
    for reached, its_weight in ratios:  # noqa: B007
        gone += its_weight
        if gone >= weight:
            break
    return reached
