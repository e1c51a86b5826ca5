"""Lockers and pickup points with their compartments; the nearest to a door, and those that a search finds."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from portal.domain import grid
from portal.domain.geo import Point, distance_m
from portal.domain.lockers import Compartment, Locker, Place, Sort, folded
from portal.store.locker_rows import CompartmentHoldRow, CompartmentRow, LockerRow

NEAREST = 12
# Nobody walks farther, but some drive.
NEAR_M = 15_000.0
# The flat map sorts a little wrong; so many more are looked at than are wanted.
SPARE = 4
SHORTEST_WORD, MOST_WORDS, LEAST_MATCH = 2, 8, 3


def put(session: Session, owner: int, lockers: Iterable[Locker]) -> dict[str, str]:
    """Keep lockers by key with their compartments by size; what is taken stays taken."""
    outcomes: dict[str, str] = {}
    # in order, so that two who tell the same wait for each other and not in a ring
    for locker in sorted(lockers, key=lambda locker: locker.key):
        values = {
            "name": locker.name,
            "address": locker.address,
            "lat": locker.lat,
            "lng": locker.lng,
            "hours": locker.hours,
            "reachable": locker.reachable,
            "hold_hours": locker.hold_hours,
            "sort": locker.sort,
            "cell": grid.cell_of(locker.lat, locker.lng),
            "search_text": folded(f"{locker.name} {locker.address}"),
        }
        mine = (LockerRow.owner == owner, LockerRow.key == locker.key)
        locker_id = session.execute(
            update(LockerRow).where(*mine).values(values).returning(LockerRow.id)
        ).scalar()
        outcomes[locker.key] = "updated" if locker_id else "created"
        if locker_id is None:
            new = insert(LockerRow).values(owner=owner, key=locker.key, **values).returning(LockerRow.id)
            locker_id = session.execute(new).scalar_one()
        _put_compartments(session, locker_id, locker.compartments)
    return outcomes


def _put_compartments(session: Session, locker_id: int, compartments: Iterable[Compartment]) -> None:
    sizes = []
    for box in compartments:
        sizes.append(box.size)
        values = {
            "width_mm": box.width_mm,
            "height_mm": box.height_mm,
            "depth_mm": box.depth_mm,
            "count": box.count,
            "max_weight_g": box.max_weight_g,
            "low": box.low,
        }
        this = (CompartmentRow.locker_id == locker_id, CompartmentRow.size == box.size)
        done = session.execute(update(CompartmentRow).where(*this).values(values))
        if not done.rowcount:  # type: ignore[attr-defined]
            session.execute(
                insert(CompartmentRow).values(locker_id=locker_id, size=box.size, taken=0, **values)
            )
    gone = (CompartmentRow.locker_id == locker_id, CompartmentRow.size.not_in(sizes))
    session.execute(update(CompartmentRow).where(*gone).values(count=0))
    session.execute(delete(CompartmentRow).where(*gone, CompartmentRow.taken == 0))


def near(
    session: Session,
    shipper_id: int,
    lat: float | None,
    lng: float | None,
    limit: int = NEAREST,
    *,
    within_m: float = NEAR_M,
    now: datetime | None = None,
    shipment_id: int = 0,
) -> list[Locker]:
    """Lockers of the shipper or the operator near a door, nearest first; by name where the door is unknown.

    What `shipment_id` holds is free for it, and so is what others held until `now` and left.
    """
    if lat is None or lng is None:
        query = _of(shipper_id).order_by(LockerRow.name, LockerRow.id).limit(limit)
        rows: list[Any] = list(session.execute(query))
    else:
        rows = _nearest(session, shipper_id, Point(lat, lng), limit, within_m)
    return with_compartments(session, rows, now, shipment_id)


def _of(shipper_id: int) -> Select[Any]:
    # the sum keeps the planner from the index of keys: a shipper may own nearly all lockers there are
    return select(LockerRow.__table__).where((LockerRow.owner + 0).in_((0, shipper_id)))


def _nearest(session: Session, shipper_id: int, door: Point, limit: int, within_m: float) -> list[Any]:
    """Search outwards until enough are nearer than anything that could have been missed."""
    found: list[Any] = []
    for level in grid.RINGS:
        reach = grid.sure_m(door.lat, level)
        cells = or_(*(LockerRow.cell.between(*span) for span in grid.around(door.lat, door.lng, level)))
        query = _of(shipper_id).where(cells).order_by(_flat(door)).limit(limit + SPARE)
        away = [(distance_m(door, Point(row.lat, row.lng)), row) for row in session.execute(query)]
        away.sort(key=lambda one: (one[0], one[1].id))
        found = [row for meters, row in away if meters <= within_m][:limit]
        sure = sum(meters <= reach for meters, _ in away)
        if sure >= limit or reach >= within_m:
            break
    return found


def _flat(door: Point) -> Any:
    """How far, on a flat map, for sorting: the last hundredth is told by the great circle."""
    apart = func.abs(LockerRow.lng - door.lng)
    east = case((apart > 180, 360 - apart), else_=apart) * math.cos(math.radians(door.lat))
    north = LockerRow.lat - door.lat
    return east * east + north * north


def find(session: Session, shipper_id: int, key: str, now: datetime, shipment_id: int = 0) -> Locker | None:
    """The shipper's locker of this key, else the operator's."""
    query = select(LockerRow.__table__).where(LockerRow.owner.in_((0, shipper_id)), LockerRow.key == key)
    rows = list(session.execute(query.order_by(LockerRow.owner.desc()).limit(1)))
    return next(iter(with_compartments(session, rows, now, shipment_id)), None)


def search(session: Session, shipper_id: int, typed: str, door: Point | None) -> Place | None:
    """The known point whose name or address has most of what was typed, the nearest of several; None if there is none.

    Nothing leaves the house: what is typed is compared with the points that dispatch told, and with nothing else.
    """
    words = [word for word in folded(typed).split() if len(word) >= SHORTEST_WORD][:MOST_WORDS]
    if not words:
        return None
    hits = [
        case(((" " + LockerRow.search_text).contains(" " + word, autoescape=True), len(word)), else_=0)
        for word in words
    ]
    score = sum(hits[1:], hits[0])
    order = [score.desc(), *([_flat(door)] if door else []), LockerRow.id]
    query = (
        select(LockerRow.name, LockerRow.address, LockerRow.lat, LockerRow.lng)
        .where((LockerRow.owner + 0).in_((0, shipper_id)), score >= LEAST_MATCH)
        .order_by(*order)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return Place(row.name, row.address, Point(row.lat, row.lng)) if row else None


def with_compartments(
    session: Session, rows: Sequence[Any], now: datetime | None = None, shipment_id: int = 0
) -> list[Locker]:
    """The lockers of these rows with their compartments."""
    boxes: dict[int, list[Compartment]] = {}
    query = select(CompartmentRow.__table__).where(CompartmentRow.locker_id.in_([row.id for row in rows]))
    found = list(session.execute(query.order_by(CompartmentRow.id)))
    left = _left_behind(session, [box.id for box in found], now, shipment_id) if now else {}
    for box in found:
        # a row is a tuple too, and `row.count` a method of tuples
        count = box._mapping["count"]
        free = max(count - box.taken + left.get(box.id, 0), 0)
        boxes.setdefault(box.locker_id, []).append(
            Compartment(
                box.id,
                box.size,
                box.width_mm,
                box.height_mm,
                box.depth_mm,
                count,
                free,
                box.max_weight_g,
                box.low,
            )
        )
    return [_value(row, tuple(boxes.get(row.id, ()))) for row in rows]


def _left_behind(
    session: Session, compartment_ids: Sequence[int], now: datetime, shipment_id: int
) -> dict[int, int]:
    """How many holds in each compartment stand in nobody's way: run out, or the shipment's own."""
    holds = CompartmentHoldRow
    query = (
        select(holds.compartment_id, func.count())
        .where(
            holds.compartment_id.in_(compartment_ids),
            or_(holds.until <= now, holds.shipment_id == shipment_id),
        )
        .group_by(holds.compartment_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _value(row: Any, compartments: tuple[Compartment, ...]) -> Locker:
    return Locker(
        row.id,
        row.key,
        row.name,
        row.address,
        row.lat,
        row.lng,
        row.hours,
        row.reachable,
        row.hold_hours,
        compartments,
        Sort(row.sort),
    )
