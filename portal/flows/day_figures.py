"""The lead's figures: a day is counted while it still changes, and put together for whoever asks."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from portal.db import Reader
from portal.domain.day_figures import Figure
from portal.domain.record import Fared as Windows
from portal.domain.record import Stage
from portal.store import day_figures as store
from portal.store import window_figures
from portal.store.day_figures import Line

# What a door says of a wish, a receipt that comes late, a correction: after ten days a day stays as it is.
SETTLES_AFTER_DAYS = 10
TODAY_ANEW_AFTER, BEFORE_ANEW_AFTER = timedelta(minutes=5), timedelta(hours=6)
KEPT_DAYS = 400
SPANS = (7, 30, 90)
Place = TypeVar("Place", bound=Hashable)


def count(session: Session, now: datetime) -> int:
    """Count the days that still change and were not counted lately; how many were. Safe to run twice."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(SETTLES_AFTER_DAYS + 1)]
    last = store.counted_at(session, days)
    done = 0
    for day in days:
        anew_after = TODAY_ANEW_AFTER if day == today else BEFORE_ANEW_AFTER
        if day not in last or now - last[day] >= anew_after:
            counted = (
                store.attempts(session, day) + store.changes(session, day) + store.messages(session, day)
            )
            store.keep(session, day, counted, now)
            done += 1
    return done


def forget_old(session: Session, now: datetime) -> None:
    """The figures go back a little more than a year."""
    store.forget_old(session, now.astimezone(UTC).date() - timedelta(days=KEPT_DAYS))


@dataclass(slots=True)
class Told:
    """The figures of one day, depot or shipper, or of all: parts by figure, and the last window before each visit."""

    parts: defaultdict[Figure, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    windows: Windows = field(default_factory=Windows)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the figures is wanted: whose, of the last how many days, of which depot (None: of all)."""

    shipper_ids: Collection[int]
    days: int
    depot: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page shows. `depots` are all that have figures, also where only one is shown."""

    first: date
    last: date
    whole: Told
    by_day: dict[date, Told]
    by_depot: dict[str, Told]
    by_shipper: dict[int, Told]
    depots: tuple[str, ...]
    lines: tuple[Line, ...]
    windows: tuple[tuple[window_figures.Kind, Windows], ...]


def put_together(session: Reader, asked: Asked, now: datetime) -> Figures:
    """The figures that were asked for; days without any stand there empty."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=asked.days - 1)
    lines = store.since(session, asked.shipper_ids, first)
    windows = [
        (kind, fared)
        for kind, fared in window_figures.since(session, first)
        if kind.shipper_id in asked.shipper_ids and kind.stage == Stage.LAST
    ]
    depots = {line.key.depot for line in lines} | {kind.depot for kind, _ in windows}
    if asked.depot is not None:
        lines = [line for line in lines if line.key.depot == asked.depot]
        windows = [(kind, fared) for kind, fared in windows if kind.depot == asked.depot]
    days = _sorted_by(lines, windows, lambda line: line.day, lambda kind: kind.day)
    return Figures(
        first=first,
        last=today,
        whole=_sorted_by(lines, windows, lambda line: None, lambda kind: None).get(None, Told()),
        by_day={day: days.get(day, Told()) for day in _every_day(first, today)},
        by_depot=_sorted_by(lines, windows, lambda line: line.key.depot, lambda kind: kind.depot),
        by_shipper=_sorted_by(lines, windows, lambda line: line.key.shipper_id, lambda kind: kind.shipper_id),
        depots=tuple(sorted(depots)),
        lines=tuple(lines),
        windows=tuple(windows),
    )


def of_today(session: Reader, shipper_ids: Collection[int], now: datetime) -> dict[tuple[int, str], Told]:
    """Today's (UTC) by shipper and depot, for those who watch."""
    lines = store.since(session, shipper_ids, now.astimezone(UTC).date())
    return _sorted_by(lines, [], lambda line: (line.key.shipper_id, line.key.depot), lambda kind: (0, ""))


def _every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _sorted_by(
    lines: list[Line],
    windows: list[tuple[window_figures.Kind, Windows]],
    of_line: Callable[[Line], Place],
    of_window: Callable[[window_figures.Kind], Place],
) -> dict[Place, Told]:
    found: dict[Place, Told] = {}
    for line in lines:
        found.setdefault(of_line(line), Told()).parts[line.key.figure][line.key.part] += line.many
    for kind, fared in windows:
        found.setdefault(of_window(kind), Told()).windows.add(fared)
    return found
