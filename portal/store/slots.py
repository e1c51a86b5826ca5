"""Slots: delivery capacity by zone, as dispatch tells it and as a recipient is offered it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import ALL_PLACES, Moment, Reader, db, supplied
from portal.domain.slots import Slot


class SlotRow(db.Model):
    """Capacity of a shipper, or of the operator (`owner` 0), in a zone; `taken` counts bookings and holds."""

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
    supplied(session, ALL_PLACES)
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


def listed(session: Reader, owner: int, since: datetime, limit: int = 200) -> list[Slot]:
    """The slots of a shipper, or of the operator (`owner` 0), that end after `since`, the soonest first."""
    asked = select(SlotRow.__table__).where(SlotRow.owner == owner, SlotRow.end > since)
    rows = session.execute(asked.order_by(SlotRow.start, SlotRow.zone, SlotRow.key).limit(limit))
    return [_value(row) for row in rows]


def named(session: Reader, owner: int, key: str) -> Slot | None:
    """The owner's own slot of this key."""
    row = session.execute(
        select(SlotRow.__table__).where(SlotRow.owner == owner, SlotRow.key == key)
    ).one_or_none()
    return _value(row) if row else None


def count(session: Reader, owner: int, now: datetime) -> int:
    """How many slots the owner has that can still be chosen."""
    query = select(func.count()).where(SlotRow.owner == owner, SlotRow.closes_at > now)
    return session.execute(query).scalar_one()


def _held_for_nothing() -> Any:
    """How many places of a slot are held by those who ask, or by nobody any more."""
    theirs = or_(
        SlotHoldRow.shipment_id.in_(bindparam("asking", expanding=True)),
        SlotHoldRow.until <= bindparam("now", type_=Moment),
    )
    held = select(func.count()).where(SlotHoldRow.slot_id == SlotRow.id, theirs)
    return held.correlate(SlotRow).scalar_subquery()


MOST = 60
# Built once: to put the question together costs more than its answer.
OFFERED = (
    select(SlotRow.__table__, _held_for_nothing().label("free_holds"))
    .where(
        SlotRow.owner.in_(bindparam("owners", expanding=True)),
        SlotRow.zone.in_(bindparam("zones", expanding=True)),
        SlotRow.start > bindparam("now", type_=Moment),
        SlotRow.start < bindparam("last", type_=Moment),
        SlotRow.closes_at > bindparam("now", type_=Moment),
    )
    .order_by(SlotRow.start, SlotRow.end, SlotRow.id)
    .limit(bindparam("most", type_=Integer))
)


ZONES = (
    select(SlotRow.zone)
    .where(SlotRow.owner.in_((0, bindparam("owner"))), SlotRow.closes_at > bindparam("now", type_=Moment))
    .distinct()
)


def zones(session: Reader, shipper_id: int, now: datetime) -> frozenset[str]:
    """Those in which the shipper or the operator has any slot to come."""
    return frozenset(row.zone for row in session.execute(ZONES, {"owner": shipper_id, "now": now}))


def offered(
    session: Reader,
    shipper_id: int,
    zones: Iterable[str],
    now: datetime,
    asking: Sequence[int] = (),
    days: int = 7,
    limit: int = MOST,
) -> list[Slot]:
    """Slots of the shipper or the operator in these zones that begin within `days` and are not closed.

    As the shipments that are `asking` together see them: what they hold themselves or what nobody holds any more is
    not taken, and a slot with fewer free places than they are counts as full.
    """
    of = {"owners": [0, shipper_id], "zones": sorted(set(zones)), "asking": list(asking)}
    when = {"now": now, "last": now + timedelta(days=days), "most": limit}
    rows = session.execute(OFFERED, of | when)
    return [_seen_by(row, max(len(asking), 1)) for row in rows]


def _seen_by(row: Any, wanted: int) -> Slot:
    taken = max(row.taken - row.free_holds, 0)
    full = row.capacity - taken < wanted
    shown = max(row.capacity, taken) if full else taken
    return Slot(row.id, row.key, row.zone, row.start, row.end, row.capacity, shown, row.closes_at)
