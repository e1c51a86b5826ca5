"""What somebody has to look after: raised once for its key, settled by events, closed by an agent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, and_, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import THESE, Moment, Reader, db
from portal.domain.follow_up import FollowUp, Matter, due
from portal.store.agents import AgentRow
from portal.store.outbox_rows import insert_for

# Closed because it turned out not to be so: it may come up again, unlike what an agent has dealt with.
BY_EVENTS = "events"
OPEN: dict[str, Any] = {
    "postgresql_where": sql("closed_at IS NULL"),
    "sqlite_where": sql("closed_at IS NULL"),
}
CLOSED: dict[str, Any] = {
    "postgresql_where": sql("closed_at IS NOT NULL"),
    "sqlite_where": sql("closed_at IS NOT NULL"),
}
ALARM: dict[str, Any] = {
    "postgresql_where": sql("shipment_id IS NULL"),
    "sqlite_where": sql("shipment_id IS NULL"),
}


class FollowUpRow(db.Model):
    """One matter for an agent; `key` makes it unique for its shipment, so that it is opened once.

    A matter of no shipment is unique by its key alone, which begins with the shipper (`_key`).
    """

    __tablename__ = "follow_ups"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    handed_by: Mapped[str] = mapped_column(String(120), server_default="")
    handed_words: Mapped[str] = mapped_column(String(300), server_default="")
    snoozed_until: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(120))
    __table_args__ = (
        UniqueConstraint("shipment_id", "kind", "key"),
        Index("ix_follow_ups_alarm", "kind", "key", unique=True, **ALARM),
        # what breaks first, of all and of one shipper; open matters are few, however many there were
        Index("ix_follow_ups_open", "due_at", "id", **OPEN),
        Index("ix_follow_ups_shipper_id_open", "shipper_id", "due_at", "id", **OPEN),
        Index("ix_follow_ups_claimed_by_open", "claimed_by", **OPEN),
        Index("ix_follow_ups_closed_at", "closed_at", **CLOSED),
        Index("ix_follow_ups_shipper_id_closed_at", "shipper_id", "closed_at", **CLOSED),
    )


FOLLOW_UPS, AGENTS = FollowUpRow.__table__, AgentRow.__table__
# Whoever left does not hold anything any more.
HELD = FOLLOW_UPS.outerjoin(AGENTS, and_(AGENTS.c.id == FOLLOW_UPS.c.claimed_by, AGENTS.c.left_at.is_(None)))
WITH_HOLDER = select(
    FOLLOW_UPS, AGENTS.c.id.label("holder_id"), AGENTS.c.name.label("holder_name"), AGENTS.c.email
).select_from(HELD)
OF_SHIPMENTS = WITH_HOLDER.where(FOLLOW_UPS.c.shipment_id.in_(THESE)).order_by(FOLLOW_UPS.c.id)


def value(row: Any) -> FollowUp:
    """A row of matters with who holds it."""
    return FollowUp(
        id=row.id,
        shipper_id=row.shipper_id,
        shipment_id=row.shipment_id,
        matter=Matter(row.kind),
        key=row.key,
        facts=row.facts,
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        claimed_by=row.holder_id,
        claimed_at=row.claimed_at if row.holder_id else None,
        holder=row.holder_name or row.email or "",
        handed_by=row.handed_by,
        handed_words=row.handed_words,
        snoozed_until=row.snoozed_until,
    )


def _key(shipper_id: int | None, shipment_id: int | None, key: str) -> str:
    whose = "" if shipment_id is not None else f"{shipper_id or 'house'}:"
    return f"{whose}{key}"[:80]


def open(
    session: Session,
    shipper_id: int | None,
    shipment_id: int | None,
    kind: Matter,
    key: str,
    facts: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Put a matter on the agents' list, once for its key; True when it is on it now and was not before.

    What an agent has closed stays closed; what events had taken back is opened again. `facts["words"]` is shown.
    """
    fresh = {
        "facts": dict(facts),
        "opened_at": now,
        "due_at": due(kind, now, due_at),
        "closed_at": None,
        "closed_by": "",
        "claimed_by": None,
        "claimed_at": None,
        "handed_by": "",
        "handed_words": "",
        "snoozed_until": None,
    }
    keys = {"shipper_id": shipper_id, "shipment_id": shipment_id, "kind": kind.value}
    keys["key"] = _key(shipper_id, shipment_id, key)
    alarm = shipment_id is None
    opened = session.execute(
        insert_for(session)(FOLLOW_UPS)
        .values(**keys, **fresh)
        .on_conflict_do_update(
            index_elements=["kind", "key"] if alarm else ["shipment_id", "kind", "key"],
            index_where=FOLLOW_UPS.c.shipment_id.is_(None) if alarm else None,
            set_=fresh,
            where=FOLLOW_UPS.c.closed_by == BY_EVENTS,
        )
        .returning(FOLLOW_UPS.c.id)
    )
    return opened.first() is not None


def take_back(
    session: Session,
    shipment_id: int | None,
    kind: Matter,
    key: str,
    now: datetime,
    shipper_id: int | None = None,
) -> bool:
    """Events showed that there is nothing to look after; False when it was not open."""
    about = FollowUpRow.shipment_id == shipment_id if shipment_id else FollowUpRow.shipment_id.is_(None)
    it = (about, FollowUpRow.kind == kind, FollowUpRow.key == _key(shipper_id, shipment_id, key))
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


def tell_anew(session: Session, found: FollowUp, words: str, due_at: datetime, now: datetime) -> None:
    """The same matter in words of this moment."""
    facts = {**found.facts, "words": words, "told_at": now.isoformat()}
    it = (FollowUpRow.id == found.id, FollowUpRow.closed_at.is_(None))
    session.execute(update(FollowUpRow).where(*it).values(facts=facts, due_at=due_at))


def find(session: Session, shipper_id: int | None, follow_up_id: int) -> FollowUp | None:
    """One follow-up within a shipper's scope (None: the operator's)."""
    query = WITH_HOLDER.where(FOLLOW_UPS.c.id == follow_up_id)
    row = session.execute(_within(query, shipper_id)).one_or_none()
    return value(row) if row else None


def named(
    session: Session, shipper_id: int | None, shipment_id: int | None, kind: Matter, key: str
) -> FollowUp | None:
    """The open matter of this kind and key, within a shipper's scope (None: the operator's)."""
    its_key = FOLLOW_UPS.c.key
    if shipment_id:
        it = (FOLLOW_UPS.c.shipment_id == shipment_id, its_key == key)
    else:
        it = (FOLLOW_UPS.c.shipment_id.is_(None), its_key.endswith(f":{key}", autoescape=True))
    query = WITH_HOLDER.where(*it, FOLLOW_UPS.c.kind == kind, FOLLOW_UPS.c.closed_at.is_(None))
    row = session.execute(_within(query, shipper_id)).first()
    return value(row) if row else None


def of_shipments(session: Reader, shipment_ids: Iterable[int]) -> list[FollowUp]:
    """Follow-ups of shipments that were found within their scope, oldest first."""
    return [value(row) for row in session.execute(OF_SHIPMENTS, {"these": sorted(set(shipment_ids))})]


def _within(query: Any, shipper_id: int | None) -> Any:
    return query if shipper_id is None else query.where(FOLLOW_UPS.c.shipper_id == shipper_id)
