"""What a recipient may ask for now: every option open or closed, with what there is to choose from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import change_policy as policy
from portal.domain.change import Change
from portal.domain.change_policy import Option, Situation
from portal.domain.delivery import Shipment
from portal.domain.lockers import Locker
from portal.domain.rules import ShipperRules
from portal.domain.slots import Slot
from portal.flows.announce import Voice
from portal.store import lockers, slots


@dataclass(frozen=True, slots=True)
class Offer:
    """What the change page shows: options with reasons and deadlines, and what there is to choose from."""

    options: tuple[Option, ...]
    lockers: tuple[Locker, ...]
    slots: tuple[Slot, ...]


def situation(shipment: Shipment, rules: ShipperRules, known: list[Change]) -> Situation:
    """What the policy needs to know of this shipment."""
    window = shipment.window
    return Situation(
        status=shipment.state.status,
        parcels=shipment.parcels,
        restrictions=shipment.restrictions,
        rules=rules,
        window_start=window.start if window else None,
        window_end=window.end if window else None,
        waiting=any(change.open for change in known),
        asked_before=sum(policy.counts(change.life) for change in known),
    )


def offer(session: Session, voice: Voice, shipment: Shipment, known: list[Change], now: datetime) -> Offer:
    """Every option of this shipment at this moment, with the lockers and slots that could be chosen."""
    rules = voice.shippers(session)[shipment.shipper_id].rules
    near, free = choices(session, shipment, now)
    where = situation(shipment, rules, known)
    return Offer(policy.options(where, near, free, now), tuple(near), tuple(free))


def choices(session: Session, shipment: Shipment, now: datetime) -> tuple[list[Locker], list[Slot]]:
    """Lockers near the door, and slots of its zone: its postcode's, its depot's, or those for everywhere."""
    address = shipment.address
    near = lockers.near(session, shipment.shipper_id, address.lat, address.lng)
    zones = (address.postcode, shipment.depot, "")
    return near, slots.offered(session, shipment.shipper_id, zones, now)
