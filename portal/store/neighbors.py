"""Neighbors: what they chose for good, and what each was asked with how they answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class NeighborRow(db.Model):
    """What a person chose who was asked as a neighbor: hours, a ceiling of parcels a week, or never again.

    Of every shipper: who said never again means all of them. Only the fingerprint of their number or address is kept.
    """

    __tablename__ = "neighbors"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    hours: Mapped[list[str] | None] = mapped_column(JSON)
    a_week: Mapped[int | None]
    blocked_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class NeighborAskRow(db.Model):
    """One question to one neighbor about what was asked together (`group_id`), and the answer as evidence.

    `nonce` makes the link anew, `fingerprint` recognises it; `contact` is erased when the matter is over.
    """

    __tablename__ = "neighbor_asks"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[str] = mapped_column(String(36), index=True)
    neighbor: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(120))
    house_number: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    contact: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12))
    nonce: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(String(12))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("ix_neighbor_asks_answer_expires_at", "answer", "expires_at"),)
