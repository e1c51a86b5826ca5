"""Boxes of lockers that are booked for a change: what is in them, until when, and which code was typed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.domain.change import Life
from portal.domain.lockers import Booking, Compartment
from portal.store.changes import ChangeRow
from portal.store.compartments import give_back, take_one
from portal.store.locker_rows import CompartmentRow, LockerBookingRow, LockerRow
from portal.store.lockers import with_compartments

BOOKINGS = LockerBookingRow


def release(session: Session, change_id: str, now: datetime) -> None:
    """Give the box of a change back, once."""
    freed = session.execute(
        update(BOOKINGS)
        .where(BOOKINGS.change_id == change_id, BOOKINGS.released_at.is_(None))
        .values(released_at=now)
        .returning(BOOKINGS.compartment_id)
    ).scalar_one_or_none()
    if freed is not None:
        give_back(session, freed)


def move(session: Session, booking: Booking, compartments: Sequence[Compartment], now: datetime) -> None:
    """The driver put it somewhere else: the booking, which is held, follows the parcel, also where all seemed taken."""
    box = take_one(session, compartments, now)
    if box is None:
        box = compartments[0]
        give_back(session, box.id, -1)
    note(session, booking.change_id, compartment_id=box.id)
    give_back(session, booking.compartment_id)


def of_shipment(
    session: Session, shipment_id: int, *, lock: bool = False, also_released: bool = False
) -> Booking | None:
    """The box that dispatch agreed to, in the locker it is in. The shipment was found within its scope."""
    query = _bookings().where(ChangeRow.shipment_id == shipment_id, ChangeRow.life == Life.ACCEPTED)
    if not also_released:
        query = query.where(BOOKINGS.released_at.is_(None))
    query = query.order_by(ChangeRow.asked_at.desc(), ChangeRow.id).limit(1)
    return next(iter(_values(session, query.with_for_update(of=BOOKINGS) if lock else query)), None)


def waiting_in(session: Session, locker_id: int, *, lock: bool = False) -> list[Booking]:
    """The boxes of a locker in which a parcel waits, the longest first."""
    query = _bookings().where(
        LockerRow.id == locker_id, BOOKINGS.released_at.is_(None), BOOKINGS.arrived_at.is_not(None)
    )
    query = query.order_by(BOOKINGS.arrived_at, BOOKINGS.change_id)
    return _values(session, query.with_for_update(of=BOOKINGS) if lock else query)


def overdue(session: Session, now: datetime, limit: int = 200) -> list[tuple[int, int]]:
    """(shipper id, shipment id) of stays that are over and not yet told. Of every shipper: a tick's question."""
    query = (
        select(ChangeRow.shipper_id, ChangeRow.shipment_id)
        .join(BOOKINGS, BOOKINGS.change_id == ChangeRow.id)
        .where(
            ChangeRow.life == Life.ACCEPTED,
            BOOKINGS.until <= now,
            BOOKINGS.released_at.is_(None),
            BOOKINGS.expired_at.is_(None),
        )
        .order_by(BOOKINGS.until)
        .limit(limit)
    )
    return [(row.shipper_id, row.shipment_id) for row in session.execute(query)]


def take_again(session: Session, booking: Booking) -> None:
    """It was given back too early: the parcel is in it, also where all seemed taken."""
    done = session.execute(
        update(BOOKINGS)
        .where(BOOKINGS.change_id == booking.change_id, BOOKINGS.released_at.is_not(None))
        .values(released_at=None)
    )
    if done.rowcount:  # type: ignore[attr-defined]
        give_back(session, booking.compartment_id, -1)


def note(session: Session, change_id: str, **values: Any) -> None:
    """Write on a booking what happened to it: fields of `Booking`."""
    session.execute(update(BOOKINGS).where(BOOKINGS.change_id == change_id).values(values))


def use_delegate(session: Session, change_id: str, now: datetime) -> bool:
    """The code of somebody else was typed; False when it was used before."""
    done = session.execute(
        update(BOOKINGS)
        .where(BOOKINGS.change_id == change_id, BOOKINGS.delegate_used_at.is_(None))
        .values(delegate_used_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def stays_end(session: Session, since: Mapping[int, datetime]) -> dict[int, datetime]:
    """Until when these shipments (id: in the locker since) may wait in the locker that was reserved for them."""
    if not since:
        return {}
    rows = session.execute(
        select(ChangeRow.shipment_id, BOOKINGS.until, LockerRow.hold_hours)
        .join(BOOKINGS, BOOKINGS.change_id == ChangeRow.id)
        .join(CompartmentRow, CompartmentRow.id == BOOKINGS.compartment_id)
        .join(LockerRow, LockerRow.id == CompartmentRow.locker_id)
        .where(ChangeRow.shipment_id.in_(since), BOOKINGS.released_at.is_(None))
    )
    return {who: until or since[who] + timedelta(hours=hours) for who, until, hours in rows}


def wrong_code(session: Session, locker_id: int, now: datetime, window: timedelta) -> None:
    """Count one more wrong code at a locker; the first after a quiet while begins a new count."""
    fresh = or_(LockerRow.wrong_since.is_(None), LockerRow.wrong_since <= now - window)
    this = LockerRow.id == locker_id
    again = session.execute(update(LockerRow).where(this, fresh).values(wrong_codes=1, wrong_since=now))
    if not again.rowcount:  # type: ignore[attr-defined]
        session.execute(update(LockerRow).where(this).values(wrong_codes=LockerRow.wrong_codes + 1))


def wrong_codes(session: Session, locker_id: int) -> tuple[int, datetime | None]:
    """How many wrong codes were typed at a locker, held for this transaction, and since when."""
    query = select(LockerRow.wrong_codes, LockerRow.wrong_since).where(LockerRow.id == locker_id)
    row = session.execute(query.with_for_update()).one()
    return row.wrong_codes, row.wrong_since


def _bookings() -> Any:
    of = (ChangeRow.shipment_id, CompartmentRow.size, CompartmentRow.low, CompartmentRow.locker_id)
    return (
        select(BOOKINGS.__table__, *of)
        .join(ChangeRow, ChangeRow.id == BOOKINGS.change_id)
        .join(CompartmentRow, CompartmentRow.id == BOOKINGS.compartment_id)
        .join(LockerRow, LockerRow.id == CompartmentRow.locker_id)
    )


def _values(session: Session, query: Any) -> list[Booking]:
    rows = session.execute(query).all()
    if not rows:
        return []
    at = select(LockerRow.__table__).where(LockerRow.id.in_({row.locker_id for row in rows}))
    lockers = {locker.id: locker for locker in with_compartments(session, list(session.execute(at)))}
    return [
        Booking(
            change_id=row.change_id,
            shipment_id=row.shipment_id,
            compartment_id=row.compartment_id,
            size=row.size,
            low=row.low,
            locker=lockers[row.locker_id],
            released_at=row.released_at,
            arrived_at=row.arrived_at,
            until=row.until,
            extended=row.extended,
            own_code=row.own_code,
            delegate_nonce=row.delegate_nonce,
            delegate_used_at=row.delegate_used_at,
            opened_at=row.opened_at,
            opened_by=row.opened_by,
            expired_at=row.expired_at,
        )
        for row in rows
    ]
