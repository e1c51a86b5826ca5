"""Dispatch tells of routes and positions: the plan is kept, vans move, and windows follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.geo import Point, distance_m
from portal.flows import live
from portal.flows.announce import Voice
from portal.store import doors, routes, shipments
from portal.store.routes import Fix, Route, Stop, Van
from portal.store.shipments import Known, Ref

# A van further than this from every door of its route is not there; if swapping helps, lat and lng are swapped.
FAR_METERS = 500_000


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop as dispatch plans it, with its own live estimate and the door's time window where it tells them."""

    seq: int
    shipper_id: int
    reference: str
    planned_at: datetime | None = None
    service_seconds: int | None = None
    eta_at: datetime | None = None
    eta_sent_at: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """A route as dispatch plans it."""

    name: str
    van: str
    depot: str
    departs_at: datetime
    stops: tuple[PlannedStop, ...]
    breaks: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A fix of a van."""

    van: str
    fix: Fix


Missing = list[tuple[int, str]]


def take_routes(
    session: Session, voice: Voice, owner: int, plans: Sequence[PlannedRoute], now: datetime
) -> list[Missing]:
    """Keep routes; a route with stops (place, reference) of unknown shipments is left as it was."""
    refs = {(stop.shipper_id, stop.reference) for plan in plans for stop in plan.stops}
    known = shipments.by_references(session, refs)
    # Who tells the same routes at the same time waits here, in the order in which everybody holds routes.
    doors.lock_routes(session, routes.named(session, owner, (plan.name for plan in plans)), wait=True)
    answers = [_missing(plan, known) for plan in plans]
    good = [plan for plan, missing in zip(plans, answers, strict=True) if not missing]
    kept = [_save(session, owner, plan, known, now) for plan in sorted(good, key=lambda plan: plan.name)]
    live.replanned(session, voice, kept, now)
    return answers


def _missing(plan: PlannedRoute, known: Mapping[Ref, Known]) -> Missing:
    return [
        (place, stop.reference)
        for place, stop in enumerate(plan.stops)
        if (stop.shipper_id, stop.reference) not in known
    ]


def _save(session: Session, owner: int, plan: PlannedRoute, known: Mapping[Ref, Known], now: datetime) -> int:
    stops = []
    for stop in plan.stops:
        shipment = known[stop.shipper_id, stop.reference].shipment
        done_at = shipment.state.since if shipment.state.finished else None
        stops.append(
            Stop(
                stop.seq,
                shipment.id,
                stop.planned_at,
                stop.service_seconds,
                done_at,
                known_at=now,
                eta_at=stop.eta_at,
                eta_sent_at=(stop.eta_sent_at or now) if stop.eta_at else None,
                not_before=stop.not_before,
                not_after=stop.not_after,
            )
        )
    van = routes.van_named(session, owner, plan.van)
    return routes.save(session, owner, plan.name, van, plan.depot, plan.departs_at, plan.breaks, stops)


Answer = tuple[str, tuple[str, str] | None]


def take_positions(
    session: Session, voice: Voice, owner: int, seen: Sequence[Seen], now: datetime
) -> list[Answer]:
    """Move vans: for each fix taken, ignored (older than known) or rejected, with (field, sentence)."""
    vans = routes.vans(session, owner, (one.van for one in seen))
    active = routes.load(session, routes.active_of_vans(session, (van.id for van in vans.values())))
    of_van = {route.van.id: route for route in active}
    latest: dict[int, Fix] = {}
    answers = [_judge(one, vans, of_van, latest) for one in seen]
    routes.move(session, latest)
    live.moved(session, voice, [of_van[van_id].id for van_id in latest if van_id in of_van], now)
    return answers


def _judge(one: Seen, vans: dict[str, Van], of_van: dict[int, Route], latest: dict[int, Fix]) -> Answer:
    van = vans.get(one.van)
    if van is None:
        return "rejected", ("van", f"There is no van {one.van!r}; a van becomes known by a route it drives.")
    if van.id in of_van and (wrong := _misplaced(one.fix, of_van[van.id])):
        return "rejected", ("lat", wrong)
    newest = latest.get(van.id) or van.fix
    if newest and one.fix.at <= newest.at:
        return "ignored", ("recorded_at", "A newer position of this van is already known.")
    latest[van.id] = one.fix
    return "taken", None


def _misplaced(fix: Fix, route: Route) -> str:
    doors = [
        Point(stop.lat, stop.lng) for stop in route.stops if stop.lat is not None and stop.lng is not None
    ]
    if not doors or _near(fix.lat, fix.lng, doors):
        return ""
    if abs(fix.lng) <= 90 and _near(fix.lng, fix.lat, doors):
        return "This is far from every stop of the van's route; lat and lng look swapped."
    return "This is more than 500 km from every stop of the van's route."


def _near(lat: float, lng: float, doors: list[Point]) -> bool:
    return any(distance_m(Point(lat, lng), door) < FAR_METERS for door in doors)
