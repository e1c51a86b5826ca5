"""Texts that people sent to us, each kept once, and the conversation they belong to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import BIG


class InboundRow(db.Model):
    """A text as it came; `understood` names what it was taken for, `handled_at` when an agent looked at it."""

    __tablename__ = "inbound"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    provider: Mapped[str] = mapped_column(String(40))
    provider_id: Mapped[str] = mapped_column(String(120))
    sender: Mapped[str] = mapped_column(String(20))
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    understood: Mapped[str] = mapped_column(String(40))
    became: Mapped[str] = mapped_column(String(200))
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    handled_by: Mapped[str] = mapped_column(String(254))
    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        Index("ix_inbound_sender_at", "sender", "at"),
    )


class ConversationRow(db.Model):
    """What we wait to hear from a number: a code for a wish, or one of the choices that were offered."""

    __tablename__ = "conversations"
    sender: Mapped[str] = mapped_column(String(20), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    waits_for: Mapped[dict[str, Any]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(Moment)
