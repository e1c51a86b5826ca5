"""The record of windows, in numbers that anybody may check: by stage, with how sure their shares are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import sqrt

from portal.domain.delivery import Promise
from portal.domain.window import Outcome, Score, Source

# Below this a share says more about chance than about us.
ENOUGH = 20
# Upper edges of widths in minutes, most of them whole steps of what windows are rounded to; the last has none.
WIDTHS = (10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90, 105, 120, 150, 180, 240, 360, 720, 1440)
# With fewer of its kind, a page says how a window was meant, not how such windows did.
ENOUGH_FOR_ONE = 40
# 95 of 100 such intervals hold the true share.
SURE = 1.96


class Stage(StrEnum):
    """When in a parcel's life a window was shown; a live one by the minutes that were estimated to be left.

    The last one before each visit is counted once more under `last`: there are as many of them as visits.
    """

    DATE = "date"
    HALF_DAY = "half_day"
    PLANNED = "planned"
    DEPARTURE = "departure"
    TODAY = "today"
    OVER_180 = "over 180"
    TO_180 = "60-180"
    TO_60 = "20-60"
    TO_20 = "0-20"
    LAST = "last"


# As how much a planned window counts: hours of a day, half a day, or only the day.
WIDEST_HOURS, WHOLE_DAY = timedelta(hours=4), timedelta(hours=10)
# Sources of windows that follow the van.
DRIVEN = {Source.LIVE, Source.DISPATCH_LIVE}
LIVE = ((20.0, Stage.TO_20), (60.0, Stage.TO_60), (180.0, Stage.TO_180))


def live_stage(minutes_left: float) -> Stage:
    """The stage of a live window shown with so many minutes left."""
    return next((stage for edge, stage in LIVE if minutes_left < edge), Stage.OVER_180)


def by_width(promise: Promise) -> Stage:
    """The stage of a window from a planned round, by how wide it is."""
    width = promise.end - promise.start
    if width >= WHOLE_DAY:
        return Stage.DATE
    return Stage.HALF_DAY if width > WIDEST_HOURS else Stage.DEPARTURE


def stage_of(promise: Promise, minutes_left: float | None = None) -> str:
    """The stage under which a shown window is counted."""
    if promise.source == Source.TODAY:
        return Stage.TODAY
    if promise.stage:
        return promise.stage
    if promise.source == Source.ROUTE:
        return by_width(promise)
    if promise.source not in DRIVEN:
        return Stage.PLANNED
    expected = promise.expected_at or promise.start
    left = (expected - promise.updated_at).total_seconds() / 60 if minutes_left is None else minutes_left
    return live_stage(left)


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of the record: windows of one depot, stage and promised level (0: nothing was promised)."""

    depot: str
    stage: str
    level: int


@dataclass(slots=True)
class Fared:
    """Some windows of one kind. `widths` is a histogram by place among `WIDTHS`; minutes are sums."""

    inside: int = 0
    early: int = 0
    late: int = 0
    width_minutes: float = 0.0
    missed_minutes: float = 0.0
    widths: list[int] = field(default_factory=lambda: [0] * (len(WIDTHS) + 1))

    @property
    def shown(self) -> int:
        """How many windows were shown and judged."""
        return self.inside + self.early + self.late

    def count(self, scored: Score, times: int = 1) -> None:
        """Count this score, or with -1 take it back."""
        self.inside += times * (scored.outcome is Outcome.INSIDE)
        self.early += times * (scored.outcome is Outcome.EARLY)
        self.late += times * (scored.outcome is Outcome.LATE)
        self.width_minutes += times * _quarters(scored.width_minutes)
        self.missed_minutes += times * _quarters(scored.missed_by_minutes)
        self.widths[_place(scored.width_minutes)] += times

    def add(self, other: "Fared") -> None:
        """Count these too."""
        self.inside += other.inside
        self.early += other.early
        self.late += other.late
        self.width_minutes += other.width_minutes
        self.missed_minutes += other.missed_minutes
        self.widths = [mine + theirs for mine, theirs in zip(self.widths, other.widths, strict=True)]

    @property
    def held(self) -> float | None:
        """The share that held; None where there are too few to say."""
        return self.inside / self.shown if self.shown >= ENOUGH else None

    @property
    def median_width(self) -> int | None:
        """Half of them were at most so many minutes wide; None where there are too few to say."""
        if self.shown < ENOUGH:
            return None
        so_far = 0
        for place, count in enumerate(self.widths):
            so_far += count
            if 2 * so_far >= self.shown:
                return WIDTHS[min(place, len(WIDTHS) - 1)]
        return None

    @property
    def between(self) -> tuple[float, float]:
        """The 95 % interval of the share that held, by Wilson; all of 0 to 1 where nothing was judged."""
        return wilson(self.inside, self.shown)


def _quarters(minutes: float) -> float:
    """To the quarter of a minute: such sums are exact, so what is taken back leaves no trace."""
    return round(minutes * 4) / 4


def _place(width_minutes: float) -> int:
    return next((place for place, edge in enumerate(WIDTHS) if width_minutes <= edge), len(WIDTHS))


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's score interval, which neither leaves 0 to 1 nor shrinks to nothing when all of few held."""
    if not whole:
        return 0.0, 1.0
    share, squared = part / whole, SURE * SURE
    middle = (share + squared / (2 * whole)) / (1 + squared / whole)
    reach = SURE / (1 + squared / whole) * sqrt(share * (1 - share) / whole + squared / (4 * whole * whole))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def total(parts: Iterable[Fared]) -> Fared:
    """All of them as one."""
    found = Fared()
    for part in parts:
        found.add(part)
    return found


@dataclass(frozen=True, slots=True)
class Odds:
    """How windows like one on a page did: of ten so many held, cut and never rounded up, of so many counted."""

    tenths: int
    counted: int


Record = Mapping[Line, Fared]


def odds(record: Record, depot: str, promise: Promise) -> Odds | None:
    """How windows of this stage and level did at this depot; None where too few were judged or nothing was promised.

    A shipment whose depot nobody named is like those of all depots. A plan that was read back knows no level any
    more: it is like all of its stage for which something was promised.
    """
    if not promise.level and promise.source != Source.ROUTE:
        return None
    stage = stage_of(promise)
    if depot and promise.level:
        alike = record.get(Line(depot, stage, promise.level), Fared())
    else:
        alike = total(
            fared
            for line, fared in record.items()
            if line.stage == stage
            and line.depot == (depot or line.depot)
            and line.level
            and line.level == (promise.level or line.level)
        )
    if alike.shown < ENOUGH_FOR_ONE:
        return None
    return Odds(10 * alike.inside // alike.shown, alike.shown)
