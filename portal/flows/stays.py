"""What events do to a booked compartment: the parcel is put in, it goes somewhere else, it is taken out."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.events import Happening, How
from portal.domain.lockers import Booking, smallest_fitting, stay_end
from portal.domain.pickup import code_mark, code_of, delegate_code_of, pickup_code
from portal.domain.shipment import State, Status
from portal.flows.announce import Voice
from portal.store import locker_bookings, lockers, shipments

# Whatever was kept for it, nobody will put it in any more.
NEVER_COMES = {Status.DELIVERED, Status.RETURNING, Status.RETURNED, Status.CANCELLED, Status.LOST}
# It may still lie in the locker while it is called back.
LIES_THERE = {Status.RETURNING}


def is_in_locker(state: State) -> bool:
    """Whether the events say that it lies in a locker: to be collected, or delivered into one."""
    if state.status is Status.READY_FOR_PICKUP:
        return True
    delivered = state.last is not None and state.last.happening is Happening.DELIVERED
    return state.status is Status.DELIVERED and delivered and state.how is How.LOCKER


def follow(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> None:
    """The shipment's status changed: so does what is kept for it. The same events in any order give the same."""
    booking = locker_bookings.of_shipment(session, shipment.id, lock=True, also_released=True)
    if booking is None:
        return
    state = shipment.state
    if is_in_locker(state) and state.since is not None:
        _put_in(session, voice, shipment, booking, state.since, now)
    elif state.status in NEVER_COMES and not (booking.waits and state.status in LIES_THERE):
        locker_bookings.release(session, booking.change_id, now)
    elif booking.waits and state.status not in LIES_THERE:
        # the scan was taken back: it is not there yet
        locker_bookings.note(session, booking.change_id, arrived_at=None, until=None, expired_at=None)


def _put_in(
    session: Session, voice: Voice, shipment: Shipment, booking: Booking, since: datetime, now: datetime
) -> None:
    if booking.released_at is not None:
        locker_bookings.take_again(session, booking)
    place = shipment.state.place.strip()
    other = lockers.find(session, shipment.shipper_id, place, now) if place else None
    if other and other.id != booking.locker.id:
        whole = shipments.by_id(session, shipment.shipper_id, shipment.id) or shipment
        boxes = smallest_fitting(whole.parcels, other) or sorted(
            other.compartments, key=lambda box: -box.volume
        )
        locker_bookings.move(session, booking, boxes, now)
        booking = locker_bookings.of_shipment(session, shipment.id, lock=True) or booking
    own = _code(session, voice, booking)
    mark = code_mark(voice.secret, code_of(voice.secret, replace(booking, own_code=own)))
    values: dict[str, object] = {"own_code": own, "code_mark": mark}
    if booking.arrived_at != since:
        values |= {"arrived_at": since, "until": stay_end(since, booking.locker), "expired_at": None}
    locker_bookings.note(session, booking.change_id, **values)


def _code(session: Session, voice: Voice, booking: Booking) -> str:
    """Empty, unless the code that would be ours opens somebody else's compartment of this locker: then another."""
    others = codes_in(session, voice, booking)
    usual = code_of(voice.secret, booking)
    return (
        booking.own_code if usual not in others else pickup_code(voice.secret, booking.change_id, "", others)
    )


def codes_in(session: Session, voice: Voice, besides: Booking) -> set[str]:
    """The codes that open the other compartments of a booking's locker."""
    others = locker_bookings.waiting_in(session, besides.locker.id)
    return {
        code
        for one in others
        if one.change_id != besides.change_id
        for code in (code_of(voice.secret, one), delegate_code_of(voice.secret, one))
        if code
    }


def locker_says(session: Session, voice: Voice, shipment: Shipment, code: str) -> bool:
    """The locker made its own code for what lies in it. False: nothing of this shipment does."""
    booking = locker_bookings.of_shipment(session, shipment.id, lock=True)
    if booking is None or not booking.waits:
        return False
    mark = code_mark(voice.secret, code)
    locker_bookings.note(session, booking.change_id, own_code=code, code_mark=mark)
    shipments.touch(session, [shipment.id])
    return True
