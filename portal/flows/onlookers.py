"""Who sees the van on a map: when only the van moved, just these pages have something new to show."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from portal.domain.geo import Point
from portal.domain.shipment import Status
from portal.domain.visibility import MapRules, Trip, look, needs_van
from portal.flows.track import as_told, block_of
from portal.store.doors import DoorSeen
from portal.store.routes import Fix, Route, Stop


def who_sees(
    route: Route,
    seen: Mapping[int, DoorSeen],
    rules: Mapping[int, MapRules],
    before: Fix | None,
    now: datetime,
) -> set[int]:
    """The open doors of a round whose map changes because the van was at `before` and is where the route says.

    `rules` by shipper. A door that somebody else holds counts, for nobody can tell.
    """
    return {
        stop.shipment_id
        for stop in route.stops
        if stop.done_at is None
        and stop.status == Status.ON_VAN
        and _looks_different(stop, seen.get(stop.shipment_id), rules, before, route.van.fix, now)
    }


def on_their_vans(routes: Iterable[Route]) -> set[int]:
    """All open doors of these rounds: for rounds that somebody else holds."""
    return {
        stop.shipment_id
        for route in routes
        for stop in route.stops
        if stop.done_at is None and stop.status == Status.ON_VAN
    }


def _looks_different(
    stop: Stop,
    door: DoorSeen | None,
    rules: Mapping[int, MapRules],
    before: Fix | None,
    after: Fix | None,
    now: datetime,
) -> bool:
    if door is None:
        return True
    its = rules[door.shipper_id]
    trip = Trip(door.on_van, False, block_of(stop.lat, stop.lng))
    if door.live is not None:
        trip = as_told(trip, door.live, now)
    if not needs_van(trip, its):
        return False
    return look(_with(trip, before), its, now) != look(_with(trip, after), its, now)


def _with(trip: Trip, fix: Fix | None) -> Trip:
    return replace(trip, van=Point(fix.lat, fix.lng), van_seen_at=fix.at) if fix else trip
