"""Collecting from a locker: what waits there, until when, who may take it out, and what the locker asks."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.db import after_commit
from portal.domain.delivery import Shipment
from portal.domain.lockers import Booking
from portal.domain.pickup import (
    WRONG_CODES_WITHIN,
    By,
    NotLonger,
    blocked_until,
    code_mark,
    code_of,
    delegate_code_of,
    longer,
    pickup_code,
    whose,
)
from portal.domain.shipment import Status
from portal.flows import remind
from portal.flows.announce import Voice
from portal.flows.stays import codes_in
from portal.store import changes, locker_bookings, lockers, shipments

EXTENDED, EXPIRED = "shipment.pickup_extended", "shipment.pickup_expired"


@dataclass(frozen=True, slots=True)
class Stay:
    """What waits in a locker for a shipment; `code` and `delegate_code` are for eyes that were verified.

    `longer` is until when it could stay if its time were made longer now, or why it cannot be.
    """

    booking: Booking
    code: str
    delegate_code: str
    longer: datetime | NotLonger


@dataclass(frozen=True, slots=True)
class Opened:
    """A compartment opens; `by` whose code it was."""

    shipment: Shipment
    booking: Booking
    by: By


@dataclass(frozen=True, slots=True)
class StaysShut:
    """No compartment opens. `until`: the locker takes no code before; `over`: the time to collect it has run out."""

    until: datetime | None = None
    over: bool = False


def look(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> Stay | None:
    """What waits for this shipment in a locker; None when nothing does."""
    booking = locker_bookings.of_shipment(session, shipment.id)
    if booking is None or not booking.waits:
        return None
    rules = voice.shippers(session)[shipment.shipper_id].rules
    return Stay(
        booking,
        code_of(voice.secret, booking),
        delegate_code_of(voice.secret, booking),
        longer(booking, rules, now),
    )


def extend(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> Booking | NotLonger:
    """The recipient needs more time: the stay ends later, the reminder moves, dispatch is told."""
    booking = _held(session, shipment)
    if booking is None:
        return NotLonger.NOT_THERE
    until = longer(booking, voice.shippers(session)[shipment.shipper_id].rules, now)
    if isinstance(until, NotLonger):
        return until
    extended = replace(booking, until=until, extended=booking.extended + 1)
    locker_bookings.note(session, booking.change_id, until=until, extended=extended.extended)
    if booking.arrived_at:
        remind.pickups_began(session, [(shipment.id, booking.arrived_at)], now)
    _tell_dispatch(session, voice, shipment, extended, EXTENDED, now)
    return extended


def let_somebody_collect(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> str | None:
    """A code for somebody else, good for one time; the same one while it was not used. None: nothing waits there.

    Whoever calls has seen the proof that the pickup code needs.
    """
    booking = _held(session, shipment)
    if booking is None or not booking.waits or booking.over(now):
        return None
    if code := delegate_code_of(voice.secret, booking):
        return code
    others = codes_in(session, voice, booking) | {code_of(voice.secret, booking)}
    while True:
        nonce = secrets.token_urlsafe(16)
        code = pickup_code(voice.secret, booking.change_id, nonce)
        if code not in others:
            break
    lent = {"delegate_nonce": nonce, "delegate_mark": code_mark(voice.secret, code)}
    locker_bookings.note(session, booking.change_id, **lent, delegate_used_at=None)
    shipments.touch(session, [shipment.id])
    return code


def take_back(session: Session, shipment: Shipment) -> None:
    """The code for somebody else opens nothing any more."""
    if booking := _held(session, shipment):
        locker_bookings.note(session, booking.change_id, delegate_nonce="", delegate_mark="")
        shipments.touch(session, [shipment.id])


def _held(session: Session, shipment: Shipment) -> Booking | None:
    """The shipment and its compartment, held for this transaction, the shipment first."""
    shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True)
    return locker_bookings.of_shipment(session, shipment.id, lock=True)


def open_locker(
    session: Session, voice: Voice, shipper_id: int | None, key: str, typed: str, now: datetime
) -> Opened | StaysShut | None:
    """A locker asks what to open for this code. None: there is no such locker.

    A wrong code is counted at the locker, which is held meanwhile: parallel guesses are counted one by one.
    """
    locker = lockers.find(session, shipper_id or 0, key, now)
    if locker is None:
        return None
    wrong, since = locker_bookings.wrong_codes(session, locker.id)
    if until := blocked_until(wrong, since, now):
        return StaysShut(until)
    waiting = locker_bookings.waiting_in(session, locker.id, lock=True)
    whom = shipments.by_ids(session, (one.shipment_id for one in waiting))
    own = [one for one in waiting if shipper_id in (None, whom[one.shipment_id].shipper_id)]
    found = [(one, by) for one in own if (by := whose(voice.secret, one, typed))]
    if not found:
        locker_bookings.wrong_code(session, locker.id, now, WRONG_CODES_WITHIN)
        return StaysShut()
    booking, by = found[0]
    if booking.over(now):
        return StaysShut(over=True)
    return Opened(whom[booking.shipment_id], _open(session, booking, by, now), by)


def _open(session: Session, booking: Booking, by: By, now: datetime) -> Booking:
    values: dict[str, object] = {"opened_at": now, "opened_by": by.value}
    if by is By.DELEGATE:
        values["delegate_used_at"] = now
    locker_bookings.note(session, booking.change_id, **values)
    shipments.touch(session, [booking.shipment_id])
    return replace(booking, opened_at=now, opened_by=by.value)


def expire_overdue(session: Session, voice: Voice, now: datetime) -> int:
    """Tell dispatch of parcels whose time in a locker is over; it brings them back and says so. Safe to run twice."""
    told = 0
    for shipper_id, shipment_id in locker_bookings.overdue(session, now):
        shipment = shipments.by_id(session, shipper_id, shipment_id, lock=True)
        booking = locker_bookings.of_shipment(session, shipment_id, lock=True)
        if shipment is None or booking is None or booking.expired_at or not booking.over(now):
            continue
        locker_bookings.note(session, booking.change_id, expired_at=now)
        if booking.opened_at and shipment.state.status is Status.DELIVERED:
            # delivered into the locker and opened: nobody reports that it was taken out
            locker_bookings.release(session, booking.change_id, now)
            continue
        _tell_dispatch(session, voice, shipment, booking, EXPIRED, now)
        told += 1
    return told


def _tell_dispatch(
    session: Session, voice: Voice, shipment: Shipment, booking: Booking, type: str, now: datetime
) -> None:
    data = {
        "change_id": booking.change_id,
        "shipment": shipment.reference,
        "locker": booking.locker.key,
        "size": booking.size,
        "until": booking.until.isoformat() if booking.until else None,
    }
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, type, now, data, booking.change_id)
    shipments.touch(session, [shipment.id])
    after_commit(session, "feed", voice.nudge_feed)
