"""Consent as evidence: who agreed or took it back, for which channel, when and where. Only ever added to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import BIG


class ConsentRow(db.Model):
    """One statement of a person about one channel; the latest counts. `wording` is what they agreed to."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(String(64))
    given: Mapped[bool]
    source: Mapped[str] = mapped_column(String(80))
    wording: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_consents_fingerprint", "fingerprint"),)
