"""What somebody has to look after: a change that was not honoured, a parcel nobody has, a reported problem."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import THESE, Moment, Reader, db
from portal.domain.follow_up import FollowUp, Matter
from portal.store.outbox_rows import insert_for

# Closed because it turned out not to be so: it may come up again, unlike what an agent has dealt with.
BY_EVENTS = "events"


class FollowUpRow(db.Model):
    """One matter for an agent; `key` makes it unique for its shipment, so that it is opened once."""

    __tablename__ = "follow_ups"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(120))
    __table_args__ = (
        UniqueConstraint("shipment_id", "kind", "key"),
        Index("ix_follow_ups_shipper_id_closed_at_opened_at", "shipper_id", "closed_at", "opened_at"),
    )


FOLLOW_UPS = FollowUpRow.__table__
OF_SHIPMENTS = select(FOLLOW_UPS).where(FOLLOW_UPS.c.shipment_id.in_(THESE)).order_by(FOLLOW_UPS.c.id)


def _value(row: Any) -> FollowUp:
    return FollowUp(
        id=row.id,
        shipper_id=row.shipper_id,
        shipment_id=row.shipment_id,
        matter=Matter(row.kind),
        key=row.key,
        facts=row.facts,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def open(
    session: Session,
    shipper_id: int,
    shipment_id: int,
    kind: Matter,
    key: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Put a matter on the agents' list, once for its key; True when it is on it now and was not before.

    What an agent has closed stays closed; what events had taken back is opened again. `facts["words"]` is shown.
    """
    fresh = {"facts": dict(facts), "opened_at": now, "closed_at": None, "closed_by": ""}
    keys = {"shipper_id": shipper_id, "shipment_id": shipment_id, "kind": kind.value, "key": key[:80]}
    opened = session.execute(
        insert_for(session)(FOLLOW_UPS)
        .values(**keys, **fresh)
        .on_conflict_do_update(
            index_elements=["shipment_id", "kind", "key"],
            set_=fresh,
            where=FOLLOW_UPS.c.closed_by == BY_EVENTS,
        )
        .returning(FOLLOW_UPS.c.id)
    )
    return opened.first() is not None


def take_back(session: Session, shipment_id: int, kind: Matter, key: str, now: datetime) -> bool:
    """Events showed that there is nothing to look after; False when it was not open."""
    it = (FollowUpRow.shipment_id == shipment_id, FollowUpRow.kind == kind, FollowUpRow.key == key[:80])
    done = session.execute(
        update(FollowUpRow)
        .where(*it, FollowUpRow.closed_at.is_(None))
        .values(closed_at=now, closed_by=BY_EVENTS)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def close(session: Session, found: FollowUp, by: str, note: str, now: datetime) -> bool:
    """An agent has looked after it and wrote down how; False when somebody else was first."""
    values = {"closed_at": now, "closed_by": by[:120], "facts": {**found.facts, "note": note}}
    done = session.execute(
        update(FollowUpRow)
        .where(FollowUpRow.id == found.id, FollowUpRow.closed_at.is_(None))
        .values(**values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def find(session: Session, shipper_id: int | None, follow_up_id: int) -> FollowUp | None:
    """One follow-up within a shipper's scope (None: the operator's)."""
    query = select(FOLLOW_UPS).where(FOLLOW_UPS.c.id == follow_up_id)
    row = session.execute(_within(query, shipper_id)).one_or_none()
    return _value(row) if row else None


def listed(
    session: Session, shipper_id: int | None, kind: Matter | None, closed: bool, limit: int = 100
) -> list[FollowUp]:
    """The list within a shipper's scope: open ones oldest first, or closed ones newest first."""
    if closed:
        query = select(FOLLOW_UPS).where(FOLLOW_UPS.c.closed_at.is_not(None))
        query = query.order_by(FOLLOW_UPS.c.closed_at.desc(), FOLLOW_UPS.c.id)
    else:
        query = select(FOLLOW_UPS).where(FOLLOW_UPS.c.closed_at.is_(None))
        query = query.order_by(FOLLOW_UPS.c.opened_at, FOLLOW_UPS.c.id)
    if kind:
        query = query.where(FOLLOW_UPS.c.kind == kind)
    return [_value(row) for row in session.execute(_within(query, shipper_id).limit(limit))]


def counts(session: Reader, shipper_id: int | None) -> dict[Matter, int]:
    """How many are open, by matter, within a shipper's scope (None: the operator's)."""
    query = select(FOLLOW_UPS.c.kind, func.count().label("open")).where(FOLLOW_UPS.c.closed_at.is_(None))
    rows = session.execute(_within(query, shipper_id).group_by(FOLLOW_UPS.c.kind))
    return {Matter(row.kind): row.open for row in rows}


def of_shipments(session: Reader, shipment_ids: Iterable[int]) -> list[FollowUp]:
    """Follow-ups of shipments that were found within their scope, oldest first."""
    return [_value(row) for row in session.execute(OF_SHIPMENTS, {"these": sorted(set(shipment_ids))})]


def _within(query: Any, shipper_id: int | None) -> Any:
    return query if shipper_id is None else query.where(FOLLOW_UPS.c.shipper_id == shipper_id)
