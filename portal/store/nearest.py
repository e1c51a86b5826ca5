"""The rows of the nearest lockers: whole squares of cells, outwards, until nothing nearer can have been missed."""

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Float, bindparam, case, func, or_, select

from portal.db import Reader
from portal.domain import grid
from portal.domain.geo import Point, distance_m
from portal.store.locker_rows import LockerRow

# The flat map sorts a little wrong; so many more are looked at than are wanted.
SPARE = 4
MOST_SPANS = 9

# With which squares the last search in a part of the country ended: the next one there begins with them. Only a hint,
# the answer is the same from every level.
LEVELS: dict[tuple[int, int, int], int] = {}
MOST_LEVELS = 20_000

# How far, squared, on a flat map, for sorting; the last hundredth is told by the great circle.
_APART = func.abs(LockerRow.lng - bindparam("lng", type_=Float))
_EAST = case((_APART > 180, 360 - _APART), else_=_APART) * bindparam("narrow", type_=Float)
_NORTH = LockerRow.lat - bindparam("lat", type_=Float)
FLAT = _EAST * _EAST + _NORTH * _NORTH

# Every change page asks this: prepared once, for building it anew took longer than the answer.
# The sum keeps the planner from the index of keys: a shipper may own nearly all lockers there are.
_IDS = (
    select(LockerRow.id)
    .where(
        (LockerRow.owner + 0).in_((0, bindparam("owner", type_=BigInteger))),
        or_(
            *(
                LockerRow.cell.between(bindparam(f"a{place}"), bindparam(f"b{place}"))
                for place in range(MOST_SPANS)
            )
        ),
    )
    .order_by(FLAT)
    .limit(bindparam("most", type_=BigInteger))
)
# The index alone tells who is near; whole rows are read only of those.
IN_CELLS = select(LockerRow.__table__).where(LockerRow.id.in_(_IDS.scalar_subquery()))


def nearest(session: Reader, shipper_id: int, door: Point, limit: int, within_m: float) -> list[Any]:
    """Search outwards until enough are nearer than anything that could have been missed."""
    asked = {"owner": shipper_id, "most": limit + SPARE, **asks_for(door)}
    part = shipper_id, limit, grid.part_of(door.lat, door.lng)
    level = LEVELS.get(part, grid.FIRST)
    while True:
        reach = grid.sure_m(door.lat, level)
        rows = session.execute(IN_CELLS, asked | _cells(grid.around(door.lat, door.lng, level)))
        away = [(distance_m(door, Point(row.lat, row.lng)), row) for row in rows]
        away.sort(key=lambda one: (one[0], one[1].id))
        found = [row for meters, row in away if meters <= within_m][:limit]
        sure = sum(meters <= reach for meters, _ in away)
        if sure >= limit or reach >= within_m or level == grid.LAST:
            enough = len(found) == limit and away[limit - 1][0] <= grid.sure_m(door.lat, level - 2)
            _remember(part, max(level - 1, grid.FIRST) if enough else level)
            return found
        level = min(grid.next_level(level, len(away), limit), grid.LAST)


def _remember(part: tuple[int, int, int], level: int) -> None:
    if len(LEVELS) >= MOST_LEVELS:
        LEVELS.clear()
    LEVELS[part] = level


def asks_for(door: Point) -> dict[str, float]:
    """What `FLAT` asks for."""
    return {"lat": door.lat, "lng": door.lng, "narrow": math.cos(math.radians(door.lat))}


def _cells(spans: Sequence[grid.Span]) -> dict[str, int]:
    """What `IN_CELLS` asks for; runs that are left over hold nothing."""
    padded = [*spans, *[(1, 0)] * (MOST_SPANS - len(spans))]
    return {
        f"{end}{place}": cell
        for place, span in enumerate(padded)
        for end, cell in zip("ab", span, strict=True)
    }
