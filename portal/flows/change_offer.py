"""What a recipient may ask for now: every option open or closed, with what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.db import Reader
from portal.domain import change_policy as policy
from portal.domain.change import Change
from portal.domain.change_policy import Option
from portal.domain.delivery import Shipment
from portal.domain.events import Happening
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import Place, Situation, Wish
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.lockers import Locker
from portal.domain.next_step import act_by, best_first
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.slots import Slot
from portal.flows.announce import Voice
from portal.store import lockers, routes, slots

# The driver's next door is this one: nothing can be changed on the way there any more.
HEADING_HERE = {Happening.NEXT_STOP, Happening.NEARBY}

# A round may already be planned for these.
WAITS_FOR_A_VAN = {Status.ANNOUNCED, Status.IN_TRANSIT, Status.AT_DEPOT, Status.HELD}


@dataclass(frozen=True, slots=True)
class Offer:
    """What the change page shows: options with reasons and deadlines, and what there is to choose from;
    `where` is what they were judged in."""

    options: tuple[Option, ...]
    lockers: tuple[Locker, ...]
    slots: tuple[Slot, ...]
    where: Situation


def situation(
    shipment: Shipment, rules: ShipperRules, known: Sequence[Change], place: Place | None = None
) -> Situation:
    """What the policy needs to know of this shipment."""
    window, state = shipment.window, shipment.state
    turned_away = state.heading is Happening.NO_LONGER_HEADING
    return Situation(
        status=state.status,
        parcels=shipment.parcels,
        restrictions=shipment.restrictions,
        rules=rules,
        window_start=window.start if window else None,
        window_end=window.end if window else None,
        waiting=any(change.waits and KINDS[change.kind].waits for change in known),
        asked_before=sum(policy.counts(change.life) and KINDS[change.kind].waits for change in known),
        asked_ever=len(known),
        place=place,
        address=shipment.address,
        heading_here=state.heading in HEADING_HERE,
        first_window=shipment.awaits_first_window,
        turned_away=turned_away,
        act_by=act_by(state, rules.keep_days),
    )


def place_of(session: Reader, shipment: Shipment, now: datetime) -> Place | None:
    """Where the stop stands on its route: as the van was last seen, before it leaves as the round is planned."""
    if place := place_on_the_way(shipment):
        return place
    if shipment.state.status not in WAITS_FOR_A_VAN:
        return None
    planned = routes.place_of(session, shipment.id)
    if planned is None:
        return None
    return Place(planned.departs_at, planned.stops_before, planned.planned_at, planned.earlier)


def place_on_the_way(shipment: Shipment) -> Place | None:
    """What the shipment itself knows of its place, without a question to the database."""
    live = shipment.live
    if live is None:
        return None
    at = live.expected_at
    earlier = tuple(at - timedelta(minutes=ahead) for ahead in live.minutes_ahead) if at else ()
    return Place(None, live.stops_before, at, earlier)


def offer(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    known: list[Change],
    now: datetime,
    together: Sequence[int] = (),
    wish: Wish | None = None,
) -> Offer:
    """Every option of this shipment at this moment, with the lockers and slots that could be chosen."""
    rules = voice.shippers(session)[shipment.shipper_id].rules
    near, free = choices(session, shipment, now, together, wish)
    where = situation(shipment, rules, known, place_of(session, shipment, now))
    options = best_first(policy.options(where, near, free, now), shipment.state, lambda one: one.kind)
    return Offer(options, tuple(near), tuple(free), where)


def choices(
    session: Session,
    shipment: Shipment,
    now: datetime,
    together: Sequence[int] = (),
    wish: Wish | None = None,
) -> tuple[list[Locker], list[Slot]]:
    """Lockers near the door, and slots of its zone: its postcode's, its depot's, or those for everywhere.

    Where shipments are asked `together` with this one (their ids), a slot needs places for all of them. The locker
    of a `wish` is among them also when it was found near another address.
    """
    address = shipment.address
    near = lockers.near(
        session, shipment.shipper_id, address.lat, address.lng, now=now, shipment_id=shipment.id
    )
    if isinstance(wish, LeaveInLocker) and all(one.key != wish.locker for one in near):
        chosen = lockers.find(session, shipment.shipper_id, wish.locker, now, shipment.id)
        near += [chosen] if chosen else []
    asking = (shipment.id, *together)
    return near, slots.offered(session, shipment.shipper_id, zones_of(shipment), now, asking)


def zones_of(shipment: Shipment) -> tuple[str, ...]:
    """Whose slots can be its: its postcode's, its depot's, or those for everywhere."""
    return shipment.address.postcode, shipment.depot, ""
