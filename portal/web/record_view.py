"""The record of windows as the page of figures shows it: by depot, a line for each stage, drawn and in a table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel.numbers import format_decimal, format_percent
from prometheus_client import CollectorRegistry, Gauge

from portal.domain.record import ENOUGH, Fared, Line, Record, Stage, total
from portal.web.language import N_, of_request

# From far away to the door, as a recipient lives through them.
WORDS: Mapping[str, str] = {
    Stage.DATE: N_("A day"),
    Stage.HALF_DAY: N_("Half a day, the evening before"),
    Stage.PLANNED: N_("Planned ahead"),
    Stage.DEPARTURE: N_("Before the van left"),
    Stage.TODAY: N_("Only “today between”"),
    Stage.OVER_180: N_("More than 3 hours before"),
    Stage.TO_180: N_("1 to 3 hours before"),
    Stage.TO_60: N_("20 to 60 minutes before"),
    Stage.TO_20: N_("Less than 20 minutes before"),
    Stage.LAST: N_("The last one before we came"),
}
ORDER = {stage: place for place, stage in enumerate(WORDS)}
TOP, ROW_HEIGHT, BAR_AT, AXIS_HEIGHT = 8, 72, 50, 28


@dataclass(frozen=True, slots=True)
class Row:
    """One stage: `top` and `bar` are pixels from the chart's top, `low` and `high` the ends of what is certain."""

    words: str
    level: int
    fared: Fared
    top: int

    @property
    def bar(self) -> int:
        """Where the dot and its line are drawn."""
        return self.top + BAR_AT

    @property
    def enough(self) -> bool:
        """Whether anything may be claimed."""
        return self.fared.shown >= ENOUGH


@dataclass(frozen=True, slots=True)
class Group:
    """All windows of a depot, or of all together (`name` None); `anchor` is its address on the page.

    `per_visit` is how many windows were shown for each visit, None where too few were judged to say.
    """

    name: str | None
    anchor: str
    rows: tuple[Row, ...]
    per_visit: float | None

    @property
    def axis(self) -> int:
        """Where the rows end and the axis begins, in pixels from the top."""
        return TOP + ROW_HEIGHT * len(self.rows)

    @property
    def height(self) -> int:
        """Of the whole chart, in pixels."""
        return self.axis + AXIS_HEIGHT


@dataclass(frozen=True, slots=True)
class Told:
    """The whole record, then depot by depot; `silent` is how many depots have too few windows to say."""

    whole: Group
    depots: tuple[Group, ...]
    silent: int

    @property
    def enough(self) -> bool:
        """Whether there is anything to show."""
        return any(row.enough for row in self.whole.rows)


def told(record: Record, *, by_depot: bool) -> Told:
    """The record put in order."""
    names = sorted({line.depot for line in record})
    groups = [
        _group(name, _anchor(place, name), _of(record, name))
        for place, name in enumerate(names, 1)
        if len(names) > 1
    ]
    shown = tuple(group for group in groups if any(row.enough for row in group.rows))
    whole = _group(None, "windows", record.items())
    return Told(whole, shown if by_depot else (), len(groups) - len(shown) if by_depot else 0)


def _of(record: Record, depot: str) -> list[tuple[Line, Fared]]:
    return [(line, fared) for line, fared in record.items() if line.depot == depot]


def _anchor(place: int, name: str) -> str:
    """Readable where the name is; the number keeps two names apart that read the same."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"depot-{plain or 'x'}-{place}"


def _group(name: str | None, anchor: str, lines: Iterable[tuple[Line, Fared]]) -> Group:
    kinds: dict[tuple[str, int], list[Fared]] = {}
    for line, fared in lines:
        stage = line.stage if line.stage in WORDS else Stage.PLANNED.value
        # the last word before a visit is one line, whatever was promised with it
        level = 0 if stage == Stage.LAST else line.level
        kinds.setdefault((stage, level), []).append(fared)
    ordered = sorted(kinds, key=lambda kind: (ORDER[Stage(kind[0])], -kind[1]))
    visits = sum(fared.shown for (stage, _), of in kinds.items() if stage == Stage.LAST for fared in of)
    shown = sum(fared.shown for of in kinds.values() for fared in of) - visits
    rows = (
        Row(WORDS[stage], level, total(kinds[stage, level]), TOP + ROW_HEIGHT * place)
        for place, (stage, level) in enumerate(ordered)
    )
    return Group(name, anchor, tuple(rows), shown / visits if visits >= ENOUGH else None)


def at(share: float) -> str:
    """A place on the axis, as a share of its length."""
    return f"{100 * share:.1f}%"


def whole_percent(share: float) -> str:
    """A share as `91 %`, cut rather than rounded up."""
    return format_percent(int(share * 100 + 1e-9) / 100, "#,##0\u00a0%", locale=of_request())


def one_decimal(value: float) -> str:
    """A number as `3.4`."""
    return format_decimal(value, "0.0", locale=of_request())


def minutes(value: int | None) -> str:
    """A width as `45 min` or `4 h`; a dash where there is too little to say."""
    if value is None:
        return "–"
    hours, rest = divmod(value, 60)
    return f"{value}\u00a0min" if rest or hours < 2 else f"{hours}\u00a0h"


def gauges(record: Record, registry: CollectorRegistry) -> None:
    """Windows judged today for Prometheus, by depot, stage and how they did."""
    judged = Gauge(
        "doorstep_windows_today",
        "Windows judged today by when they were shown and how they did",
        ["depot", "stage", "outcome"],
        registry=registry,
    )
    for line, fared in record.items():
        if line.stage == Stage.LAST:
            # counted under its own stage already: sums over stages must not hold it twice
            continue
        for outcome in ("inside", "early", "late"):
            judged.labels(line.depot, line.stage, outcome).inc(getattr(fared, outcome))
