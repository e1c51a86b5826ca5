"""The tables of lockers, their compartments, and what is kept for whom."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class LockerRow(db.Model):
    """A locker station of a shipper, or of the operator (`owner` 0).

    `cell` is its place as one number (domain/grid.py), `search_text` what it can be found by; `wrong_codes` were typed
    at it since `wrong_since`.
    """

    __tablename__ = "lockers"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(250))
    lat: Mapped[float] = mapped_column(index=True)
    lng: Mapped[float]
    hours: Mapped[str] = mapped_column(String(250))
    reachable: Mapped[bool] = mapped_column(Boolean)
    hold_hours: Mapped[int]
    sort: Mapped[str] = mapped_column(String(20), server_default="locker")
    cell: Mapped[int] = mapped_column(server_default="0")
    search_text: Mapped[str] = mapped_column(Text, server_default="")
    wrong_codes: Mapped[int] = mapped_column(Integer, server_default="0")
    wrong_since: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("owner", "key"),
        # all that a search looks at, so that it reads only the rows of those it finds
        Index("ix_lockers_cell", "cell", "owner", "lat", "lng", "id"),
    )


class CompartmentRow(db.Model):
    """The boxes of one size in a locker, and how many of them are taken."""

    __tablename__ = "compartments"
    id: Mapped[int] = mapped_column(primary_key=True)
    locker_id: Mapped[int] = mapped_column(ForeignKey("lockers.id", ondelete="CASCADE"), index=True)
    size: Mapped[str] = mapped_column(String(20))
    width_mm: Mapped[int]
    height_mm: Mapped[int]
    depth_mm: Mapped[int]
    count: Mapped[int]
    taken: Mapped[int] = mapped_column(Integer, default=0)
    max_weight_g: Mapped[int] = mapped_column(server_default="0")
    low: Mapped[bool] = mapped_column(Boolean, server_default=false())
    __table_args__ = (
        UniqueConstraint("locker_id", "size"),
        CheckConstraint("taken >= 0", name="not_negative"),
    )


class LockerBookingRow(db.Model):
    """A compartment kept for one change; `released_at` gives it back.

    `until` is when the stay ends once the parcel is in, `extended` how often it was made longer, `expired_at` when
    dispatch was told that it is over; `own_code` is the code of a locker that makes its own. By the marks a parcel is
    found from a code that was typed; without our secret they tell nothing.
    """

    __tablename__ = "locker_bookings"
    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True)
    compartment_id: Mapped[int] = mapped_column(ForeignKey("compartments.id", ondelete="CASCADE"), index=True)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    extended: Mapped[int] = mapped_column(Integer, server_default="0")
    own_code: Mapped[str] = mapped_column(String(40), server_default="")
    delegate_nonce: Mapped[str] = mapped_column(String(32), server_default="")
    delegate_used_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_by: Mapped[str] = mapped_column(String(20), server_default="")
    expired_at: Mapped[datetime | None] = mapped_column(Moment)
    code_mark: Mapped[str] = mapped_column(String(32), server_default="")
    delegate_mark: Mapped[str] = mapped_column(String(32), server_default="")
    __table_args__ = (
        *(
            Index(
                f"ix_locker_bookings_{name}",
                name,
                postgresql_where=sql(f"{name} <> ''"),
                sqlite_where=sql(f"{name} <> ''"),
            )
            for name in ("code_mark", "delegate_mark")
        ),
        Index(
            "ix_locker_bookings_until",
            "until",
            postgresql_where=sql("released_at IS NULL AND until IS NOT NULL"),
            sqlite_where=sql("released_at IS NULL AND until IS NOT NULL"),
        ),
    )


class CompartmentHoldRow(db.Model):
    """A compartment kept for minutes while somebody decides; it counts as taken. One for a shipment."""

    __tablename__ = "compartment_holds"
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    compartment_id: Mapped[int] = mapped_column(ForeignKey("compartments.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(Moment, index=True)
