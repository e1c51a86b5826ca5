"""Slots: delivery capacity by zone, and who has a place in one. Never more than there are."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.slots import Slot


class SlotRow(db.Model):
    """Capacity of a shipper, or of the operator (`owner` 0), in a zone."""

    __tablename__ = "slots"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(80))
    start: Mapped[datetime] = mapped_column(Moment)
    end: Mapped[datetime] = mapped_column(Moment)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(Integer, default=0)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("owner", "key"),
        CheckConstraint("taken >= 0", name="not_negative"),
        Index("ix_slots_owner_zone_start", "owner", "zone", "start"),
    )


class SlotBookingRow(db.Model):
    """A place in a slot, kept for one change; `released_at` gives it back."""

    __tablename__ = "slot_bookings"
    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id", ondelete="CASCADE"), index=True)
    released_at: Mapped[datetime | None] = mapped_column(Moment)


class SlotHoldRow(db.Model):
    """A place in a slot kept for minutes while somebody decides; it counts as taken. One for a shipment."""

    __tablename__ = "slot_holds"
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(Moment, index=True)


def _value(row: Any) -> Slot:
    return Slot(row.id, row.key, row.zone, row.start, row.end, row.capacity, row.taken, row.closes_at)


def put(session: Session, owner: int, slots: Iterable[Slot]) -> dict[str, str]:
    """Keep slots by key; what is taken stays taken. Returns created, updated or unchanged by key."""
    outcomes: dict[str, str] = {}
    given = {slot.key: slot for slot in slots}
    rows = session.execute(select(SlotRow.__table__).where(SlotRow.owner == owner, SlotRow.key.in_(given)))
    known = {row.key: _value(row) for row in rows}
    # in order, so that two who tell the same wait for each other and not in a ring
    for key, slot in sorted(given.items()):
        values = {"zone": slot.zone, "start": slot.start, "end": slot.end}
        values |= {"capacity": slot.capacity, "closes_at": slot.closes_at}
        if key not in known:
            session.execute(insert(SlotRow).values(owner=owner, key=key, taken=0, **values))
            outcomes[key] = "created"
        elif all(getattr(known[key], name) == value for name, value in values.items()):
            outcomes[key] = "unchanged"
        else:
            session.execute(update(SlotRow).where(SlotRow.id == known[key].id).values(values))
            outcomes[key] = "updated"
    return outcomes


def offered(
    session: Session, shipper_id: int, zones: Iterable[str], now: datetime, days: int = 7, limit: int = 24
) -> list[Slot]:
    """Slots of the shipper or the operator in these zones that begin within `days` and are not closed."""
    rows = session.execute(
        select(SlotRow.__table__)
        .where(
            SlotRow.owner.in_((0, shipper_id)),
            SlotRow.zone.in_(set(zones)),
            SlotRow.start > now,
            SlotRow.start < now + timedelta(days=days),
            SlotRow.closes_at > now,
        )
        .order_by(SlotRow.start)
        .limit(limit)
    )
    return [_value(row) for row in rows]


def take(session: Session, slot_id: int, change_id: str) -> bool:
    """Take one place for a change; False when the slot is full. One conditional update, so it cannot oversell."""
    done = session.execute(
        update(SlotRow)
        .where(SlotRow.id == slot_id, SlotRow.taken < SlotRow.capacity)
        .values(taken=SlotRow.taken + 1)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    session.execute(insert(SlotBookingRow).values(change_id=change_id, slot_id=slot_id))
    return True


def release(session: Session, change_id: str, now: datetime) -> None:
    """Give the place of a change back, once."""
    freed = session.execute(
        update(SlotBookingRow)
        .where(SlotBookingRow.change_id == change_id, SlotBookingRow.released_at.is_(None))
        .values(released_at=now)
        .returning(SlotBookingRow.slot_id)
    ).scalar_one_or_none()
    if freed is not None:
        session.execute(update(SlotRow).where(SlotRow.id == freed).values(taken=SlotRow.taken - 1))
