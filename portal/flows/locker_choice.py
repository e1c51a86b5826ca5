"""The lockers a person can choose from: near the door as the link knows it, or near another address they typed."""

from dataclasses import dataclass
from datetime import datetime

from portal.db import Reader
from portal.domain.delivery import Shipment
from portal.domain.geo import Point
from portal.domain.lockers import Locker, Place
from portal.flows.track import door_of
from portal.store import lockers

FIRST, STEP, MOST = 10, 10, 50


@dataclass(frozen=True, slots=True)
class Listed:
    """Lockers nearest first, from `origin`: the door, or the known `place` that was found for what was `typed`.

    `more` is how many are listed when more are asked for; 0 when there are no more.
    """

    lockers: tuple[Locker, ...]
    origin: Point | None
    typed: str = ""
    place: Place | None = None
    more: int = 0


def listed(session: Reader, shipment: Shipment, typed: str, wanted: int, now: datetime) -> Listed:
    """At most so many lockers; near the door when nothing was typed or nothing like it is known."""
    door = door_of(shipment)
    place = lockers.search(session, shipment.shipper_id, typed, door) if typed else None
    origin = place.point if place else door
    shown = min(max(wanted, FIRST), MOST)
    lat, lng = (origin.lat, origin.lng) if origin else (None, None)
    found = lockers.near(session, shipment.shipper_id, lat, lng, shown + 1, now=now, shipment_id=shipment.id)
    more = shown + STEP if len(found) > shown < MOST else 0
    return Listed(tuple(found[:shown]), origin, typed, place, more)


def first_of(near: tuple[Locker, ...], door: Point | None) -> Listed:
    """The first page of the list, from more lockers near the door than it shows."""
    return Listed(near[:FIRST], door, more=FIRST + STEP if len(near) > FIRST else 0)
