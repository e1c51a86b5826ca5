"""Phones that tell where a van is: one secret each, kept as a hash, that can be taken back."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class DeviceRow(db.Model):
    """A phone or tracker of a van. `secret` is a fingerprint; `seen_at` is when it last told us something."""

    __tablename__ = "devices"
    id: Mapped[int] = mapped_column(primary_key=True)
    van_id: Mapped[int] = mapped_column(ForeignKey("vans.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
