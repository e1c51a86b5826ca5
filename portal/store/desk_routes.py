"""A route as the desk shows it: its van, and the stops of one scope with what stands at each door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.change import Life
from portal.store.changes import CHANGES
from portal.store.routes import ROUTES, STOPS, VanRow
from portal.store.shipment_rows import ShipmentRow

SHIPMENTS, VANS = ShipmentRow.__table__, VanRow.__table__
SHOWN = (Life.ASKED, Life.ACCEPTED)


@dataclass(frozen=True, slots=True)
class StopShown:
    """A stop; `change_id` and `life` are of a change that waits or was accepted there, None and empty without one."""

    seq: int
    shipment_id: int
    reference: str
    street: str
    timezone: str
    country: str
    status: str
    lat: float | None
    lng: float | None
    planned_at: datetime | None
    done_at: datetime | None
    change_id: str = ""
    life: Life | None = None


@dataclass(frozen=True, slots=True)
class RouteShown:
    """A route with the stops that may be seen; `others` counts those of other shippers."""

    id: int
    name: str
    van: str
    departs_at: datetime
    fix: tuple[float, float] | None
    fix_at: datetime | None
    stops: tuple[StopShown, ...]
    others: int


def find(session: Session, shipper_id: int | None, route_id: int) -> RouteShown | None:
    """A route with at least one stop within a shipper's scope (None: the operator's); other shippers' stay unseen."""
    query = (
        select(
            ROUTES.c.name,
            ROUTES.c.departs_at,
            VANS.c.name.label("van"),
            VANS.c.lat,
            VANS.c.lng,
            VANS.c.recorded_at,
        )
        .join(VANS, VANS.c.id == ROUTES.c.van_id)
        .where(ROUTES.c.id == route_id)
    )
    route = session.execute(query).one_or_none()
    rows = session.execute(_stops(route_id)).all() if route else []
    seen = [row for row in rows if shipper_id in (None, row.shipper_id)]
    if route is None or not seen:
        return None
    changes = _changes(session, [row.shipment_id for row in seen])
    fix = (route.lat, route.lng) if route.lat is not None and route.lng is not None else None
    return RouteShown(
        id=route_id,
        name=route.name,
        van=route.van,
        departs_at=route.departs_at,
        fix=fix,
        fix_at=route.recorded_at,
        stops=tuple(_stop(row, changes.get(row.shipment_id)) for row in seen),
        others=len(rows) - len(seen),
    )


def _stops(route_id: int) -> Any:
    door = (
        SHIPMENTS.c.shipper_id,
        SHIPMENTS.c.reference,
        SHIPMENTS.c.lines,
        SHIPMENTS.c.timezone,
        SHIPMENTS.c.country,
    )
    more = (SHIPMENTS.c.status, SHIPMENTS.c.lat, SHIPMENTS.c.lng)
    return (
        select(STOPS.c.seq, STOPS.c.shipment_id, STOPS.c.planned_at, STOPS.c.done_at, *door, *more)
        .join(SHIPMENTS, SHIPMENTS.c.id == STOPS.c.shipment_id)
        .where(STOPS.c.route_id == route_id)
        .order_by(STOPS.c.seq)
    )


def _changes(session: Session, shipment_ids: list[int]) -> dict[int, tuple[str, Life]]:
    """The change to be shown of each shipment: one that waits before one that was accepted."""
    rows = session.execute(
        select(CHANGES.c.shipment_id, CHANGES.c.id, CHANGES.c.life)
        .where(CHANGES.c.shipment_id.in_(shipment_ids), CHANGES.c.life.in_(SHOWN))
        .order_by(CHANGES.c.asked_at)
    )
    found: dict[int, tuple[str, Life]] = {}
    for row in rows:
        if row.shipment_id not in found or row.life == Life.ASKED:
            found[row.shipment_id] = (row.id, Life(row.life))
    return found


def _stop(row: Any, change: tuple[str, Life] | None) -> StopShown:
    return StopShown(
        seq=row.seq,
        shipment_id=row.shipment_id,
        reference=row.reference,
        street=row.lines[0] if row.lines else "",
        timezone=row.timezone,
        country=row.country,
        status=row.status,
        lat=row.lat,
        lng=row.lng,
        planned_at=row.planned_at,
        done_at=row.done_at,
        change_id=change[0] if change else "",
        life=change[1] if change else None,
    )
