"""Positions came in, from dispatch or from a phone: vans move, doors are seen to be visited, and windows follow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.arrivals import Door, Visit, follow
from portal.domain.fixes import MEMORY, Crumb, Fix, Judged, Known, Verdict, is_odd, judge
from portal.flows import live
from portal.flows.announce import Voice
from portal.store import positions, trail
from portal.store.positions import Held, Way

# A van that is loaded early may leave early; a round further ahead is not driven yet.
LEAVES_EARLY = timedelta(hours=2)
LONGEST_STAY = timedelta(hours=1)
# The same again says nothing to a dispute, and 0, 0 is no place.
NOT_KEPT = {Verdict.REPEATED, Verdict.NOWHERE}

# What came in, each with its van; the routes of vans by van id.
Told = Sequence[tuple[Held, Fix]]
Ways = Mapping[int, Sequence[Way]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A fix of a van, by the name its owner gave it."""

    van: str
    fix: Fix


@dataclass(frozen=True, slots=True)
class Steps:
    """Where a van was before, and the fixes that were taken since, oldest first."""

    start: Fix | None
    taken: list[Fix] = field(default_factory=list)


def take_positions(
    session: Session, voice: Voice, owner: int, seen: Sequence[Seen], now: datetime
) -> list[Judged | None]:
    """Where vans of this owner are; None for a van that is not known."""
    vans = {van.name: van for van in positions.hold_named(session, owner, (one.van for one in seen))}
    known = [(vans[one.van], one.fix) for one in seen if one.van in vans]
    judged = iter(_take(session, voice, known, now))
    return [next(judged) if one.van in vans else None for one in seen]


def take_of_van(
    session: Session, voice: Voice, van_id: int, fixes: Iterable[Fix], now: datetime
) -> list[Judged]:
    """Where one van is. Its id comes from whoever may speak for it."""
    return _take(
        session, voice, [(van, fix) for van in positions.hold(session, van_id) for fix in fixes], now
    )


def _take(session: Session, voice: Voice, told: Told, now: datetime) -> list[Judged]:
    ways = positions.ways(session, (van.id for van, _ in told), now + LEAVES_EARLY, now - LONGEST_STAY)
    judged = _judged(told, _known(session, told, now), ways, now)
    trail.keep(session, _crumbs(told, judged, now))
    moved = _moved(told, judged)
    positions.move(session, {van_id: steps.taken[-1] for van_id, steps in moved.items()})
    left = _visits(session, ways, moved)
    driven = [way.route_id for van_id in moved for way in ways.get(van_id, ())]
    before = {van_id: its.start for van_id, its in moved.items()}
    live.moved(session, voice, driven, now, left=left, before=before)
    return judged


def _judged(told: Told, known: dict[int, Known], ways: Ways, now: datetime) -> list[Judged]:
    doors = {
        van_id: [door.point for way in of_van for door in way.doors if door.point is not None]
        for van_id, of_van in ways.items()
    }
    found = []
    for van, fix in told:
        one = judge(fix, known[van.id], doors.get(van.id, ()), now)
        known[van.id] = known[van.id].after(one, fix, now)
        found.append(one)
    return found


def _crumbs(told: Told, judged: Sequence[Judged], now: datetime) -> list[tuple[int, Crumb]]:
    return [
        (van.id, Crumb(fix, now, one.verdict))
        for (van, fix), one in zip(told, judged, strict=True)
        if one.verdict not in NOT_KEPT
    ]


def _moved(told: Told, judged: Sequence[Judged]) -> dict[int, Steps]:
    found: dict[int, Steps] = {}
    for (van, _), one in zip(told, judged, strict=True):
        if one.taken:
            found.setdefault(van.id, Steps(van.fix)).taken.append(one.fix)
    return found


def _known(session: Session, told: Told, now: datetime) -> dict[int, Known]:
    """What is known of these vans; the trail is only read where something is odd."""
    odd = {van.id for van, fix in told if is_odd(fix, van.fix, now)}
    crumbs = trail.lately(session, odd, now - MEMORY) if odd else {}
    return {van.id: Known(van.fix, crumbs.get(van.id, ())) for van, _ in told}


def _visits(session: Session, ways: Ways, moved: Mapping[int, Steps]) -> set[int]:
    """Keep which doors the vans came to and left; returns the routes (ids) on which one was left."""
    found: list[tuple[int, Visit]] = []
    for van_id, steps in moved.items():
        for way in ways.get(van_id, ()):
            found += [(way.route_id, one) for one in _along(way.doors, steps)]
    positions.visit(session, found)
    return {route_id for route_id, one in found if one.left_at is not None}


def _along(doors: Sequence[Door], steps: Steps) -> list[Visit]:
    """What is true of these doors after the last step."""
    now = {door.shipment_id: door for door in doors}
    changed: dict[int, Visit] = {}
    for last, fix in zip([steps.start, *steps.taken], steps.taken, strict=False):
        for one in follow(list(now.values()), last, fix):
            changed[one.shipment_id] = one
            door = now[one.shipment_id]
            now[one.shipment_id] = replace(door, arrived_at=one.arrived_at, left_at=one.left_at)
    return list(changed.values())
