"""What a recipient's page is made of: the shipment, its wishes, what can be changed, what a map may show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from portal.db import Reader
from portal.domain import change_policy as policy
from portal.domain.aftercare import After
from portal.domain.change import ENDS_WAITING, Change
from portal.domain.change_policy import OFFERED, Allowed, Option, Refused
from portal.domain.delivery import Promise, Shipment
from portal.domain.events import Happening
from portal.domain.geo import Point, blur
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import Situation, Wish
from portal.domain.next_step import best_first
from portal.domain.shipment import Status
from portal.domain.visibility import MapRules, Trip, View, look, needs_van
from portal.domain.window import Source
from portal.flows.announce import Voice
from portal.flows.change_offer import Offer, offer, place_on_the_way, situation
from portal.flows.kinds import EFFECTS
from portal.store import changes, looks, shipments
from portal.store.routes import Fix
from portal.store.shippers import Shipper

DOOR_GRID_M = 100.0


@dataclass(frozen=True, slots=True)
class Look:
    """A shipment as its recipient may see it at one moment; `fix` is the van's, to know when it grows old.

    `after` is there once it was delivered; `where` is what changes are judged in, None where nothing can be changed.
    """

    shipment: Shipment
    shipper: Shipper
    changes: tuple[Change, ...]
    options: tuple[Option, ...]
    view: View
    door: Point | None
    fix: Fix | None = None
    after: After | None = None
    where: Situation | None = None

    @property
    def rough_m(self) -> float:
        """How far from the shown place the van may be, in meters."""
        return self.shipper.rules.map.rough_m(near=self.view.near)


@dataclass(frozen=True, slots=True)
class OnTheMap:
    """What a map of one shipment shows now: its view and door, and how rough the van's place is, in meters."""

    view: View
    door: Point | None
    rough_m: float


def on_the_map(connection: Reader, shipper: Shipper, shipment: Shipment, now: datetime) -> OnTheMap:
    """What may be shown of the van that has this shipment, by its shipper's rules."""
    rules = shipper.rules.map
    trip, _fix = way_here(connection, shipment, rules, now)
    view = look(trip, rules, now)
    return OnTheMap(view, trip.door, rules.rough_m(near=view.near))


def page(connection: Connection, shippers: Mapping[int, Shipper], link: str, now: datetime) -> Look | None:
    """Everything for one page from its link's fingerprint; None for a link that opens nothing.

    One row; a second query only where there are wishes, a third only while the van may be on the map.
    """
    seen = looks.by_link(connection, link, now)
    if seen is None:
        return None
    return _look(connection, shippers[seen.shipment.shipper_id], seen.shipment, seen.asked, now)


def as_seen(
    connection: Connection,
    shippers: Mapping[int, Shipper],
    shipper_id: int | None,
    shipment_id: int,
    now: datetime,
) -> Look | None:
    """The same for an agent, who has no link: within a shipper's scope (None: the operator's)."""
    shipment = shipments.by_ids(connection, [shipment_id]).get(shipment_id)
    if shipment is None or shipper_id not in (None, shipment.shipper_id):
        return None
    return _look(connection, shippers[shipment.shipper_id], shipment, True, now)


def _look(connection: Connection, shipper: Shipper, shipment: Shipment, asked: bool, now: datetime) -> Look:
    known = changes.of_shipments(connection, [shipment.id]).get(shipment.id, []) if asked else []
    options: tuple[Option, ...] = ()
    where = None
    if shipment.state.status not in ENDS_WAITING:
        where = situation(shipment, shipper.rules, known, place_on_the_way(shipment))
        options = tuple(_at_a_glance(policy.option(kind, where, now)) for kind in OFFERED)
    if shipment.state.status is Status.MISSED:
        options = best_first(options, shipment.state, lambda one: one.kind)
    after = looks.after(connection, shipment.id, now) if shipment.state.status is Status.DELIVERED else None
    trip, fix = way_here(connection, shipment, shipper.rules.map, now)
    view = look(trip, shipper.rules.map, now)
    return Look(shipment, shipper, tuple(known), options, view, trip.door, fix, after, where)


def _at_a_glance(option: Option) -> Option:
    """The page does not ask for the round, so it leaves to the change page when the van will be loaded."""
    waits_for_the_van = option.open and KINDS[option.kind].before_loading
    return replace(option, until=None) if waits_for_the_van else option


def choices(
    session: Session, voice: Voice, shipment: Shipment, now: datetime, wish: Wish | None = None
) -> tuple[Shipment, list[Change], Offer]:
    """The shipment with its parcels, its wishes, and every option with its lockers and slots."""
    whole = shipments.by_id(session, shipment.shipper_id, shipment.id) or shipment
    return whole, *around(session, voice, whole, now, wish)


def at_hand(
    session: Session, voice: Voice, shipment: Shipment, now: datetime, wish: Wish | None = None
) -> tuple[Shipment, list[Change], Offer]:
    """The same for a shipment that was read a moment ago, and that nobody holds: a page only shows."""
    whole = replace(shipment, parcels=shipments.parcels_of(session, shipment.id))
    return whole, *around(session, voice, whole, now, wish)


def around(
    session: Session, voice: Voice, whole: Shipment, now: datetime, wish: Wish | None = None
) -> tuple[list[Change], Offer]:
    """The wishes of a shipment, and every option with its lockers and slots."""
    known = changes.of_shipments(session, [whole.id]).get(whole.id, [])
    return known, offer(session, voice, whole, known, now, wish=wish)


def consider(
    session: Session, voice: Voice, shipment: Shipment, wish: Wish, now: datetime
) -> Allowed | Refused:
    """What would become of this wish, before anybody is asked for a code or a depot for an answer."""
    whole, _known, offered = choices(session, voice, shipment, now, wish)
    return policy.decide(
        offered.where,
        EFFECTS[wish.kind].clean(wish, whole),
        offered.lockers,
        offered.slots,
        now,
    )


def way_here(
    connection: Reader, shipment: Shipment, rules: MapRules, now: datetime
) -> tuple[Trip, Fix | None]:
    """The van's way to this shipment's door; asks where the van is only where these rules would show it."""
    trip = trip_of(shipment, now)
    fix = looks.fix_of_van(connection, shipment.id, now) if needs_van(trip, rules) else None
    if fix is None:
        return trip, None
    return replace(trip, van=Point(fix.lat, fix.lng), van_seen_at=fix.at), fix


def trip_of(shipment: Shipment, now: datetime) -> Trip:
    """What the shipment itself knows of the way to its door; where the van is, it does not."""
    state, live = shipment.state, shipment.live
    under_way = state.status is Status.ON_VAN and state.heading is not Happening.NO_LONGER_HEADING
    trip = Trip(under_way, state.status in ENDS_WAITING, door_of(shipment))
    return as_told(trip, live, now) if under_way and live is not None else trip


def as_told(trip: Trip, live: Promise, now: datetime) -> Trip:
    """The way with what its live window says of it."""
    off_plan = live.stops_before is None
    minutes = (
        (live.expected_at - now).total_seconds() / 60
        if live.expected_at and live.source != Source.TODAY
        else None
    )
    away = None if live.stops_before is None else live.stops_before + 1
    return replace(trip, stops_away=away, minutes_left=minutes, off_plan=off_plan)


def door_of(shipment: Shipment) -> Point | None:
    """The shipment's own door as a link alone may know it: to the block, not to the house; None if unknown.

    A map that shows the house gives the address away to whoever has the link (DPD, 2021).
    """
    return block_of(shipment.address.lat, shipment.address.lng)


def block_of(lat: float | None, lng: float | None) -> Point | None:
    """A door to the block, not to the house."""
    return blur(Point(lat, lng), DOOR_GRID_M) if lat is not None and lng is not None else None
