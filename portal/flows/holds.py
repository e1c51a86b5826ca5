"""What a person looks at is kept for them for some minutes while they decide: a place in a slot, a box in a locker."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import change_policy as policy
from portal.domain.change_policy import Refused
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, Wish
from portal.flows.announce import Voice
from portal.flows.change_offer import choices, place_of, situation
from portal.flows.kinds import EFFECTS
from portal.store import changes, shipments


@dataclass(frozen=True, slots=True)
class Held:
    """It may be asked; `until` is how long its place is kept, None where it needs none."""

    until: datetime | None = None


def hold(session: Session, voice: Voice, shipment: Shipment, wish: Wish, now: datetime) -> Held | Refused:
    """Look at a wish before anybody is asked for a code, and keep what it needs for some minutes."""
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    known = changes.of_shipments(session, [shipment.id]).get(shipment.id, [])
    rules = voice.shippers(session)[shipment.shipper_id].rules
    near, free = choices(session, shipment, now)
    where = situation(shipment, rules, known, place_of(session, shipment, now))
    verdict = policy.decide(where, wish, near, free, now)
    if isinstance(verdict, Refused):
        return verdict
    keep = EFFECTS[wish.kind].hold
    if keep is None:
        return Held()
    until = now + voice.hold_lasts
    full = keep(session, shipment, wish, Choices(tuple(near), tuple(free)), now, until)
    return Refused(full, verdict.until) if full else Held(until)
