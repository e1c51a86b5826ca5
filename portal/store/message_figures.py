"""How messages fared, by day, shipper, channel and notice: counted from the messages, kept when they are gone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class MessageFigureRow(db.Model):
    """One day (UTC, of the messages' making). `counts` by what became of them, `hand_off` a histogram of seconds."""

    __tablename__ = "message_figures"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    notice: Mapped[str] = mapped_column(String(60), primary_key=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    hand_off: Mapped[dict[str, Any]] = mapped_column(JSON)
    segments: Mapped[int]
    cost_micros: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(Moment)
