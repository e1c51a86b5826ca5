"""Which number or address a shipment had before, so that a code never goes to one that was just put there."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.settled import Replaced


class ContactChangeRow(db.Model):
    """A contact of a shipment was replaced by `by` (dispatch, an agent, the recipient)."""

    __tablename__ = "contact_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    old: Mapped[str] = mapped_column(String(254))
    new: Mapped[str] = mapped_column(String(254))
    by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_contact_changes_shipment_id_at", "shipment_id", "at"),)


def add(session: Session, shipment_id: int, moves: Iterable[Replaced]) -> None:
    """Keep what was replaced."""
    rows = [
        {
            "shipment_id": shipment_id,
            "channel": one.channel,
            "old": one.old,
            "new": one.new,
            "by": one.by[:120],
            "at": one.at,
        }
        for one in moves
    ]
    if rows:
        session.execute(insert(ContactChangeRow.__table__), rows)


def since(session: Session, shipment_id: int, after: datetime) -> list[Replaced]:
    """What was replaced after then, oldest first, of a shipment that was found within its scope."""
    row = ContactChangeRow.__table__
    found = session.execute(
        select(row.c.channel, row.c.old, row.c.new, row.c.by, row.c.at)
        .where(row.c.shipment_id == shipment_id, row.c.at > after)
        .order_by(row.c.at, row.c.id)
    )
    return [Replaced(*one) for one in found]
