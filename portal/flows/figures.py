"""The figures of the voice: counted while the day runs, once more when its receipts are in, and put together."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from portal.domain.figures import Counted, Fared, total
from portal.store import message_figures as store
from portal.store.spending import Spent, spent

# Providers report for up to three days; what was counted then stays.
SETTLES_AFTER_DAYS = 3
TODAY_ANEW_AFTER, BEFORE_ANEW_AFTER = timedelta(minutes=1), timedelta(hours=6)
SHOWN_DAYS = 30
Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class Shown:
    """What the page shows: all of it, by channel, and by day, newest first."""

    days: int
    whole: Fared
    by_channel: dict[str, Fared] = field(default_factory=dict)
    by_day: dict[date, Fared] = field(default_factory=dict)
    counted_at: datetime | None = None


def count(session: Session, now: datetime, speed: float = 1.0) -> int:
    """Count the days that still change and were not counted lately; how many were. Safe to run twice."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(SETTLES_AFTER_DAYS + 1)]
    last = store.counted_at(session, days)
    done = 0
    for day in days:
        anew_after = TODAY_ANEW_AFTER if day == today else BEFORE_ANEW_AFTER
        if day not in last or now - last[day] >= anew_after:
            store.keep(session, store.count_day(session, day, speed), now)
            done += 1
    return done


def shown(session: Session, now: datetime, shipper_id: int | None = None) -> Shown:
    """The last thirty days, put together."""
    first = now.astimezone(UTC).date() - timedelta(days=SHOWN_DAYS - 1)
    lines = store.since(session, first, shipper_id)
    by_day = _by(lines, lambda line: line.kind.day)
    return Shown(
        SHOWN_DAYS,
        total(lines),
        dict(sorted(_by(lines, lambda line: line.kind.channel).items(), reverse=True)),
        dict(sorted(by_day.items(), reverse=True)),
        max((line.counted_at for line in lines), default=None),
    )


@dataclass(slots=True)
class OfShipper:
    """One shipper's: by notice and channel, and what its ceiling saw of the last months."""

    by_notice: dict[tuple[str, str], Fared] = field(default_factory=dict)
    months: list[Spent] = field(default_factory=list)


def by_shipper(session: Session, shipper_ids: Iterable[int], now: datetime) -> dict[int, OfShipper]:
    """The last thirty days of each of these shippers."""
    first = now.astimezone(UTC).date() - timedelta(days=SHOWN_DAYS - 1)
    found: dict[int, OfShipper] = {}
    for shipper_id in shipper_ids:
        lines = store.since(session, first, shipper_id)
        by_notice = _by(lines, lambda line: (line.kind.notice, line.kind.channel))
        found[shipper_id] = OfShipper(dict(sorted(by_notice.items())), spent(session, [shipper_id], 12))
    return found


def of_today(session: Session, now: datetime) -> list[Counted]:
    """Today's lines, for those who watch."""
    return store.since(session, now.astimezone(UTC).date())


def _by(lines: Iterable[Counted], key: Callable[[Counted], Key]) -> dict[Key, Fared]:
    found: dict[Key, Fared] = {}
    for line in lines:
        found.setdefault(key(line), Fared()).add(line.fared)
    return found
