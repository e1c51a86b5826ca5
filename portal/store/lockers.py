"""Lockers, their compartments, and which are kept for whom. Never more than there are."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    delete,
    false,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.lockers import Compartment, Locker
from portal.store.changes import ChangeRow


class LockerRow(db.Model):
    """A locker station of a shipper, or of the operator (`owner` 0)."""

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
    __table_args__ = (UniqueConstraint("owner", "key"), Index("ix_lockers_cell", "cell"))


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

    `until` is when the stay ends once the parcel is in, `extended` how often it was made longer; `tries` counts
    wrong codes typed at the locker, `own_code` is the code of a locker that makes its own.
    """

    __tablename__ = "locker_bookings"
    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True)
    compartment_id: Mapped[int] = mapped_column(ForeignKey("compartments.id", ondelete="CASCADE"), index=True)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    extended: Mapped[int] = mapped_column(Integer, server_default="0")
    own_code: Mapped[str] = mapped_column(String(40), server_default="")
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    delegate_nonce: Mapped[str] = mapped_column(String(32), server_default="")
    delegate_used_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_by: Mapped[str] = mapped_column(String(20), server_default="")


class CompartmentHoldRow(db.Model):
    """A compartment kept for minutes while somebody decides; it counts as taken. One for a shipment."""

    __tablename__ = "compartment_holds"
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    compartment_id: Mapped[int] = mapped_column(ForeignKey("compartments.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(Moment, index=True)


def put(session: Session, owner: int, lockers: Iterable[Locker]) -> dict[str, str]:
    """Keep lockers by key with their compartments by size; what is taken stays taken."""
    outcomes: dict[str, str] = {}
    # in order, so that two who tell the same wait for each other and not in a ring
    for locker in sorted(lockers, key=lambda locker: locker.key):
        values = {
            "name": locker.name,
            "address": locker.address,
            "lat": locker.lat,
            "lng": locker.lng,
            "hours": locker.hours,
            "reachable": locker.reachable,
            "hold_hours": locker.hold_hours,
        }
        mine = (LockerRow.owner == owner, LockerRow.key == locker.key)
        locker_id = session.execute(
            update(LockerRow).where(*mine).values(values).returning(LockerRow.id)
        ).scalar()
        outcomes[locker.key] = "updated" if locker_id else "created"
        if locker_id is None:
            new = insert(LockerRow).values(owner=owner, key=locker.key, **values).returning(LockerRow.id)
            locker_id = session.execute(new).scalar_one()
        _put_compartments(session, locker_id, locker.compartments)
    return outcomes


def _put_compartments(session: Session, locker_id: int, compartments: Iterable[Compartment]) -> None:
    sizes = []
    for box in compartments:
        sizes.append(box.size)
        values = {
            "width_mm": box.width_mm,
            "height_mm": box.height_mm,
            "depth_mm": box.depth_mm,
            "count": box.count,
        }
        this = (CompartmentRow.locker_id == locker_id, CompartmentRow.size == box.size)
        done = session.execute(update(CompartmentRow).where(*this).values(values))
        if not done.rowcount:  # type: ignore[attr-defined]
            session.execute(
                insert(CompartmentRow).values(locker_id=locker_id, size=box.size, taken=0, **values)
            )
    gone = (CompartmentRow.locker_id == locker_id, CompartmentRow.size.not_in(sizes))
    session.execute(update(CompartmentRow).where(*gone).values(count=0))
    session.execute(delete(CompartmentRow).where(*gone, CompartmentRow.taken == 0))


def near(
    session: Session,
    shipper_id: int,
    lat: float | None,
    lng: float | None,
    degrees: float = 0.05,
    limit: int = 12,
) -> list[Locker]:
    """Lockers of the shipper or the operator near a door, nearest first; all by name where the door is unknown."""
    query = select(LockerRow.__table__).where(LockerRow.owner.in_((0, shipper_id)))
    if lat is not None and lng is not None:
        query = query.where(
            LockerRow.lat.between(lat - degrees, lat + degrees),
            LockerRow.lng.between(lng - 2 * degrees, lng + 2 * degrees),
        ).order_by(
            (LockerRow.lat - lat) * (LockerRow.lat - lat) + (LockerRow.lng - lng) * (LockerRow.lng - lng)
        )
    else:
        query = query.order_by(LockerRow.name)
    rows: list[Any] = list(session.execute(query.limit(limit)))
    boxes: dict[int, list[Compartment]] = {}
    for box in session.execute(
        select(CompartmentRow.__table__).where(CompartmentRow.locker_id.in_([row.id for row in rows]))
    ):
        # a row is a tuple too, and `row.count` a method of tuples
        count = box._mapping["count"]
        free = max(count - box.taken, 0)
        boxes.setdefault(box.locker_id, []).append(
            Compartment(box.id, box.size, box.width_mm, box.height_mm, box.depth_mm, count, free)
        )
    return [_value(row, tuple(boxes.get(row.id, ()))) for row in rows]


def _value(row: Any, compartments: tuple[Compartment, ...]) -> Locker:
    return Locker(
        row.id,
        row.key,
        row.name,
        row.address,
        row.lat,
        row.lng,
        row.hours,
        row.reachable,
        row.hold_hours,
        compartments,
    )


def take(session: Session, compartments: Iterable[Compartment], change_id: str) -> Compartment | None:
    """Take one box for a change, the first of these that is free; None when all are taken.

    One conditional update a size, so that requests at the same moment cannot take the same box.
    """
    for box in compartments:
        done = session.execute(
            update(CompartmentRow)
            .where(CompartmentRow.id == box.id, CompartmentRow.taken < CompartmentRow.count)
            .values(taken=CompartmentRow.taken + 1)
        )
        if done.rowcount:  # type: ignore[attr-defined]
            session.execute(insert(LockerBookingRow).values(change_id=change_id, compartment_id=box.id))
            return box
    return None


def release(session: Session, change_id: str, now: datetime) -> None:
    """Give the box of a change back, once."""
    freed = session.execute(
        update(LockerBookingRow)
        .where(LockerBookingRow.change_id == change_id, LockerBookingRow.released_at.is_(None))
        .values(released_at=now)
        .returning(LockerBookingRow.compartment_id)
    ).scalar_one_or_none()
    if freed is not None:
        session.execute(
            update(CompartmentRow).where(CompartmentRow.id == freed).values(taken=CompartmentRow.taken - 1)
        )


def stays_end(session: Session, since: Mapping[int, datetime]) -> dict[int, datetime]:
    """Until when these shipments (id: in the locker since) may wait in the locker that was reserved for them."""
    if not since:
        return {}
    rows = session.execute(
        select(ChangeRow.shipment_id, LockerRow.hold_hours)
        .join(LockerBookingRow, LockerBookingRow.change_id == ChangeRow.id)
        .join(CompartmentRow, CompartmentRow.id == LockerBookingRow.compartment_id)
        .join(LockerRow, LockerRow.id == CompartmentRow.locker_id)
        .where(ChangeRow.shipment_id.in_(since), LockerBookingRow.released_at.is_(None))
    )
    return {shipment_id: since[shipment_id] + timedelta(hours=hold_hours) for shipment_id, hold_hours in rows}
