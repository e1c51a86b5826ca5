"""The table of what somebody has to look after, and how a row becomes a value."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, and_, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import THESE, Moment, db
from portal.domain.follow_up import FollowUp, Matter
from portal.store.agents import AgentRow

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
