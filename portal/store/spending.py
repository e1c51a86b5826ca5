"""What a shipper's messages cost in a month, and what its ceiling held back."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import db


class SpendingRow(db.Model):
    """One shipper, one month (`2026-03`, in the shipper's zone); costs in millionths of the operator's currency."""

    __tablename__ = "spending"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    cost_micros: Mapped[int]
    segments: Mapped[int]
    held_back: Mapped[int]
