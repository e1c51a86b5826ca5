"""How far estimates are off: what share of the minutes left really passed, learned from finished rounds."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from portal.domain.eta import Estimate, estimate
from portal.domain.first_leg import Phase
from portal.domain.round import Round
from portal.domain.spreads import BUCKETS, Shape, Spread, Table, bucket
from portal.domain.travel import Profile

# How many of 100 windows may be early and late. Windows of level 90 are meant to hold 91 times: those that are shown
# are not all that are computed, but those that just moved. At level 80 a later end would cost more than it gains.
TAILS = {80: (0.09, 0.125), 90: (0.04, 0.045)}
# Fewer deliveries than these say nothing.
ENOUGH = 40
# With this many looks of its own, a bucket counts as much as its phase, and a phase as much as the default.
LEANS_ON_PHASE, LEANS_ON_DEFAULT = 100, 20
# Between two stops an estimate is sampled after these minutes: a wait is news when it has grown by half.
SAMPLED_AFTER = tuple(timedelta(minutes=3 * 1.5**step) for step in range(11))
# Rounding a window outwards to 5 minutes gives each side 2.5 on average, which need not be held twice.
ROUNDING_GIVES_MINUTES = 2.5
LEAST_TAIL = 0.005
LEAST_MINUTES = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """Minutes left as estimated at a moment of a finished round, and as they turned out.

    Both are without the waits that were announced, `known`; `work` is how long the whole round was to go on then.
    """

    shipment_id: int
    phase: Phase
    at: datetime
    estimated: float
    actual: float
    work: float = 0.0
    known: float = 0.0

    @property
    def over_at(self) -> datetime:
        """When it was known how the estimate did."""
        return self.at + timedelta(minutes=self.actual + self.known)


def pairs_of(finished: Round, profile: Profile) -> Iterator[Pair]:
    """What the estimate would have said during a finished round, against what happened.

    Nothing later than each moment is used: stops not yet done are open, those not yet known are absent.
    """
    actual = {stop.shipment_id: stop.done_at for stop in finished.stops}
    for now in _moments(finished):
        for guess in estimate(as_known(finished, now), now, None, profile):
            done_at = actual[guess.shipment_id]
            if done_at is not None:
                yield _pair(guess, now, (done_at - now).total_seconds() / 60)


def _pair(guess: Estimate, now: datetime, minutes: float) -> Pair:
    known = guess.known_minutes
    return Pair(
        shipment_id=guess.shipment_id,
        phase=guess.phase,
        at=now,
        estimated=guess.minutes_left - known,
        actual=max(minutes - known, 0.0),
        work=guess.work_minutes,
        known=known,
    )


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
    """A table of the default's level and shape from the pairs of whole finished rounds.

    The ends are quantiles of actual over estimated minutes once the shape is taken out of them, with the rank of
    conformal prediction for as many independent looks as the pairs hold. A bucket leans on all of its phase, and the
    phase on the default, the more the fewer looks they have; with fewer than 40 deliveries altogether.
    """
    cells: dict[tuple[Phase, int], list[_Seen]] = {}
    count = 0
    for pairs in rounds:
        for pair in pairs:
            cells.setdefault((pair.phase, bucket(pair.estimated)), []).append(
                _seen(count, pair, default.shape)
            )
        count += 1
    spreads = dict(default.spreads)
    for phase in Phase:
        of_phase = [one for place in range(BUCKETS) for one in cells.get((phase, place), ())]
        whole = _measured(of_phase, default.level)
        for place in range(BUCKETS):
            base = _between(whole, default.spreads[phase, place], LEANS_ON_DEFAULT)
            own = _measured(cells.get((phase, place), ()), default.level)
            spreads[phase, place] = _between(own, base, LEANS_ON_PHASE)
    return replace(default, spreads=spreads, learned_from=count)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A pair as one look of a delivery within a bucket, with what its usual spread would have had to be."""

    round: int
    once: tuple[int, int, int]
    at: datetime
    over_at: datetime
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Measured:
    spread: Spread
    looks: int


def _seen(number: int, pair: Pair, shape: Shape) -> _Seen:
    by = shape.factors(pair.phase, pair.estimated, pair.work)
    estimated = max(pair.estimated, LEAST_MINUTES)
    low = (pair.actual + ROUNDING_GIVES_MINUTES) / estimated / by.low
    high = max(pair.actual - ROUNDING_GIVES_MINUTES, LEAST_MINUTES) / estimated / by.high
    once = (number, pair.shipment_id, bucket(pair.estimated))
    return _Seen(number, once, pair.at, pair.over_at, low, high)


def _measured(seen: Sequence[_Seen], level: int) -> _Measured | None:
    """Both quantiles; every delivery weighs the same in a bucket, however often it was estimated there."""
    often = Counter(one.once for one in seen)
    if len({once[:2] for once in often}) < ENOUGH:
        return None
    looks = _independent_looks(seen)
    early, late = (max(tail - (1 - tail) / looks, LEAST_TAIL) * len(often) for tail in TAILS[level])
    low = _at_weight(sorted((one.low, 1 / often[one.once]) for one in seen), early)
    high = _at_weight(sorted(((one.high, 1 / often[one.once]) for one in seen), reverse=True), late)
    return _Measured(Spread(low, high), looks)


def _between(own: _Measured | None, base: Spread, leans: int) -> Spread:
    """What was measured and what it leans on, mixed as powers."""
    if own is None:
        return base
    share = own.looks / (own.looks + leans)
    low = own.spread.low**share * base.low ** (1 - share)
    high = own.spread.high**share * base.high ** (1 - share)
    return Spread(round(low, 3), round(high, 3))


def _independent_looks(seen: Sequence[_Seen]) -> int:
    """How many pairs of a round fit one after the other; those that overlap tell the same story twice."""
    free_from: dict[int, datetime] = {}
    looks = 0
    for one in sorted(seen, key=lambda one: one.over_at):
        if one.round not in free_from or one.at >= free_from[one.round]:
            looks += 1
            free_from[one.round] = one.over_at
    return looks


def _at_weight(ratios: Sequence[tuple[float, float]], weight: float) -> float:
    gone = 0.0
    for ratio, its_weight in ratios:
        gone += its_weight
        if gone > weight + 1e-9:
            return ratio
    return ratios[-1][0]
