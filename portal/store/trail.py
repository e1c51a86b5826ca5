"""Where vans were in the last 24 hours, for disputes; then forgotten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class TrailRow(db.Model):
    """A fix as it came in. `verdict` is what we made of it: taken, or why not (late, repeated, jump, future ...)."""

    __tablename__ = "trail"
    id: Mapped[int] = mapped_column(primary_key=True)
    van_id: Mapped[int] = mapped_column(ForeignKey("vans.id", ondelete="CASCADE"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment, index=True)
    lat: Mapped[float]
    lng: Mapped[float]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    verdict: Mapped[str] = mapped_column(String(20))
    __table_args__ = (Index("ix_trail_van_id_recorded_at", "van_id", "recorded_at"),)
