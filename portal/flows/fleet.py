"""Dispatch tells of routes: the plan is kept, and windows follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.shipment import Status
from portal.flows import heading, live, stages
from portal.flows.announce import Voice
from portal.store import doors, routes, shipments
from portal.store.routes import Stop
from portal.store.shipments import Known, Ref


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


Missing = list[tuple[int, str]]


def take_routes(
    session: Session, voice: Voice, owner: int, plans: Sequence[PlannedRoute], now: datetime
) -> list[Missing]:
    """Keep routes; a route with stops (place, reference) of unknown shipments is left as it was."""
    refs = {(stop.shipper_id, stop.reference) for plan in plans for stop in plan.stops}
    known = shipments.by_references(session, refs)
    answers = [_missing(plan, known) for plan in plans]
    good = [plan for plan, missing in zip(plans, answers, strict=True) if not missing]
    stay = [known[stop.shipper_id, stop.reference].shipment for plan in good for stop in plan.stops]
    before = routes.named(session, owner, (plan.name for plan in good))
    left_out = _left_out(session, before, stay)
    touched = heading.held(session, left_out, stay)
    # Who tells the same routes at the same time waits here, in the order in which everybody holds routes.
    doors.lock_routes(session, before, wait=True)
    kept = [_save(session, owner, plan, known, now) for plan in sorted(good, key=lambda plan: plan.name)]
    heading.follow(session, voice, touched, now)
    live.replanned(session, voice, kept, now)
    stages.left_out(session, left_out, now)
    if any(plan.departs_at > now for plan in good):
        stages.planned(session, voice, kept, now)
    return answers


def _left_out(session: Session, route_ids: Sequence[int], stay: Sequence[Shipment]) -> dict[int, Status]:
    """Who was still to be served by these routes and is named by none of those that replace them."""
    named = {shipment.id for shipment in stay}
    waiting = routes.still_to_serve(session, route_ids)
    return {id_: status for id_, status in waiting.items() if id_ not in named}


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
