"""Which number or address a shipment had before, so that a code never goes to one that was just put there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


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
