"""The lead's figures in charts, tables and rows of a spreadsheet."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from prometheus_client import CollectorRegistry, Gauge

from portal.domain.day_figures import Figure, Share, arrived, by_channel, by_kind, first_attempts
from portal.domain.redirects import Fared, total
from portal.domain.telling import plain
from portal.domain.telling_changes import WISHED
from portal.flows.day_figures import Figures, Told
from portal.web.csv_out import Cell

TALL = 96
# On /metrics; no carrier has more of them.
MOST_DEPOTS, OTHER_DEPOTS = 500, "other depots"


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a chart: places across are shares of its width, the height is in pixels of `TALL`."""

    day: date
    share: Share
    left: str
    width: str

    @property
    def height(self) -> int:
        """Of the column; nothing is claimed where there are too few."""
        return round(TALL * (self.share.value or 0))


@dataclass(frozen=True, slots=True)
class Part:
    """One figure: its name and sentence, the share of all, a chart by day, and tables by depot and shipper."""

    name: str
    title: str
    says: str
    whole: Share
    columns: tuple[Column, ...]
    by_depot: tuple[tuple[str, Share], ...]
    by_shipper: tuple[tuple[str, Share], ...]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return self.whole.of > 0


def windows_share(told: Told) -> Share:
    """Last windows before a visit that held, of all of them."""
    return Share(told.windows.inside, told.windows.shown)


def attempts_share(told: Told) -> Share:
    """Handed over at the first attempt."""
    return first_attempts(told.parts[Figure.ATTEMPTS])


def kept_share(told: Told) -> Share:
    """Changes done as asked, of those whose end at the door is known."""
    became = total(by_kind(told.parts[Figure.CHANGES]).values()).became
    return Share(became["honoured"], became["honoured"] + became["not_honoured"])


def arrived_share(told: Told) -> Share:
    """Messages delivered, of those whose end is known."""
    return arrived(sum(by_channel(told.parts[Figure.MESSAGES]).values(), Counter()))


SHARES: tuple[tuple[str, str, str, Callable[[Told], Share]], ...] = (
    (
        "windows",
        "Windows kept",
        "Of the last windows shown before a visit, so many held.",
        windows_share,
    ),
    (
        "attempts",
        "Handed over at the first attempt",
        "Any failed attempt counts against it, whatever its reason.",
        attempts_share,
    ),
    (
        "changes",
        "Changes done as asked",
        "Of the changes whose end at the door is known.",
        kept_share,
    ),
    (
        "messages",
        "Messages that arrived",
        "Of the messages whose end the provider told us.",
        arrived_share,
    ),
)


def parts(figures: Figures, shippers: Mapping[int, str]) -> list[Part]:
    """The figures that are shares, in the order of the page."""
    return [
        Part(
            name,
            title,
            says,
            share(figures.whole),
            _columns(figures, share),
            tuple(
                (depot or "without a depot", share(told)) for depot, told in sorted(figures.by_depot.items())
            ),
            tuple((shippers[one], share(told)) for one, told in sorted(figures.by_shipper.items())),
        )
        for name, title, says, share in SHARES
    ]


def _columns(figures: Figures, share: Callable[[Told], Share]) -> tuple[Column, ...]:
    step = 100 / len(figures.by_day)
    return tuple(
        Column(day, share(told), f"{place * step:.3f}%", f"{step * 0.72:.3f}%")
        for place, (day, told) in enumerate(figures.by_day.items())
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart that counts: `width` is a share of the longest."""

    words: str
    many: int
    width: str


def kinds(figures: Figures) -> list[tuple[str, Fared, tuple[Bar, ...]]]:
    """Changes by kind with the bars asked, accepted and done as asked."""
    known = by_kind(figures.whole.parts[Figure.CHANGES])
    most = max((fared.became["asked"] for fared in known.values()), default=0)
    return [
        (
            WISHED[kind],
            fared,
            _bars(
                [
                    ("asked", fared.became["asked"]),
                    ("accepted", fared.became["accepted"]),
                    ("done as asked", fared.became["honoured"]),
                ],
                most,
            ),
        )
        for kind, fared in known.items()
    ]


def outcomes(figures: Figures) -> list[tuple[str, tuple[Bar, ...]]]:
    """Messages by channel and what became of them, the most frequent first."""
    known = by_channel(figures.whole.parts[Figure.MESSAGES])
    most = max((max(counts.values()) for counts in known.values()), default=0)
    return [
        (channel, _bars([(plain(name), many) for name, many in counts.most_common()], most))
        for channel, counts in known.items()
    ]


def _bars(lines: Sequence[tuple[str, int]], most: int) -> tuple[Bar, ...]:
    return tuple(Bar(words, many, f"{100 * many / most if most else 0:.2f}%") for words, many in lines)


def answers(figures: Figures) -> Fared:
    """All changes together: how long dispatch took."""
    return total(by_kind(figures.whole.parts[Figure.CHANGES]).values())


WINDOW_HEAD = ("day", "shipper", "depot", "source", "level", "inside", "early", "late")
HEAD = ("day", "shipper", "depot", "part", "count")


def window_rows(figures: Figures, slugs: Mapping[int, str]) -> Iterator[tuple[Cell, ...]]:
    """The last windows before each visit, as rows."""
    for kind, fared in figures.windows:
        whose = (kind.day.isoformat(), slugs[kind.shipper_id], kind.depot)
        yield (*whose, kind.source, kind.level, fared.inside, fared.early, fared.late)


def rows(figures: Figures, figure: Figure, slugs: Mapping[int, str]) -> Iterator[tuple[Cell, ...]]:
    """Any other figure, as rows."""
    for line in figures.lines:
        if line.key.figure is figure:
            slug = slugs[line.key.shipper_id]
            yield (line.day.isoformat(), slug, line.key.depot, line.key.part, line.many)


def gauges(
    told: Mapping[tuple[int, str], Told], slugs: Mapping[int, str], registry: CollectorRegistry
) -> None:
    """Today's first attempts for Prometheus, by shipper and depot; of very many depots the small ones together.

    Dispatch names its depots as it likes, and each name would be a series for ever.
    """
    tried = Gauge(
        "doorstep_first_attempts_today",
        "First attempts today by whether the parcel was handed over",
        ["shipper", "depot", "outcome"],
        registry=registry,
    )
    busy = sorted(told, key=lambda place: told[place].parts[Figure.ATTEMPTS].total(), reverse=True)
    named = frozenset(busy[:MOST_DEPOTS])
    for place, one in told.items():
        slug, depot = slugs.get(place[0], str(place[0])), place[1] if place in named else OTHER_DEPOTS
        for outcome, many in one.parts[Figure.ATTEMPTS].items():
            tried.labels(slug, depot, outcome).inc(many)
