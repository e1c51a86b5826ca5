"""The proof of a hand-over: what each kind of it wants, what is missing, how far from the door, the right PIN."""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.events import How
from portal.domain.geo import Point, distance_m
from portal.domain.parcel import Address, Restrictions
from portal.domain.shipment import State, Status


class Proof(StrEnum):
    """What can show that a parcel was handed over."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    PIN = "pin"
    PLACE = "place"


class Want(StrEnum):
    """Whether a kind of hand-over asks for a proof."""

    WANTED = "wanted"
    OPTIONAL = "optional"
    OFF = "off"


W, M, X = Want.WANTED, Want.OPTIONAL, Want.OFF
COLUMNS = (Proof.PHOTO, Proof.SIGNATURE, Proof.PIN, Proof.PLACE)
# What each kind of hand-over wants. A picture of a person who takes a parcel is nobody's business.
TABLE: dict[How, tuple[Want, Want, Want, Want]] = {
    #                 photo, signature, PIN, place
    How.RECIPIENT: (M, M, M, W),
    How.HOUSEHOLD: (M, W, M, W),
    How.NEIGHBOR: (M, W, X, W),
    How.SAFE_PLACE: (W, X, X, W),
    How.MAILBOX: (W, X, X, W),
    How.LOCKER: (M, X, X, M),
    How.RECEPTION: (M, W, X, W),
}
IN_PERSON = {How.RECIPIENT, How.HOUSEHOLD, How.NEIGHBOR, How.RECEPTION}

PIN_DIGITS = 4
# Four digits are soon guessed; after so many wrong ones no further one is looked at.
WRONG_PINS = 5
# As far as a phone beside tall houses is off.
FAR_M = 100.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What the driver's device sent with an event: the PIN as typed, who signed, where it was (degrees, or None)."""

    pin: str = ""
    signed_by: str = ""
    lat: float | None = None
    lng: float | None = None

    @property
    def point(self) -> Point | None:
        """Where it was, if the device said."""
        return Point(self.lat, self.lng) if self.lat is not None and self.lng is not None else None


@dataclass(frozen=True, slots=True)
class Handover:
    """What is kept of one event's proof. `pin_right` None: no PIN was wanted or typed; `distance_m` from the door."""

    event_id: str
    at: datetime
    lat: float | None = None
    lng: float | None = None
    distance_m: float | None = None
    pin_right: bool | None = None
    signed_by: str = ""


def pin_of(secret: bytes, shipment_id: int) -> str:
    """The PIN of a shipment: made from our secret, kept nowhere, told to its recipient alone."""
    digest = hmac.new(secret, f"pin:{shipment_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def pin_is_right(secret: bytes, shipment_id: int, typed: str, wrong_before: int) -> bool:
    """Whether the driver typed the PIN. After too many wrong ones even the right one counts no more."""
    right = hmac.compare_digest(
        pin_of(secret, shipment_id).encode(), typed.strip().encode("utf-8", "replace")
    )
    return right and wrong_before < WRONG_PINS


def handed(
    shown: Shown,
    event_id: str,
    at: datetime,
    address: Address,
    restrictions: Restrictions,
    secret: bytes,
    shipment_id: int,
    wrong_before: int,
) -> Handover:
    """What an event's proof says about this door."""
    door = Point(address.lat, address.lng) if address.lat is not None and address.lng is not None else None
    there = shown.point
    pin_right = None
    if restrictions.pin and shown.pin:
        pin_right = pin_is_right(secret, shipment_id, shown.pin, wrong_before)
    return Handover(
        event_id,
        at,
        shown.lat,
        shown.lng,
        round(distance_m(door, there), 1) if door and there else None,
        pin_right,
        shown.signed_by,
    )


def wants(how: How, asked: Restrictions, own: Mapping[Proof, Want] | None = None) -> dict[Proof, Want]:
    """What this hand-over wants: the table, the shipper's own words (`own`) over it, the sender's demands over both."""
    wanted = dict(zip(COLUMNS, TABLE[how], strict=True)) | dict(own or {})
    if how in IN_PERSON:
        if asked.signature or asked.min_age:
            wanted[Proof.SIGNATURE] = Want.WANTED
        if asked.pin:
            wanted[Proof.PIN] = Want.WANTED
    return wanted


def there_is(pictures: Collection[str], handover: Handover | None) -> frozenset[Proof]:
    """The proofs that were sent: pictures by their sort, and what came with the event."""
    found = {Proof(sort) for sort in pictures if sort in (Proof.PHOTO, Proof.SIGNATURE)}
    if handover and handover.signed_by:
        found.add(Proof.SIGNATURE)
    if handover and handover.pin_right:
        found.add(Proof.PIN)
    if handover and handover.lat is not None:
        found.add(Proof.PLACE)
    return frozenset(found)


def missing(wanted: Mapping[Proof, Want], found: Collection[Proof]) -> tuple[Proof, ...]:
    """What is wanted and was not sent."""
    return tuple(proof for proof in COLUMNS if wanted.get(proof) is Want.WANTED and proof not in found)


def handing_event(state: State) -> str | None:
    """The id of the event that handed the parcel over; None where none did."""
    return state.last.event_id if state.status is Status.DELIVERED and state.last else None
