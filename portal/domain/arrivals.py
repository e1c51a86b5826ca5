"""Stops that positions tell of before any scan does: the van stood at the next door, and left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.fixes import Fix
from portal.domain.geo import Point, distance_m

# Tried on real deliveries: wider takes a neighbor for the door, narrower or longer misses what phones are off by.
HERE_METERS = 45.0
GONE_METERS = 75.0
AT_A_DOOR = timedelta(seconds=45)
# Slower than this over a gap without positions, the van stood: phones say nothing while they do not move.
CREEPS_MPS = 3.0
LONGEST_SILENCE = timedelta(minutes=20)
SHARP_METERS = 50.0
# Doors of one house and its neighbors may be served from one place.
WATCHED = 5
BELIEVED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Door:
    """A stop of a round. `served_at` is what dispatch says; the other two are what positions say.

    `on_van`: its parcel is on the van and nothing else was reported since.
    """

    shipment_id: int
    point: Point | None
    on_van: bool = True
    served_at: datetime | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What positions say of a door from now on. `left_at` is set once the van stood here and went."""

    shipment_id: int
    arrived_at: datetime | None
    left_at: datetime | None = None


def probably_left(left_at: datetime | None, now: datetime) -> datetime | None:
    """When a door without a scan was probably left; after an hour of silence it counts as open again."""
    return left_at if left_at is not None and now - left_at < BELIEVED_FOR else None


def follow(doors: Sequence[Door], last: Fix | None, fix: Fix) -> list[Visit]:
    """What changes for these doors, in the planned order, when the van comes from `last` to `fix`.

    A door is left only in its turn, each with 45 seconds of its own: who stood four minutes at two doors of one house
    served both, and a door where the van will come back later stays open. Rough positions change nothing.
    """
    if fix.accuracy_m is not None and fix.accuracy_m > SHARP_METERS:
        return []
    waiting = [door for door in doors if door.served_at is None and door.left_at is None]
    ends = [at for door in doors if (at := door.served_at or door.left_at) is not None]
    return list(_visits(waiting[:WATCHED], ends, last, fix))


def _visits(waiting: Sequence[Door], ends: list[datetime], last: Fix | None, fix: Fix) -> Iterator[Visit]:
    in_turn = True
    for door in waiting:
        away_m = distance_m(fix.point, door.point) if door.point and door.on_van else None
        visit = None
        if away_m is not None and door.arrived_at is None and away_m <= HERE_METERS:
            visit = Visit(door.shipment_id, fix.at)
        elif away_m is not None and door.arrived_at is not None and away_m > GONE_METERS:
            left_at = _left(door.arrived_at, ends, last, fix) if in_turn else None
            visit = Visit(door.shipment_id, door.arrived_at if left_at else None, left_at)
        if visit:
            yield visit
        if visit and visit.left_at:
            ends.append(visit.left_at)
        else:
            in_turn = False


def _left(arrived_at: datetime, ends: Sequence[datetime], last: Fix | None, fix: Fix) -> datetime | None:
    """When the van left, if it stood long enough for this door and those that were served meanwhile."""
    if last is None or fix.at - last.at > LONGEST_SILENCE:
        return None
    drove = timedelta(seconds=distance_m(last.point, fix.point) / CREEPS_MPS)
    left_at = max(last.at, fix.at - drove)
    others = sum(arrived_at <= at <= left_at for at in ends)
    return left_at if left_at - arrived_at >= AT_A_DOOR * (1 + others) else None
