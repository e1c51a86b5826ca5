"""Doors of rounds, read lightly: whether each expects the van, and its windows; locks that form no ring."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import THESE
from portal.domain.delivery import Promise
from portal.domain.events import Happening
from portal.domain.shipment import Status, fold
from portal.store.routes import RouteRow, VanRow
from portal.store.shipment_rows import ShipmentRow, json_promise, line_event

CHUNK = 500
ROUTES, DOORS = RouteRow.__table__, ShipmentRow.__table__
# Every position asks these: prepared once, and without the ORM, they cost a third.
THESE_ROUTES = select(ROUTES.c.id).where(ROUTES.c.id.in_(THESE)).order_by(ROUTES.c.id)
HELD = {wait: THESE_ROUTES.with_for_update(skip_locked=not wait, key_share=True) for wait in (True, False)}
THESE_DOORS = (
    select(
        DOORS.c.id,
        DOORS.c.shipper_id,
        DOORS.c.story,
        DOORS.c.live,
        DOORS.c.planned_start,
        DOORS.c.planned_end,
        DOORS.c.planned_source,
        DOORS.c.planned_at,
    )
    .where(DOORS.c.id.in_(THESE), DOORS.c.status == Status.ON_VAN)
    .order_by(DOORS.c.id)
    .with_for_update(skip_locked=True, key_share=True)
)
UNTIL_OVER = Happening.NO_LONGER_HEADING


@dataclass(frozen=True, slots=True)
class DoorSeen:
    """A door: `on_van` when its parcel is on the van that heads here, `left_at` when it left the depot."""

    shipment_id: int
    shipper_id: int
    on_van: bool
    left_at: datetime | None = None
    planned: Promise | None = None
    live: Promise | None = None


def lock_routes(session: Session, route_ids: Iterable[int], *, wait: bool) -> list[int]:
    """Hold these routes, always in the same order; without `wait` only those that nobody else holds."""
    return list(session.execute(HELD[wait], {"these": sorted(set(route_ids))}).scalars())


def lock(session: Session, shipment_ids: Iterable[int]) -> dict[int, DoorSeen]:
    """Hold these doors and read them; one that another transaction holds is left out: that one replans too.

    Who holds a route therefore never waits for a shipment, while who holds a shipment may wait for the route.
    """
    wanted, found = sorted(set(shipment_ids)), {}
    for start in range(0, len(wanted), CHUNK):
        for row in session.execute(THESE_DOORS, {"these": wanted[start : start + CHUNK]}):
            planned = None
            if row.planned_start is not None:
                planned = Promise(row.planned_start, row.planned_end, row.planned_source, row.planned_at)
            heads_here, left_at = _trip(row.story)
            found[row.id] = DoorSeen(
                row.id, row.shipper_id, heads_here, left_at, planned, json_promise(row.live)
            )
    return found


def live_windows(session: Session, shipment_ids: Iterable[int]) -> dict[int, Promise]:
    """The live windows as the pages of these shipments show them now."""
    wanted, found = sorted(set(shipment_ids)), {}
    for start in range(0, len(wanted), CHUNK):
        query = select(ShipmentRow.id, ShipmentRow.live)
        for row in session.execute(query.where(ShipmentRow.id.in_(wanted[start : start + CHUNK]))):
            if window := json_promise(row.live):
                found[row.id] = window
    return found


def _trip(story: list[list[str]]) -> tuple[bool, datetime | None]:
    """Whether the van heads here and when the parcel left; the story is only folded where it says more."""
    happenings = [line[1] for line in story]
    if UNTIL_OVER in happenings or any(len(line) > 8 for line in story):
        state = fold(line_event(line) for line in story)
        return state.heading is not UNTIL_OVER, state.since
    left = [line[2] for line in story if line[1] == Happening.OUT_FOR_DELIVERY]
    return True, datetime.fromisoformat(max(left)) if left else None


def silent_routes(
    session: Session, heard_before: datetime, departed_after: datetime, now: datetime
) -> list[int]:
    """Routes under way whose van sent no position since `heard_before`: nobody minds their windows."""
    quiet = VanRow.recorded_at.is_(None) | (VanRow.recorded_at < heard_before)
    query = (
        select(RouteRow.id)
        .join(VanRow, VanRow.id == RouteRow.van_id)
        .where(
            RouteRow.finished_at.is_(None),
            RouteRow.departs_at > departed_after,
            RouteRow.departs_at <= now,
            quiet,
        )
    )
    return list(session.execute(query.order_by(RouteRow.id)).scalars())


def old_routes(session: Session, departed_before: datetime) -> list[int]:
    """Unfinished routes that departed so long ago."""
    query = select(RouteRow.id).where(RouteRow.finished_at.is_(None), RouteRow.departs_at < departed_before)
    return list(session.execute(query.order_by(RouteRow.id)).scalars())


def finish_old_routes(session: Session, departed_before: datetime, now: datetime) -> None:
    """Rounds of yesterday are over, whether every stop was reported or not."""
    session.execute(
        RouteRow.__table__.update()
        .where(RouteRow.finished_at.is_(None), RouteRow.departs_at < departed_before)
        .values(finished_at=now)
    )
