"""Where vans were in the last 24 hours, for disputes; then forgotten."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.fixes import Crumb, Fix, Verdict

KEPT_FOR = timedelta(hours=24)
FORGOTTEN_AT_ONCE = 2_000


class TrailRow(db.Model):
    """A fix as it came in. `verdict` is what we made of it: taken, or why not (late, repeated, jump, future ...)."""

    __tablename__ = "trail"
    id: Mapped[int] = mapped_column(primary_key=True)
    van_id: Mapped[int] = mapped_column(ForeignKey("vans.id", ondelete="CASCADE"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment, index=True)
    lat: Mapped[float]
    lng: Mapped[float]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    verdict: Mapped[str] = mapped_column(String(20))
    __table_args__ = (Index("ix_trail_van_id_received_at", "van_id", "received_at"),)


TRAIL = TrailRow.__table__


def keep(session: Session, crumbs: Sequence[tuple[int, Crumb]]) -> None:
    """Write down what came in, as (van id, crumb); all in one statement."""
    if crumbs:
        session.execute(insert(TRAIL), [_row(van_id, crumb) for van_id, crumb in crumbs])


def _row(van_id: int, crumb: Crumb) -> dict[str, Any]:
    fix = crumb.fix
    return {
        "van_id": van_id,
        "recorded_at": fix.at,
        "received_at": crumb.received_at,
        "lat": fix.lat,
        "lng": fix.lng,
        "accuracy_m": fix.accuracy_m,
        "speed_mps": fix.speed_mps,
        "verdict": crumb.verdict.value,
    }


def lately(session: Session, van_ids: Iterable[int], since: datetime) -> dict[int, tuple[Crumb, ...]]:
    """What came in of these vans since then, by van, in the order in which it came."""
    query = select(TRAIL).where(TRAIL.c.van_id.in_(sorted(set(van_ids))), TRAIL.c.received_at >= since)
    found: dict[int, list[Crumb]] = {}
    for row in session.execute(query.order_by(TRAIL.c.id)):
        found.setdefault(row.van_id, []).append(_crumb(row))
    return {van_id: tuple(crumbs) for van_id, crumbs in found.items()}


def of_van(session: Session, van_id: int, start: datetime, end: datetime) -> list[Crumb]:
    """What came in of a van between two moments, in the order of its own time. The van comes from a scoped question."""
    between = TRAIL.c.received_at.between(start, end)
    query = select(TRAIL).where(TRAIL.c.van_id == van_id, between).order_by(TRAIL.c.recorded_at, TRAIL.c.id)
    return [_crumb(row) for row in session.execute(query)]


def _crumb(row: Any) -> Crumb:
    fix = Fix(row.lat, row.lng, row.recorded_at, row.accuracy_m, row.speed_mps)
    return Crumb(fix, row.received_at, Verdict(row.verdict))


def forget(session: Session, now: datetime) -> int:
    """Erase the oldest of what is more than 24 hours old, some at a time; returns how many."""
    oldest = select(TRAIL.c.id).where(TRAIL.c.received_at < now - KEPT_FOR)
    some = oldest.order_by(TRAIL.c.received_at).limit(FORGOTTEN_AT_ONCE)
    done: Any = session.execute(delete(TRAIL).where(TRAIL.c.id.in_(some)))
    return int(done.rowcount)
