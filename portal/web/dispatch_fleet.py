"""Dispatch's doors for what moves and what holds: routes, positions, slots and lockers."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from portal.domain.fixes import Fix, Judged
from portal.flows import fixes, fleet
from portal.flows.fixes import Seen
from portal.flows.fleet import PlannedRoute, PlannedStop
from portal.store import lockers, slots
from portal.store.routes import owner_of
from portal.web import guard
from portal.web.batches import Item, many
from portal.web.dispatch_api import in_future, rejected
from portal.web.places_told import locker_of, slot_of
from portal.web.route_doubts import doubts_of
from portal.web.schemas import BreakIn, LockerIn, PositionIn, RouteIn, SlotIn, StopIn
from portal.web.scope import Owners, key
from portal.wiring import kit

bp = Blueprint("dispatch_fleet", __name__, url_prefix="/api/v1")


@bp.post("/routes")
@guard.api("routes:write")
def put_routes() -> Response:
    """Routes, new or replacing the one of the same name."""
    items = list(many("routes", RouteIn))
    results = []
    with kit().transaction() as session:
        named = [
            stop.shipment for item in items if item.value for stop in item.value.stops if not stop.shipper
        ]
        owners = Owners(session, named)
        now = kit().now()
        read = [_planned(item, owners, now) for item in items]
        plans = [plan for plan in read if isinstance(plan, PlannedRoute)]
        outcomes = iter(fleet.take_routes(session, kit().voice, owner_of(key().shipper_id), plans, now))
        for item, plan in zip(items, read, strict=True):
            if not isinstance(plan, PlannedRoute):
                results.append(plan)
                continue
            missing = next(outcomes)
            answer: dict[str, Any] = {"route": plan.name, "outcome": "taken"}
            if missing:
                errors = [
                    {
                        "pointer": f"/routes/{item.position}/stops/{place}/shipment",
                        "detail": f"There is no shipment {ref!r}.",
                    }
                    for place, ref in missing
                ]
                answer |= {"outcome": "rejected", "errors": errors, "because": errors[0]["detail"]}
            results.append(answer | ({"warnings": item.warnings} if item.warnings else {}))
    return jsonify(results=results)


def _planned(item: Item[RouteIn], owners: Owners, now: datetime) -> PlannedRoute | dict[str, Any]:
    route, where = item.value, f"/routes/{item.position}"
    if route is None:
        return rejected(item, "routes", "route")
    if early := next(_not_yet(route, where, now), None):
        return rejected(item, "routes", "route", *early)
    stops: list[PlannedStop] = []
    seen_seq: set[int] = set()
    seen_shipments: set[tuple[int, str]] = set()
    for place, stop in enumerate(route.stops):
        owner = owners.of(stop.shipper, stop.shipment)
        if isinstance(owner, str):
            return rejected(item, "routes", "route", owner, f"{where}/stops/{place}/shipment")
        ref = (owner.id, stop.shipment)
        if stop.seq in seen_seq:
            return rejected(item, "routes", "route", "this seq comes twice", f"{where}/stops/{place}/seq")
        if ref in seen_shipments:
            sentence = "this shipment is already on the route"
            return rejected(item, "routes", "route", sentence, f"{where}/stops/{place}/shipment")
        seen_seq.add(stop.seq)
        seen_shipments.add(ref)
        stops.append(_stop(stop, owner.id))
    item.warnings.extend(doubts_of(route, where, now))
    breaks = tuple(_break(pause) for pause in route.breaks)
    return PlannedRoute(route.route, route.van, route.depot, route.departs_at, tuple(stops), breaks)


def _not_yet(route: RouteIn, where: str, now: datetime) -> Iterator[tuple[str, str]]:
    """What is told as having happened lies in the future: (sentence, pointer)."""
    happened = [(f"stops/{place}/eta_sent_at", stop.eta_sent_at) for place, stop in enumerate(route.stops)]
    happened += [(f"breaks/{place}/started_at", pause.started_at) for place, pause in enumerate(route.breaks)]
    for field, at in happened:
        if at is not None and (late := in_future(at, now)):
            yield late, f"{where}/{field}"


def _stop(stop: StopIn, shipper_id: int) -> PlannedStop:
    return PlannedStop(
        stop.seq,
        shipper_id,
        stop.shipment,
        stop.planned_at,
        stop.service_seconds,
        stop.eta_at,
        stop.eta_sent_at,
        stop.not_before,
        stop.not_after,
    )


def _break(pause: BreakIn) -> dict[str, Any]:
    planned = {"after_seq": pause.after_seq, "minutes": pause.minutes}
    return planned | ({"started_at": pause.started_at.isoformat()} if pause.started_at else {})


@bp.post("/positions")
@guard.api("positions:write")
def put_positions() -> Response:
    """Where vans are; only the newest fix of each counts."""
    items = list(many("positions", PositionIn))
    seen = [_seen(item.value) for item in items if item.value]
    with kit().transaction() as session:
        judged = iter(
            fixes.take_positions(session, kit().voice, owner_of(key().shipper_id), seen, kit().now())
        )
    return jsonify(results=[_placed(item, next(judged)) if item.value else _unread(item) for item in items])


def _seen(told: PositionIn) -> Seen:
    fix = Fix(told.lat, told.lng, told.recorded_at, told.accuracy_m, told.speed_mps, told.heading_deg)
    return Seen(told.van, fix)


def _unread(item: Item[PositionIn]) -> dict[str, Any]:
    return rejected(item, "positions", "van")


def _placed(item: Item[PositionIn], judged: Judged | None) -> dict[str, Any]:
    """The answer to one position; without a verdict there is no such van."""
    name = item.value.van if item.value else ""
    if judged is None:
        sentence = f"There is no van {name!r}; a van becomes known by a route it drives."
        return rejected(item, "positions", "van", sentence, f"/positions/{item.position}/van")
    if judged.outcome == "rejected":
        return rejected(
            item, "positions", "van", judged.because, f"/positions/{item.position}/{judged.field}"
        )
    answer = {"van": name, "outcome": judged.outcome, "because": judged.because, "warnings": item.warnings}
    return {word: value for word, value in answer.items() if value}


def _keep(
    name: str, field: str, items: list[Item[Any]], put: Callable[[list[Any]], dict[str, str]]
) -> Response:
    """Keep the good items of a list of named things, and answer each."""
    outcomes = put([item.value for item in items if item.value])
    results = []
    for item in items:
        if item.value is None:
            results.append(rejected(item, name, field))
            continue
        key_of = getattr(item.value, field)
        more = {"warnings": item.warnings} if item.warnings else {}
        results.append({field: key_of, "outcome": outcomes[key_of], **more})
    return jsonify(results=results)


@bp.put("/slots")
@guard.api("slots:write")
def put_slots() -> Response:
    """Capacity by zone; what is booked stays booked."""
    items = list(many("slots", SlotIn))

    def put(values: list[SlotIn]) -> dict[str, str]:
        with kit().transaction() as session:
            return slots.put(session, owner_of(key().shipper_id), (slot_of(one) for one in values))

    return _keep("slots", "slot", items, put)


@bp.put("/lockers")
@guard.api("lockers:write")
def put_lockers() -> Response:
    """Locker stations with their compartments; what is taken stays taken."""
    items = list(many("lockers", LockerIn))

    def put(values: list[LockerIn]) -> dict[str, str]:
        with kit().transaction() as session:
            return lockers.put(session, owner_of(key().shipper_id), (locker_of(one) for one in values))

    return _keep("lockers", "locker", items, put)
