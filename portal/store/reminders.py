"""Reminders that wait for their time: rows that move with the visit and are looked at anew before they go."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class ReminderRow(db.Model):
    """One reminder of one shipment; `about` is the visit or deadline it speaks of, `done_at` when it was told."""

    __tablename__ = "reminders"
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True)
    notice: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    about: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(40))
    __table_args__ = (
        Index(
            "ix_reminders_due_at",
            "due_at",
            postgresql_where=sql("done_at IS NULL"),
            sqlite_where=sql("done_at IS NULL"),
        ),
    )
