"""Where vans are: the latest fix of each, the doors of the routes they drive, and what positions say of those."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from portal.domain.arrivals import WATCHED, Door, Visit
from portal.domain.fixes import Fix
from portal.domain.geo import Point
from portal.domain.shipment import Status
from portal.store.routes import ROUTES, STOPS, VanRow
from portal.store.shipment_rows import ShipmentRow

VANS, SHIPMENTS = VanRow.__table__, ShipmentRow.__table__
FIELDS = ("lat", "lng", "recorded_at", "accuracy_m", "speed_mps", "heading_deg")
WAITS = STOPS.c.done_at.is_(None) & STOPS.c.left_at.is_(None)
AHEAD = (
    select(
        ROUTES.c.van_id,
        ROUTES.c.departs_at,
        STOPS.c.route_id,
        STOPS.c.seq,
        STOPS.c.shipment_id,
        STOPS.c.done_at,
        STOPS.c.arrived_at,
        STOPS.c.left_at,
        WAITS.label("waits"),
        func.row_number().over(partition_by=(STOPS.c.route_id, WAITS), order_by=STOPS.c.seq).label("place"),
    )
    .join(STOPS, STOPS.c.route_id == ROUTES.c.id)
    .where(
        ROUTES.c.van_id.in_(bindparam("van_ids", expanding=True)),
        ROUTES.c.finished_at.is_(None),
        ROUTES.c.departs_at <= bindparam("departs_by"),
    )
    .subquery()
)
WAYS = (
    select(AHEAD, SHIPMENTS.c.lat, SHIPMENTS.c.lng, SHIPMENTS.c.status)
    .join(SHIPMENTS, SHIPMENTS.c.id == AHEAD.c.shipment_id)
    .where(
        (AHEAD.c.waits & (AHEAD.c.place <= WATCHED))
        | (AHEAD.c.done_at >= bindparam("ended_since"))
        | (AHEAD.c.left_at >= bindparam("ended_since"))
    )
    .order_by(AHEAD.c.departs_at, AHEAD.c.route_id, AHEAD.c.seq)
)
NEWER = VANS.c.recorded_at.is_(None) | (VANS.c.recorded_at < bindparam("new_recorded_at"))
MOVE = (
    update(VANS)
    .where(VANS.c.id == bindparam("of_van"), NEWER)
    .values({name: bindparam(f"new_{name}") for name in FIELDS})
)
VISITED = (
    update(STOPS)
    .where(STOPS.c.route_id == bindparam("of_route"), STOPS.c.shipment_id == bindparam("of_shipment"))
    .values(arrived_at=bindparam("came_at"), left_at=bindparam("went_at"))
)


@dataclass(frozen=True, slots=True)
class Held:
    """A van that nobody else moves until this transaction ends, and where it was last."""

    id: int
    name: str
    fix: Fix | None


@dataclass(frozen=True, slots=True)
class Way:
    """A route that a van drives: its next doors, and those just served, in the planned order."""

    route_id: int
    doors: tuple[Door, ...]


def hold(session: Session, van_id: int) -> list[Held]:
    """Hold one van. Its id comes from a scoped question."""
    return _hold(session, VANS.c.id == van_id)


def hold_named(session: Session, owner: int, names: Iterable[str]) -> list[Held]:
    """Hold the owner's vans of these names, always in the same order."""
    return _hold(session, (VANS.c.owner == owner) & VANS.c.name.in_(sorted(set(names))))


def _hold(session: Session, which: Any) -> list[Held]:
    query = select(VANS).where(which).order_by(VANS.c.id).with_for_update(key_share=True)
    return [Held(row.id, row.name, _fix(row)) for row in session.execute(query)]


def _fix(row: Any) -> Fix | None:
    if row.recorded_at is None:
        return None
    return Fix(row.lat, row.lng, row.recorded_at, row.accuracy_m, row.speed_mps, row.heading_deg)


def ways(
    session: Session, van_ids: Iterable[int], departs_by: datetime, ended_since: datetime
) -> dict[int, list[Way]]:
    """The unfinished routes of these vans that leave by then, by van, the earliest first; all in one question.

    Of each only the doors that come next, and those that were served or left since then.
    """
    asked = {"van_ids": sorted(set(van_ids)), "departs_by": departs_by, "ended_since": ended_since}
    found: dict[int, dict[int, list[Door]]] = {}
    for row in session.execute(WAYS, asked):
        door = Door(
            row.shipment_id,
            Point(row.lat, row.lng) if row.lat is not None and row.lng is not None else None,
            row.status == Status.ON_VAN,
            row.done_at,
            row.arrived_at,
            row.left_at,
        )
        found.setdefault(row.van_id, {}).setdefault(row.route_id, []).append(door)
    return {van: [Way(route, tuple(doors)) for route, doors in of.items()] for van, of in found.items()}


def move(session: Session, fixes: Mapping[int, Fix]) -> None:
    """Keep only the latest fix of each van (by van id); an older one than known changes nothing."""
    rows = [
        {
            "of_van": van_id,
            "new_lat": fix.lat,
            "new_lng": fix.lng,
            "new_recorded_at": fix.at,
            "new_accuracy_m": fix.accuracy_m,
            "new_speed_mps": fix.speed_mps,
            "new_heading_deg": fix.heading_deg,
        }
        for van_id, fix in sorted(fixes.items())
    ]
    if rows:
        session.execute(MOVE, rows)


def visit(session: Session, visits: Sequence[tuple[int, Visit]]) -> None:
    """Keep what positions say of doors, as (route id, visit)."""
    rows = [
        {
            "of_route": route_id,
            "of_shipment": one.shipment_id,
            "came_at": one.arrived_at,
            "went_at": one.left_at,
        }
        for route_id, one in sorted(visits, key=lambda pair: (pair[0], pair[1].shipment_id))
    ]
    if rows:
        session.execute(VISITED, rows)


def forget(session: Session, recorded_before: datetime) -> None:
    """Where vans were before that is nobody's business any more."""
    old = update(VANS).where(VANS.c.recorded_at < recorded_before)
    session.execute(old.values(dict.fromkeys(FIELDS)))
