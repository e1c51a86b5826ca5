"""Which changes a recipient may ask for at this moment, until when, and the sentence that explains a no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from portal.domain.change import Kind, LeaveInLocker, LeaveWithNeighbor, Life, PickNewWindow, Wish
from portal.domain.lockers import Locker, smallest_fitting
from portal.domain.parcel import Parcel, Restrictions
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.slots import Slot


class No(StrEnum):
    """Why a change is not possible; the value is the sentence the page shows."""

    SENDER = "The sender does not allow this for your parcel."
    SHIPPER = "The shop does not offer this."
    AGE = "Your parcel needs an age check at the door, so only you can take it."
    SIGNATURE = "The sender asks for a signature from your household."
    PIN = "The sender asks for a PIN at the door, so it cannot be left with someone else."
    TOO_LATE = "It is too late for this: the driver needs more notice."
    ON_VAN = "Your parcel is already on the van, and no time is known yet."
    FINISHED = "The delivery is already finished."
    ON_ITS_WAY_BACK = "The parcel is on its way back to the sender."
    AT_PICKUP = "The parcel is already waiting for you at the pickup point."
    WAITING = "We have already asked the depot for a change. Please wait for the answer."
    OFTEN = "This delivery was already changed as often as possible."
    TOO_BIG = "Your parcel does not fit into a locker compartment here."
    LOCKERS_FULL = "All lockers near you are full right now."
    NO_LOCKERS = "There is no locker near you yet."
    NO_SLOTS = "There is no other time to choose from right now."
    LOCKER_UNKNOWN = "We do not know this locker. Please choose one from the list."
    LOCKER_FULL = "This locker is full now. Please choose another one."
    SLOT_UNKNOWN = "We do not know this time. Please choose one from the list."
    SLOT_FULL = "This time was just taken. Please choose another one."
    SLOT_CLOSED = "Please choose a time in the future."
    NEIGHBOR_NAME = "Please give the name of your neighbor."
    NEIGHBOR_NUMBER = "Please give the house number of your neighbor."


@dataclass(frozen=True, slots=True)
class Situation:
    """What the policy needs to know of a shipment; `window_start` and `window_end` as the recipient sees them."""

    status: Status
    parcels: tuple[Parcel, ...]
    restrictions: Restrictions
    rules: ShipperRules
    window_start: datetime | None = None
    window_end: datetime | None = None
    waiting: bool = False
    asked_before: int = 0


@dataclass(frozen=True, slots=True)
class Allowed:
    """The wish may be asked; `until` is the last moment, None where there is none yet."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The wish may not be asked, and why."""

    because: No
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One kind of change as the page shows it: open until, or closed because."""

    kind: Kind
    open: bool
    until: datetime | None = None
    because: No | None = None


OFFERED = (Kind.NEIGHBOR, Kind.LOCKER, Kind.NEW_WINDOW)

ENDED = {
    Status.DELIVERED: No.FINISHED,
    Status.CANCELLED: No.FINISHED,
    Status.LOST: No.FINISHED,
    Status.RETURNED: No.FINISHED,
    Status.RETURNING: No.ON_ITS_WAY_BACK,
    Status.READY_FOR_PICKUP: No.AT_PICKUP,
}


def forbidden(kind: Kind, restrictions: Restrictions, rules: ShipperRules) -> No | None:
    """Who forbids this kind of change, whatever the hour."""
    if getattr(restrictions, kind.value, None) is False:
        return No.SENDER
    if kind in (Kind.NEIGHBOR, Kind.LOCKER, Kind.SAFE_PLACE):
        if restrictions.min_age:
            return No.AGE
        if restrictions.pin:
            return No.PIN
        if restrictions.signature:
            return No.SIGNATURE
    return No.SHIPPER if kind in rules.forbids else None


def deadline(kind: Kind, situation: Situation) -> datetime | None:
    """The last moment for this kind of change: the shipper's notice before the window begins."""
    if situation.window_start is None or situation.status is Status.MISSED:
        return None
    return situation.window_start - timedelta(minutes=situation.rules.notice_for(kind))


def option(kind: Kind, situation: Situation, now: datetime) -> Option:
    """This kind of change at this moment, without looking at lockers and slots."""
    because = (
        ENDED.get(situation.status)
        or forbidden(kind, situation.restrictions, situation.rules)
        or (No.WAITING if situation.waiting else None)
        or (No.OFTEN if situation.asked_before >= situation.rules.changes_per_shipment else None)
    )
    until = deadline(kind, situation)
    if because is None and until is None and situation.status is Status.ON_VAN:
        because = No.ON_VAN
    if because is None and until is not None and now >= until:
        because = No.TOO_LATE
    return Option(kind, because is None, until, because)


def options(
    situation: Situation, lockers: Sequence[Locker], slots: Sequence[Slot], now: datetime
) -> tuple[Option, ...]:
    """Every kind of change that is offered, each open or closed with its reason and deadline."""
    shown = []
    for kind in OFFERED:
        offer = option(kind, situation, now)
        if offer.open and (full := _nothing_left(kind, situation, lockers, slots, now)):
            offer = Option(kind, False, offer.until, full)
        shown.append(offer)
    return tuple(shown)


def _nothing_left(
    kind: Kind, situation: Situation, lockers: Sequence[Locker], slots: Sequence[Slot], now: datetime
) -> No | None:
    if kind is Kind.NEW_WINDOW:
        return None if any(_slot_no(slot, situation, now) is None for slot in slots) else No.NO_SLOTS
    if kind is Kind.LOCKER:
        reasons = {_locker_no(locker, situation) for locker in lockers}
        if not reasons:
            return No.NO_LOCKERS
        if None not in reasons:
            return No.TOO_BIG if reasons == {No.TOO_BIG} else No.LOCKERS_FULL
    return None


def _locker_no(locker: Locker, situation: Situation) -> No | None:
    fitting = smallest_fitting(situation.parcels, locker)
    if not fitting:
        return No.TOO_BIG
    return None if any(compartment.free > 0 for compartment in fitting) else No.LOCKER_FULL


def _slot_no(slot: Slot, situation: Situation, now: datetime) -> No | None:
    if now >= slot.closes_at or now >= slot.start:
        return No.SLOT_CLOSED
    if slot.taken >= slot.capacity:
        return No.SLOT_FULL
    return None


def decide(
    situation: Situation, wish: Wish, lockers: Sequence[Locker], slots: Sequence[Slot], now: datetime
) -> Allowed | Refused:
    """Whether this very wish may be asked now. `lockers` and `slots` are those the shipment can be offered."""
    offer = option(wish.kind, situation, now)
    if offer.because is not None:
        return Refused(offer.because, offer.until)
    because: No | None
    match wish:
        case LeaveWithNeighbor():
            because = _neighbor_no(wish)
        case LeaveInLocker():
            locker = next((known for known in lockers if known.key == wish.locker), None)
            because = _locker_no(locker, situation) if locker else No.LOCKER_UNKNOWN
        case PickNewWindow():
            slot = next((known for known in slots if known.key == wish.slot), None)
            because = _slot_no(slot, situation, now) if slot else No.SLOT_UNKNOWN
        case _:
            assert_never(wish)
    return Refused(because, offer.until) if because else Allowed(offer.until)


def _neighbor_no(wish: LeaveWithNeighbor) -> No | None:
    if not wish.name.strip():
        return No.NEIGHBOR_NAME
    return None if wish.house_number.strip() else No.NEIGHBOR_NUMBER


def answer_by(
    asked_at: datetime, until: datetime | None, rules: ShipperRules, usual_minutes: int
) -> datetime:
    """When silence becomes the answer: the shipper's time, but not long after the change would be useless."""
    latest = asked_at + timedelta(minutes=rules.answer_minutes or usual_minutes)
    return latest if until is None else max(min(latest, until), asked_at + timedelta(minutes=2))


def counts(life: Life) -> bool:
    """Whether a change in this state uses up one of the times a delivery may be changed."""
    return life in (Life.ASKED, Life.ACCEPTED)
