"""What a person looks at is kept for them for some minutes while they decide: a place in a slot, a box in a locker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import change_policy as policy
from portal.domain.change import Kind
from portal.domain.change_policy import Refused
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, Wish
from portal.flows.announce import Voice
from portal.flows.change_offer import choices, place_of, situation
from portal.flows.kinds import EFFECTS
from portal.store import changes, compartments, shipments, slot_places

# Kinds that hold something: how a shipment's hold ends, and how those end whose time is over.
LET_GO: dict[Kind, Callable[[Session, int], None]] = {
    Kind.NEW_WINDOW: slot_places.let_go,
    Kind.LOCKER: compartments.let_go,
}
EXPIRE: tuple[Callable[[Session, datetime], int], ...] = (slot_places.expire,)


@dataclass(frozen=True, slots=True)
class Held:
    """It may be asked; `until` is how long its place is kept, None where it needs none."""

    until: datetime | None = None


def hold(session: Session, voice: Voice, shipment: Shipment, wish: Wish, now: datetime) -> Held | Refused:
    """Look at a wish before anybody is asked for a code, and keep what it needs for some minutes.

    A shipment has one hold: what it held before, of whatever kind, is free again.
    """
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    wish = EFFECTS[wish.kind].clean(wish, shipment)
    known = changes.of_shipments(session, [shipment.id]).get(shipment.id, [])
    rules = voice.shippers(session)[shipment.shipper_id].rules
    near, free = choices(session, shipment, now, wish=wish)
    where = situation(shipment, rules, known, place_of(session, shipment, now))
    verdict = policy.decide(where, wish, near, free, now)
    if isinstance(verdict, Refused):
        return verdict
    release_others(session, shipment, wish.kind)
    keep = EFFECTS[wish.kind].hold
    if keep is None:
        return Held()
    until = now + voice.hold_lasts
    full = keep(session, shipment, wish, Choices(tuple(near), tuple(free)), now, until)
    return Refused(full, verdict.until) if full else Held(until)


def hold_together(
    session: Session, voice: Voice, together: Sequence[Shipment], wish: Wish, now: datetime
) -> Held | Refused:
    """Keep what a wish needs for several shipments of one door: for all of them, or, with the first reason, none."""
    held: list[Held] = []
    with session.begin_nested() as point:
        for shipment in sorted(together, key=lambda one: one.id):
            verdict = hold(session, voice, shipment, wish, now)
            if isinstance(verdict, Refused):
                point.rollback()
                return verdict
            held.append(verdict)
    return Held(min((one.until for one in held if one.until), default=None))


def release(session: Session, shipment: Shipment) -> None:
    """They decided for nothing: what the shipment held is free again."""
    for let_go in LET_GO.values():
        let_go(session, shipment.id)


def release_others(session: Session, shipment: Shipment, kind: Kind) -> None:
    """They turned to a wish of this kind: what was held for another kind is free again."""
    for held_for, let_go in LET_GO.items():
        if held_for is not kind:
            let_go(session, shipment.id)


def lapse(session: Session, now: datetime) -> int:
    """Nobody decided in time: what was held is free again; returns how much. Safe to run twice and at once."""
    return sum(expire(session, now) for expire in EXPIRE)
