"""The record of windows: what was judged is counted by day, depot and stage, and put together for those who look."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.db import Reader
from portal.domain.record import Fared, Line, Stage, stage_of
from portal.domain.window import Source, score
from portal.store import promises
from portal.store import window_figures as store
from portal.store.promises import Uncounted
from portal.store.window_figures import Kind

COUNTED_AT_ONCE = 500
SHOWN_DAYS = 30
KEPT_DAYS = 400


def count(session: Session) -> int:
    """Count windows that were judged, or judged anew, since they were counted last; how many were. Safe twice.

    Each window remembers what the figures hold of it, so that it is taken back exactly before it is counted again.
    """
    due = promises.uncounted(session, COUNTED_AT_ONCE)
    more: defaultdict[Kind, Fared] = defaultdict(Fared)
    now_counted: dict[int, dict[str, Any] | None] = {}
    for one in due:
        if one.counted:
            _add(more, one, one.counted, -1)
        fresh = _to_count(one)
        if fresh:
            _add(more, one, fresh, 1)
        now_counted[one.shown.id] = fresh
    store.adjust(session, more)
    promises.note_counted(session, now_counted)
    return len(due)


def _to_count(one: Uncounted) -> dict[str, Any] | None:
    """Under what a window is counted, in plain values; None while it is not judged."""
    if one.shown.delivered_at is None:
        return None
    # what was counted once keeps its depot, also where the parcel is taken to another one later
    depot = one.counted["depot"] if one.counted else one.depot
    stage = stage_of(one.shown.promise, one.shown.minutes_left)
    return {"at": one.shown.delivered_at.isoformat(), "depot": depot, "stage": stage, "last": one.last}


def _add(more: defaultdict[Kind, Fared], one: Uncounted, counted: Mapping[str, Any], times: int) -> None:
    window, at = one.shown.promise, datetime.fromisoformat(counted["at"])
    day = at.astimezone(UTC).date()
    for stage in (counted["stage"], *([Stage.LAST] if counted["last"] else ())):
        kind = Kind(day, one.shipper_id, counted["depot"], stage, window.source, window.level)
        more[kind].count(score(window.start, window.end, at), times)


def put_together(session: Reader, now: datetime, days: int = SHOWN_DAYS) -> dict[Line, Fared]:
    """The last days' figures, of all shippers together, by depot, stage and level."""
    return _lines(store.since(session, _first_day(now, days)))


def shares(session: Reader, now: datetime, days: int = SHOWN_DAYS) -> dict[Line, Fared]:
    """The same without widths, for the sentence on every page: summed by the database."""
    return _lines(store.shares(session, _first_day(now, days)))


def of_today(session: Reader, now: datetime) -> dict[Line, Fared]:
    """Today's (UTC), for those who watch."""
    return _lines(store.since(session, now.astimezone(UTC).date()))


def _lines(counted: Iterable[tuple[Kind, Fared]]) -> dict[Line, Fared]:
    found: defaultdict[Line, Fared] = defaultdict(Fared)
    for kind, fared in counted:
        claimed = 0 if kind.source == Source.TODAY else kind.level
        found[Line(kind.depot, kind.stage, claimed)].add(fared)
    return {line: fared for line, fared in found.items() if fared.shown}


def _first_day(now: datetime, days: int) -> date:
    return now.astimezone(UTC).date() - timedelta(days=days - 1)


def forget_old(session: Session, now: datetime) -> None:
    """The record goes back a little more than a year."""
    store.forget_old(session, _first_day(now, KEPT_DAYS))
