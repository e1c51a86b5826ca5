"""Who sees the van on a map: when only the van moved, just these pages have something new to show."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from math import inf

from portal.domain.geo import Point
from portal.domain.shipment import Status
from portal.domain.visibility import Element, MapRules, Measure, Trip, look, needs_van
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
    limits = {shipper_id: _most_stops(its) for shipper_id, its in rules.items()}
    return {
        stop.shipment_id
        for stop in route.stops
        if stop.done_at is None
        and stop.status == Status.ON_VAN
        and not _is_far(seen.get(stop.shipment_id), limits)
        and _looks_different(stop, seen.get(stop.shipment_id), rules, before, route.van.fix, now)
    }


def _most_stops(rules: MapRules) -> float:
    """From how many stops away on it matters to nobody where the van is, whatever else is true."""
    rule = rules.rule(Element.VAN)
    by_place = any(rules.rule(element).measure is Measure.METERS for element in Element)
    return rule.limit if rule.measure is Measure.STOPS and not by_place else inf


def _is_far(door: DoorSeen | None, limits: Mapping[int, float]) -> bool:
    """Spares most doors of a round the whole question."""
    before = door.live.stops_before if door and door.live else None
    return before is not None and door is not None and before + 1 > limits[door.shipper_id]


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
    its, door_at = rules[door.shipper_id], _point(stop)
    trip = Trip(door.on_van, False, door_at)
    if door.live is not None:
        trip = as_told(trip, door.live, now)
    if not needs_van(trip, its):
        return False
    trip = replace(trip, door=block_of(stop.lat, stop.lng))
    return look(_with(trip, before), its, now) != look(_with(trip, after), its, now)


def _point(stop: Stop) -> Point | None:
    return Point(stop.lat, stop.lng) if stop.lat is not None and stop.lng is not None else None


def _with(trip: Trip, fix: Fix | None) -> Trip:
    return replace(trip, van=Point(fix.lat, fix.lng), van_seen_at=fix.at) if fix else trip
