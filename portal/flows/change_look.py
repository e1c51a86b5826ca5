"""What the change page is made of when somebody only looks: each thing read once, and only for what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from portal.db import Reader
from portal.domain import change_policy as policy
from portal.domain.change import Change, Kind
from portal.domain.change_policy import OFFERED
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Situation
from portal.domain.lockers import Locker
from portal.domain.next_step import best_first
from portal.domain.slots import Slot
from portal.flows import locker_choice
from portal.flows.change_offer import Offer, place_of, place_on_the_way, situation, zones_of
from portal.flows.locker_choice import Listed
from portal.flows.track import door_of
from portal.store import changes, lockers, looks, shipments, supply
from portal.store.shippers import Shipper
from portal.store.supply import Places, Supply


@dataclass(frozen=True, slots=True)
class Search:
    """What a page of lockers asks for: near what was typed, and how many (0: as many as usual)."""

    typed: str = ""
    wanted: int = 0

    @property
    def usual(self) -> bool:
        """Those near the door, as everybody in the street sees them."""
        return not self.typed and self.wanted <= locker_choice.FIRST


@dataclass(frozen=True, slots=True)
class ChangeLook:
    """The shipment with its wishes; what is offered, only of the kind that is shown where one is.

    `near` are the lockers of a list; `company`: something else is under way to this door.
    """

    shipment: Shipment
    shipper: Shipper
    changes: list[Change]
    offer: Offer
    near: Listed | None = None
    company: bool = False


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one look works with; `held` are the compartment and the slot that are kept for the shipment."""

    reader: Reader
    supply: Supply
    shipment: Shipment
    where: Situation
    held: tuple[int | None, int | None]
    now: datetime


def look(
    reader: Reader,
    at_hand: Supply,
    shippers: Mapping[int, Shipper],
    link: str,
    kind: Kind | None,
    search: Search,
    now: datetime,
) -> ChangeLook | None:
    """Everything for one page from its link's fingerprint; None for a link that opens nothing.

    With a `kind` that is open, only what its form needs; else every option.
    """
    seen = looks.for_change(reader, link, now)
    if seen is None:
        return None
    shipper = shippers[seen.shipment.shipper_id]
    shipment = replace(seen.shipment, parcels=shipments.parcels_of(reader, seen.shipment.id))
    known = changes.of_shipments(reader, [shipment.id]).get(shipment.id, []) if seen.asked else []
    place = place_of(reader, shipment, now) if seen.planned else place_on_the_way(shipment)
    where = situation(shipment, shipper.rules, known, place)
    desk = _Desk(reader, at_hand, shipment, where, (seen.box, seen.place), now)
    if kind:
        offer, listed = _of_kind(desk, kind, search)
        if offer.options[0].open:
            return ChangeLook(shipment, shipper, known, offer, listed, seen.company)
    return ChangeLook(shipment, shipper, known, _of_all(desk))


def _of_all(desk: _Desk) -> Offer:
    """Every option; lockers and slots are asked for only where the rest allows them."""
    opened = {kind for kind in OFFERED if policy.option(kind, desk.where, desk.now).open}
    near = _near(desk) if Kind.LOCKER in opened else ()
    free = _free(desk) if Kind.NEW_WINDOW in opened else ()
    options = policy.options(desk.where, near, free, desk.now)
    return Offer(best_first(options, desk.shipment.state, lambda one: one.kind), near, free, desk.where)


def _of_kind(desk: _Desk, kind: Kind, search: Search) -> tuple[Offer, Listed | None]:
    """The option of one kind with what its form lists."""
    near: tuple[Locker, ...] = ()
    free: tuple[Slot, ...] = ()
    listed = None
    option = policy.option(kind, desk.where, desk.now)
    if option.open and kind in (Kind.LOCKER, Kind.NEW_WINDOW):
        if kind is Kind.LOCKER:
            near = _near(desk)
            listed = _listed(desk, near, search)
        else:
            free = _free(desk)
        (option,) = policy.options(desk.where, near, free, desk.now, (kind,))
    return Offer((option,), near, free, desk.where), listed


def _near(desk: _Desk) -> tuple[Locker, ...]:
    door, owner = door_of(desk.shipment), desk.shipment.shipper_id
    return supply.with_own_box(
        desk.supply.near(desk.reader, owner, door, lockers.NEAREST, desk.now), desk.held[0]
    )


def _free(desk: _Desk) -> tuple[Slot, ...]:
    found = desk.supply.offered(desk.reader, desk.shipment.shipper_id, zones_of(desk.shipment), desk.now)
    return supply.with_own_place(found, desk.held[1])


def _listed(desk: _Desk, near: tuple[Locker, ...], search: Search) -> Listed:
    if not search.usual:
        return locker_choice.listed(desk.reader, desk.shipment, search.typed, search.wanted, desk.now)
    return locker_choice.first_of(near, door_of(desk.shipment))


def places_of(offer: Offer) -> Places:
    """The compartments and slots that are shown as free or full."""
    boxes = (("box", box.id) for locker in offer.lockers for box in locker.compartments)
    return frozenset(chain(boxes, (("slot", slot.id) for slot in offer.slots)))
