"""How wide windows must be: what share of the minutes left may really pass, by what the van is doing."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from itertools import product
from typing import Any

from portal.domain.defaults import SHAPES, SPREADS
from portal.domain.first_leg import Phase

# Upper ends of the buckets of minutes left; the last bucket is open.
EDGES = (10.0, 20.0, 40.0, 80.0, 160.0)
BUCKETS = len(EDGES) + 1
# A spread is told for an estimate of this many minutes in a round with this much work left.
USUAL_LEFT, USUAL_WORK = 40.0, 120.0
LEFT_RANGE, WORK_RANGE = (2.0, 120.0), (40.0, 600.0)
# A window always lies round its estimate.
NOT_ABOVE, NOT_BELOW = 0.95, 1.05


@dataclass(frozen=True, slots=True)
class Spread:
    """A window runs from `low` times to `high` times the minutes left."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shape:
    """How spreads change with what is left, as powers: the longer and the more work, the closer to the estimate.

    A driver with much work left rarely pauses for long, so the late end draws in with the work (`high_work`) more
    than with the minutes left (`high_left`); the early end draws in with the minutes left, faster while the van has
    been under way for a while (`low_waiting`) than when a stop was just done (`low_fresh`).
    """

    low_fresh: float = 0.0
    low_waiting: float = 0.0
    high_left: float = 0.0
    high_work: float = 0.0

    def factors(self, phase: Phase, minutes_left: float, work_minutes: float) -> Spread:
        """What the low and the high end of a usual spread are multiplied by."""
        left = min(max(minutes_left, LEFT_RANGE[0]), LEFT_RANGE[1]) / USUAL_LEFT
        work = min(max(work_minutes, minutes_left, WORK_RANGE[0]), WORK_RANGE[1]) / USUAL_WORK
        waiting = phase in (Phase.UNDERWAY, Phase.OVERDUE)
        low = left ** (self.low_waiting if waiting else self.low_fresh)
        return Spread(low, left**-self.high_left * work**-self.high_work)


EVEN = Shape()


@dataclass(frozen=True, slots=True)
class Table:
    """Usual spreads by phase and bucket, for windows of which `level` in 100 hold, and how they change."""

    level: int
    spreads: Mapping[tuple[Phase, int], Spread]
    learned_from: int = 0
    shape: Shape = EVEN

    def spread(self, phase: Phase, minutes_left: float, work_minutes: float = 0.0) -> Spread:
        """The spread for an estimate of these minutes, made in this phase of a round with so much work left."""
        usual = self.spreads[phase, bucket(minutes_left)]
        by = self.shape.factors(phase, minutes_left, work_minutes)
        return Spread(min(usual.low * by.low, NOT_ABOVE), max(usual.high * by.high, NOT_BELOW))

    def plain(self) -> dict[str, Any]:
        """The table for a JSON column; only `table_of` reads it."""
        cells = {f"{phase.value} {place}": (of.low, of.high) for (phase, place), of in self.spreads.items()}
        shape = asdict(self.shape)
        return {"level": self.level, "learned_from": self.learned_from, "cells": cells, "shape": shape}


def table_of(plain: Mapping[str, Any]) -> Table | None:
    """The table that `plain` made, or None if it was made by rules that are no longer these: learn again."""
    found: dict[tuple[Phase, int], Spread] = {}
    try:
        for phase, place in product(Phase, range(BUCKETS)):
            low, high = plain["cells"][f"{phase.value} {place}"]
            found[phase, place] = Spread(float(low), float(high))
        shape = Shape(**{name: float(power) for name, power in plain["shape"].items()})
        return Table(int(plain["level"]), found, int(plain["learned_from"]), shape)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def bucket(minutes_left: float) -> int:
    """The place of the bucket that holds these minutes."""
    return bisect_right(EDGES, minutes_left)


@cache
def default_table(profile_name: str, level: int) -> Table:
    """The table shipped for a kind of town (`small_town`, `dense_van`) and level (80, 90). Raises KeyError."""
    rows = SPREADS[profile_name, level]
    spreads = {
        (Phase(phase), place): Spread(*ends) for phase, row in rows.items() for place, ends in enumerate(row)
    }
    return Table(level, spreads, shape=Shape(*SHAPES[profile_name]))
