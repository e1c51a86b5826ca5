"""What the desk shows of changes: the wish beside its door, and the door's place on a route."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import THESE
from portal.domain.change import Change, Life
from portal.domain.delivery import Promise
from portal.store.changes import CHANGES, change_of
from portal.store.routes import ROUTES, STOPS
from portal.store.shipment_rows import ShipmentRow, json_promise

SHIPMENTS = ShipmentRow.__table__
DOOR = (
    "reference",
    "depot",
    "recipient_name",
    "lines",
    "postcode",
    "locality",
    "country",
    "timezone",
    "live",
)
PLANNED = ("planned_start", "planned_end")
PLACES = (
    select(STOPS.c.shipment_id, STOPS.c.seq, STOPS.c.planned_at, ROUTES.c.id.label("route_id"), ROUTES.c.name)
    .join(ROUTES, ROUTES.c.id == STOPS.c.route_id)
    .where(STOPS.c.shipment_id.in_(THESE), ROUTES.c.finished_at.is_(None))
    .order_by(ROUTES.c.id)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change with what a dispatcher needs beside it; `live` is the window the van gives, `window` the one shown."""

    change: Change
    shipper_id: int
    reference: str
    depot: str
    name: str
    lines: tuple[str, ...]
    postcode: str
    locality: str
    country: str
    timezone: str
    window: tuple[datetime, datetime] | None
    live: Promise | None


@dataclass(frozen=True, slots=True)
class Place:
    """A door's stop on the newest unfinished route it is on."""

    route_id: int
    route: str
    seq: int
    planned_at: datetime | None


def waiting(session: Session, shipper_id: int | None, limit: int) -> list[Waiting]:
    """Changes that wait for dispatch, oldest deadline first, within a shipper's scope (None: the operator's)."""
    query = _with_doors().where(CHANGES.c.life == Life.ASKED).order_by(CHANGES.c.expires_at, CHANGES.c.id)
    return _read(session, query, shipper_id, limit)


def answered_lately(
    session: Session, shipper_id: int | None, since: datetime, limit: int = 30
) -> list[Waiting]:
    """What was answered or lapsed since then, newest first, within a shipper's scope."""
    known = CHANGES.c.life.not_in([Life.ASKED, Life.NOMINATED]) & (CHANGES.c.decided_at >= since)
    return _read(session, _with_doors().where(known).order_by(CHANGES.c.decided_at.desc()), shipper_id, limit)


def places(session: Session, shipment_ids: Iterable[int]) -> dict[int, Place]:
    """Where the doors of these shipments, which were found within their scope, stand on a route."""
    these = sorted(set(shipment_ids))
    rows = session.execute(PLACES, {"these": these}) if these else ()
    return {row.shipment_id: Place(row.route_id, row.name, row.seq, row.planned_at) for row in rows}


def _with_doors() -> Any:
    columns = [SHIPMENTS.c[name].label(f"door_{name}") for name in (*DOOR, *PLANNED)]
    return select(CHANGES, *columns).join(SHIPMENTS, SHIPMENTS.c.id == CHANGES.c.shipment_id)


def _read(session: Session, query: Any, shipper_id: int | None, limit: int) -> list[Waiting]:
    if shipper_id is not None:
        query = query.where(CHANGES.c.shipper_id == shipper_id)
    return [_value(row) for row in session.execute(query.limit(limit))]


def _value(row: Any) -> Waiting:
    live = json_promise(row.door_live)
    window = (row.door_planned_start, row.door_planned_end) if row.door_planned_start else None
    return Waiting(
        change=change_of(row),
        shipper_id=row.shipper_id,
        reference=row.door_reference,
        depot=row.door_depot,
        name=row.door_recipient_name,
        lines=tuple(row.door_lines),
        postcode=row.door_postcode,
        locality=row.door_locality,
        country=row.door_country,
        timezone=row.door_timezone,
        window=(live.start, live.end) if live else window,
        live=live,
    )
