"""How recipients want to be told: by which channel, in which language, what of it, and at which hours.

Kept per shipper and contact, under the contact's fingerprint; what somebody said STOP to is in `contacts`.
"""

from datetime import datetime, time

from sqlalchemy import JSON, ForeignKey, String, Time
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class PreferenceRow(db.Model):
    """The choices of one number or address; a choice that was not made is empty or NULL."""

    __tablename__ = "preferences"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    channels: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    language: Mapped[str] = mapped_column(String(12))
    declined: Mapped[list[str]] = mapped_column(JSON)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    source: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime] = mapped_column(Moment)
