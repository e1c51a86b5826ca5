"""What somebody has to look after: a change that was not honoured, a parcel nobody has, a reported problem."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class FollowUpRow(db.Model):
    """One matter for an agent; `key` makes it unique for its shipment, so that it is opened once."""

    __tablename__ = "follow_ups"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(120))
    __table_args__ = (
        UniqueConstraint("shipment_id", "kind", "key"),
        Index("ix_follow_ups_shipper_id_closed_at_opened_at", "shipper_id", "closed_at", "opened_at"),
    )
