"""Routes, their stops and breaks, and the vans that drive them."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import THESE, Moment, Reader, db
from portal.domain.fixes import Fix as Fix
from portal.domain.shipment import Status
from portal.store.shipment_rows import ShipmentRow


class VanRow(db.Model):
    """A van of a shipper or of the operator (`owner` 0), and where it was last."""

    __tablename__ = "vans"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    heading_deg: Mapped[float | None]
    recorded_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("owner", "name"),)


class RouteRow(db.Model):
    """One van's round; sending it again replaces its stops."""

    __tablename__ = "routes"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    van_id: Mapped[int] = mapped_column(ForeignKey("vans.id", ondelete="CASCADE"), index=True)
    depot: Mapped[str] = mapped_column(String(80))
    departs_at: Mapped[datetime] = mapped_column(Moment)
    breaks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    memory: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (UniqueConstraint("owner", "name"),)


class StopRow(db.Model):
    """One shipment's place on a route. `done_at` is when the door was left, delivered or not.

    `known_at` is when we first heard of the stop, `eta_at` dispatch's own estimate of `eta_sent_at`, `not_before` and
    `not_after` the door's time window, `arrived_at` when the van was seen to come there, `left_at` when it went again
    after it stood there: positions say so, no scan did.
    """

    __tablename__ = "stops"
    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("routes.id", ondelete="CASCADE"))
    seq: Mapped[int]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    planned_at: Mapped[datetime | None] = mapped_column(Moment)
    service_seconds: Mapped[int | None]
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    known_at: Mapped[datetime | None] = mapped_column(Moment)
    eta_at: Mapped[datetime | None] = mapped_column(Moment)
    eta_sent_at: Mapped[datetime | None] = mapped_column(Moment)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    not_after: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("ix_stops_route_id_seq", "route_id", "seq"),)


ROUTES, STOPS = RouteRow.__table__, StopRow.__table__
ROUTE_OF = (
    select(STOPS.c.shipment_id, STOPS.c.route_id)
    .join(ROUTES, ROUTES.c.id == STOPS.c.route_id)
    .where(STOPS.c.shipment_id.in_(THESE), ROUTES.c.finished_at.is_(None))
    .order_by(ROUTES.c.id)
)
ROUNDS_OF = (
    select(STOPS.c.shipment_id, STOPS.c.route_id, ROUTES.c.departs_at)
    .join(ROUTES, ROUTES.c.id == STOPS.c.route_id)
    .where(STOPS.c.shipment_id.in_(THESE), STOPS.c.done_at.is_(None), ROUTES.c.finished_at.is_(None))
)
ON_SEVERAL = (
    select(STOPS.c.shipment_id)
    .join(ROUTES, ROUTES.c.id == STOPS.c.route_id)
    .where(STOPS.c.shipment_id.in_(THESE), STOPS.c.done_at.is_(None), ROUTES.c.finished_at.is_(None))
    .group_by(STOPS.c.shipment_id)
    .having(func.count() > 1)
)
ITS_PLACE = (
    select(STOPS.c.route_id, STOPS.c.seq, STOPS.c.planned_at, ROUTES.c.departs_at)
    .join(ROUTES, ROUTES.c.id == STOPS.c.route_id)
    .where(
        STOPS.c.shipment_id == bindparam("shipment_id"),
        STOPS.c.done_at.is_(None),
        ROUTES.c.finished_at.is_(None),
    )
    .order_by(ROUTES.c.id.desc())
    .limit(1)
)
OPEN_BEFORE = (
    select(STOPS.c.planned_at)
    .where(
        STOPS.c.route_id == bindparam("route_id"), STOPS.c.seq < bindparam("seq"), STOPS.c.done_at.is_(None)
    )
    .order_by(STOPS.c.seq.desc())
)

VANS, DOORS = VanRow.__table__, ShipmentRow.__table__
STOPS_OF = (
    select(
        STOPS.c.route_id,
        STOPS.c.seq,
        STOPS.c.shipment_id,
        STOPS.c.planned_at,
        STOPS.c.service_seconds,
        STOPS.c.done_at,
        DOORS.c.lat,
        DOORS.c.lng,
        DOORS.c.status,
        STOPS.c.known_at,
        STOPS.c.eta_at,
        STOPS.c.eta_sent_at,
        STOPS.c.not_before,
        STOPS.c.not_after,
        STOPS.c.left_at,
    )
    .join(DOORS, DOORS.c.id == STOPS.c.shipment_id)
    .where(STOPS.c.route_id.in_(THESE))
    .order_by(STOPS.c.route_id, STOPS.c.seq)
)
WITH_VAN = (
    select(ROUTES, *(column.label(f"van_{column.name}") for column in VANS.c if column.name != "id"))
    .join(VANS, VANS.c.id == ROUTES.c.van_id)
    .where(ROUTES.c.id.in_(THESE))
)


@dataclass(frozen=True, slots=True)
class Van:
    """A van and its last fix."""

    id: int
    owner: int
    name: str
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop with the coordinates of its door (None where unknown) and, when read, its shipment's status.

    `known_at` is when we first heard of it; a route that is sent again does not make it younger. `eta_at` is dispatch's
    own estimate of `eta_sent_at`, `not_before` and `not_after` the door's time window, `left_at` when the van left it
    by its positions.
    """

    seq: int
    shipment_id: int
    planned_at: datetime | None = None
    service_seconds: int | None = None
    done_at: datetime | None = None
    lat: float | None = None
    lng: float | None = None
    status: str = ""
    known_at: datetime | None = None
    eta_at: datetime | None = None
    eta_sent_at: datetime | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """A stop on a round that has not left: how many open stops are before it, and when those are planned, the nearest
    first (as far as all are)."""

    departs_at: datetime
    stops_before: int
    planned_at: datetime | None = None
    earlier: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A round: its van and stops in order. `memory` keeps what the estimate learned on this round."""

    id: int
    owner: int
    name: str
    van: Van
    depot: str
    departs_at: datetime
    breaks: tuple[dict[str, Any], ...]
    stops: tuple[Stop, ...]
    memory: dict[str, Any]


def owner_of(shipper_id: int | None) -> int:
    """Vans and routes belong to a shipper or, with 0, to the operator, who drives for all."""
    return shipper_id or 0


def _van(row: Any) -> Van:
    if row.recorded_at is None:
        return Van(row.id, row.owner, row.name)
    fix = Fix(row.lat, row.lng, row.recorded_at, row.accuracy_m, row.speed_mps, row.heading_deg)
    return Van(row.id, row.owner, row.name, fix)


def vans(session: Session, owner: int, names: Iterable[str]) -> dict[str, Van]:
    """The owner's vans of these names."""
    found = session.execute(
        select(VanRow.__table__).where(VanRow.owner == owner, VanRow.name.in_(set(names)))
    )
    return {row.name: _van(row) for row in found}


def van_named(session: Session, owner: int, name: str) -> Van:
    """The owner's van of this name, made when it is new."""
    if known := vans(session, owner, [name]).get(name):
        return known
    new_id = session.execute(insert(VanRow).values(owner=owner, name=name).returning(VanRow.id)).scalar_one()
    return Van(new_id, owner, name)


def named(session: Session, owner: int, names: Iterable[str]) -> list[int]:
    """Ids of the owner's routes of these names."""
    found = select(RouteRow.id).where(RouteRow.owner == owner, RouteRow.name.in_(set(names)))
    return list(session.execute(found).scalars())


def save(
    session: Session,
    owner: int,
    name: str,
    van: Van,
    depot: str,
    departs_at: datetime,
    breaks: Sequence[dict[str, Any]],
    stops: Sequence[Stop],
) -> int:
    """Keep a route, replacing its stops; a stop that was done stays done. Returns the route's id."""
    values = {"van_id": van.id, "depot": depot, "departs_at": departs_at, "breaks": list(breaks)}
    known = session.execute(
        select(RouteRow.id).where(RouteRow.owner == owner, RouteRow.name == name)
    ).scalar()
    before: dict[int, Any] = {}
    if known is None:
        new = insert(RouteRow).values(owner=owner, name=name, memory={}, **values).returning(RouteRow.id)
        route_id = session.execute(new).scalar_one()
    else:
        route_id = known
        session.execute(update(RouteRow).where(RouteRow.id == route_id).values(finished_at=None, **values))
        rows = session.execute(
            select(
                StopRow.shipment_id, StopRow.done_at, StopRow.known_at, StopRow.arrived_at, StopRow.left_at
            ).where(StopRow.route_id == route_id)
        )
        before = {row.shipment_id: row for row in rows}
        session.execute(delete(StopRow).where(StopRow.route_id == route_id))
    if stops:
        session.execute(
            insert(StopRow.__table__),
            [
                {
                    "route_id": route_id,
                    "seq": stop.seq,
                    "shipment_id": stop.shipment_id,
                    "planned_at": stop.planned_at,
                    "service_seconds": stop.service_seconds,
                    "done_at": stop.done_at or (old.done_at if old else None),
                    "known_at": old.known_at if old else stop.known_at,
                    "arrived_at": old.arrived_at if old else None,
                    "left_at": old.left_at if old else None,
                    "eta_at": stop.eta_at,
                    "eta_sent_at": stop.eta_sent_at,
                    "not_before": stop.not_before,
                    "not_after": stop.not_after,
                }
                for stop in stops
                for old in (before.get(stop.shipment_id),)
            ],
        )
    return route_id


def mark_done(session: Session, done: dict[int, datetime | None], newest: Mapping[int, int]) -> None:
    """Stops of these shipments on their newest unfinished routes are done at that moment, or open again with None.

    On older rounds a stop that is open is done, too; one that was done there, on an earlier trip, stays as it was.
    """
    if not done:
        return
    stop, open_routes = StopRow.__table__, select(RouteRow.id).where(RouteRow.finished_at.is_(None))
    change = (
        update(stop)
        .where(
            stop.c.shipment_id == bindparam("of_shipment"),
            stop.c.route_id.in_(open_routes),
            stop.c.done_at.is_(None) | (stop.c.route_id == bindparam("newest_route")),
        )
        .values(done_at=bindparam("door_left_at"))
    )
    rows = [
        {"of_shipment": id_, "door_left_at": at, "newest_route": newest.get(id_, 0)}
        for id_, at in sorted(done.items())
    ]
    session.execute(change, rows)
    if again := [id_ for id_, at in done.items() if at is None]:
        # a stop that dispatch opens again is not believed to be left by what positions said before
        of_these = stop.c.shipment_id.in_(again) & stop.c.route_id.in_(open_routes)
        session.execute(update(stop).where(of_these).values(arrived_at=None, left_at=None))


def of_shipments(session: Session, shipment_ids: Iterable[int]) -> dict[int, int]:
    """The newest unfinished route (id) of each of these shipments."""
    these = sorted(set(shipment_ids))
    rows = session.execute(ROUTE_OF, {"these": these}) if these else ()
    return {row.shipment_id: row.route_id for row in rows}


def still_to_serve(session: Session, route_ids: Iterable[int]) -> dict[int, Status]:
    """Shipments (ids) with an open stop on these routes, and where each stands."""
    query = (
        select(StopRow.shipment_id, ShipmentRow.status)
        .join(ShipmentRow, ShipmentRow.id == StopRow.shipment_id)
        .where(StopRow.route_id.in_(sorted(set(route_ids))), StopRow.done_at.is_(None))
    )
    return {row.shipment_id: Status(row.status) for row in session.execute(query)}


def upcoming(session: Session, after: datetime, by: datetime) -> list[tuple[int, dict[str, Any]]]:
    """Unfinished routes that depart in this time, by id, with what was learned on them."""
    query = select(RouteRow.id, RouteRow.memory).where(
        RouteRow.finished_at.is_(None), RouteRow.departs_at > after, RouteRow.departs_at <= by
    )
    return [(row.id, row.memory) for row in session.execute(query.order_by(RouteRow.id))]


def coming(
    session: Session, shipment_ids: Iterable[int], departs_by: datetime, apart_from: Collection[int] = ()
) -> set[int]:
    """Which of these have an open stop on an unfinished route, other than some, that leaves by then."""
    these = sorted(set(shipment_ids))
    rows = session.execute(ROUNDS_OF, {"these": these}) if these else ()
    return {
        row.shipment_id for row in rows if row.departs_at <= departs_by and row.route_id not in apart_from
    }


def on_several(session: Session, shipment_ids: Iterable[int]) -> list[int]:
    """Those that are an open stop of more than one unfinished route. Ids come from scoped questions."""
    these = sorted(set(shipment_ids))
    return list(session.execute(ON_SEVERAL, {"these": these}).scalars()) if these else []


def driven_by(session: Session, shipment_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """The one route (id) that serves each of these, where several name it: the last to leave of those that left."""
    these = sorted(set(shipment_ids))
    best: dict[int, tuple[tuple[bool, float, int], int]] = {}
    for row in session.execute(ROUNDS_OF, {"these": these}) if these else ():
        left, seconds = row.departs_at <= now, (row.departs_at - now).total_seconds()
        rank = (left, seconds if left else -seconds, row.route_id)
        if row.shipment_id not in best or rank > best[row.shipment_id][0]:
            best[row.shipment_id] = (rank, row.route_id)
    return {shipment_id: route_id for shipment_id, (_, route_id) in best.items()}


def estimate_of_dispatch(session: Reader, shipment_id: int) -> tuple[datetime, datetime] | None:
    """Dispatch's own estimate for an open stop, and when it was made; the newest. Ids come from scoped questions."""
    query = (
        select(STOPS.c.eta_at, STOPS.c.eta_sent_at)
        .join(ROUTES, ROUTES.c.id == STOPS.c.route_id)
        .where(
            STOPS.c.shipment_id == shipment_id,
            STOPS.c.done_at.is_(None),
            ROUTES.c.finished_at.is_(None),
            STOPS.c.eta_at.is_not(None),
            STOPS.c.eta_sent_at.is_not(None),
        )
        .order_by(STOPS.c.eta_sent_at.desc())
        .limit(1)
    )
    row: Any = session.execute(query).first()
    return (row.eta_at, row.eta_sent_at) if row else None


def place_of(session: Reader, shipment_id: int) -> PlannedPlace | None:
    """Where a shipment stands on its newest unfinished route. Ids come from scoped questions."""
    its: Any = session.execute(ITS_PLACE, {"shipment_id": shipment_id}).first()
    if its is None:
        return None
    before: Any = session.execute(OPEN_BEFORE, {"route_id": its.route_id, "seq": its.seq}).all()
    planned = itertools.takewhile(lambda at: at is not None, (row.planned_at for row in before))
    return PlannedPlace(its.departs_at, len(before), its.planned_at, tuple(planned))


def load(session: Session, route_ids: Iterable[int]) -> list[Route]:
    """These routes with their vans and stops, in two queries. Ids come from scoped questions above."""
    these = {"these": sorted(set(route_ids))}
    stops: dict[int, list[Stop]] = {}
    for row in session.execute(STOPS_OF, these):
        stops.setdefault(row.route_id, []).append(Stop(*row[1:]))
    found = []
    for row in session.execute(WITH_VAN, these):
        fix = None
        if row.van_recorded_at is not None:
            fix = Fix(
                row.van_lat,
                row.van_lng,
                row.van_recorded_at,
                row.van_accuracy_m,
                row.van_speed_mps,
                row.van_heading_deg,
            )
        van = Van(row.van_id, row.van_owner, row.van_name, fix)
        breaks, its_stops = tuple(row.breaks), tuple(stops.get(row.id, ()))
        found.append(
            Route(row.id, row.owner, row.name, van, row.depot, row.departs_at, breaks, its_stops, row.memory)
        )
    return found


def remember(session: Session, route_id: int, memory: dict[str, Any]) -> None:
    """Keep what the estimate learned on this round."""
    session.execute(update(RouteRow).where(RouteRow.id == route_id).values(memory=memory))


def finish(session: Session, route_id: int, now: datetime) -> None:
    """The round is over."""
    session.execute(update(RouteRow).where(RouteRow.id == route_id).values(finished_at=now))
