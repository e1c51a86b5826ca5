"""Lockers and pickup points with their compartments; the nearest to a door, and those that a search finds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from portal.db import ALL_PLACES, THESE, Moment, Reader, supplied
from portal.domain import grid
from portal.domain.geo import Point
from portal.domain.lockers import Compartment, Locker, Place, Sort, folded
from portal.store.locker_rows import CompartmentHoldRow, CompartmentRow, LockerRow
from portal.store.nearest import FLAT, asks_for, nearest

NEAREST = 12
# Nobody walks farther, but some drive.
NEAR_M = 15_000.0
SHORTEST_WORD, MOST_WORDS, LEAST_MATCH = 2, 8, 3

# Every change page asks these: prepared once, for building them anew took longer than the answer.
BOX = CompartmentRow.__table__.c
COMPARTMENTS = (
    select(
        BOX.locker_id,
        BOX.id,
        BOX.size,
        BOX.width_mm,
        BOX.height_mm,
        BOX.depth_mm,
        BOX.count,
        BOX.taken,
        BOX.max_weight_g,
        BOX.low,
    )
    .where(BOX.locker_id.in_(THESE))
    .order_by(BOX.id)
)
LEFT_BEHIND = (
    select(CompartmentHoldRow.compartment_id, func.count())
    .where(
        CompartmentHoldRow.compartment_id.in_(THESE),
        or_(
            CompartmentHoldRow.until <= bindparam("now", type_=Moment),
            CompartmentHoldRow.shipment_id == bindparam("shipment"),
        ),
    )
    .group_by(CompartmentHoldRow.compartment_id)
)


def put(session: Session, owner: int, lockers: Iterable[Locker]) -> dict[str, str]:
    """Keep lockers by key with their compartments by size; what is taken stays taken."""
    supplied(session, ALL_PLACES)
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


def close(session: Session, locker_id: int) -> None:
    """Offer none of its compartments any more; those that are taken are emptied as usual."""
    supplied(session, ALL_PLACES)
    session.execute(update(CompartmentRow).where(CompartmentRow.locker_id == locker_id).values(count=0))


def near(
    session: Reader,
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
        rows = nearest(session, shipper_id, Point(lat, lng), limit, within_m)
    return with_compartments(session, rows, now, shipment_id)


def _of(shipper_id: int) -> Select[Any]:
    return select(LockerRow.__table__).where((LockerRow.owner + 0).in_((0, shipper_id)))


def find(session: Reader, shipper_id: int, key: str, now: datetime, shipment_id: int = 0) -> Locker | None:
    """The shipper's locker of this key, else the operator's."""
    query = select(LockerRow.__table__).where(LockerRow.owner.in_((0, shipper_id)), LockerRow.key == key)
    rows = list(session.execute(query.order_by(LockerRow.owner.desc()).limit(1)))
    return next(iter(with_compartments(session, rows, now, shipment_id)), None)


def listed(session: Reader, owner: int, after: str = "", limit: int = 50) -> list[Locker]:
    """The lockers of a shipper, or of the operator (`owner` 0), by key, from the one behind `after`."""
    asked = select(LockerRow.__table__).where(LockerRow.owner == owner, LockerRow.key > after)
    rows = list(session.execute(asked.order_by(LockerRow.key).limit(limit)))
    return with_compartments(session, rows)


def named(session: Reader, owner: int, key: str) -> Locker | None:
    """The owner's own locker of this key."""
    asked = select(LockerRow.__table__).where(LockerRow.owner == owner, LockerRow.key == key)
    return next(iter(with_compartments(session, list(session.execute(asked)))), None)


def count(session: Reader, owner: int) -> int:
    """How many lockers the owner has."""
    return session.execute(select(func.count()).where(LockerRow.owner == owner)).scalar_one()


def search(session: Reader, shipper_id: int, typed: str, door: Point | None) -> Place | None:
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
    order = [score.desc(), *([FLAT] if door else []), LockerRow.id]
    query = (
        select(LockerRow.name, LockerRow.address, LockerRow.lat, LockerRow.lng)
        .where((LockerRow.owner + 0).in_((0, shipper_id)), score >= LEAST_MATCH)
        .order_by(*order)
        .limit(1)
    )
    row = session.execute(query, asks_for(door) if door else {}).one_or_none()
    return Place(row.name, row.address, Point(row.lat, row.lng)) if row else None


def with_compartments(
    session: Reader, rows: Sequence[Any], now: datetime | None = None, shipment_id: int = 0
) -> list[Locker]:
    """The lockers of these rows with their compartments."""
    boxes: dict[int, list[Compartment]] = {}
    found = session.execute(COMPARTMENTS, {"these": [row.id for row in rows]}).all()
    left = _left_behind(session, [box.id for box in found], now, shipment_id) if now else {}
    for locker, box, size, width, height, depth, count, taken, most_g, low in found:
        free = max(count - taken + left.get(box, 0), 0)
        one = Compartment(box, size, width, height, depth, count, free, most_g, low)
        boxes.setdefault(locker, []).append(one)
    return [_value(row, tuple(boxes.get(row.id, ()))) for row in rows]


def _left_behind(
    session: Reader, compartment_ids: Sequence[int], now: datetime, shipment_id: int
) -> dict[int, int]:
    """How many holds in each compartment stand in nobody's way: run out, or the shipment's own."""
    asked = {"these": list(compartment_ids), "now": now, "shipment": shipment_id}
    return {row[0]: row[1] for row in session.execute(LEFT_BEHIND, asked)}


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
