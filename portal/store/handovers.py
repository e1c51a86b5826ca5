"""What the door showed and what people said of it: hand-overs, files, claims, ratings and problems."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class HandoverRow(db.Model):
    """The proof that came with one event: where it was, how far from the door, whether the PIN was right."""

    __tablename__ = "handovers"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[str] = mapped_column(String(120))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    distance_m: Mapped[float | None]
    pin_right: Mapped[bool | None] = mapped_column(Boolean)
    signed_by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("shipper_id", "event_id"),)


class ClaimRow(db.Model):
    """The recipient says that they have it, or that they do not."""

    __tablename__ = "claims"
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    has_it: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(Moment)


class RatingRow(db.Model):
    """How the recipient liked the delivery: 1 to 5 stars and a few words."""

    __tablename__ = "ratings"
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    stars: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class ProblemRow(db.Model):
    """A problem the recipient reported."""

    __tablename__ = "problems"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
