"""What a shipment that moved changes elsewhere: its stop, the windows it was promised, the changes it was asked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from portal.domain.change import ENDS_WAITING, Change, Kind, Life
from portal.domain.claim import UNDER_WAY
from portal.domain.events import Happening
from portal.domain.shipment import State, Status
from portal.flows import change as changing
from portal.flows import claiming, outcome, remind, stays
from portal.flows.announce import Voice
from portal.store import changes, doors, promises, routes, shipments, slot_places

# The van has left the door, with or without the parcel.
LEFT_THE_DOOR = {Status.DELIVERED, Status.MISSED, Status.RETURNING, Status.READY_FOR_PICKUP, Status.CANCELLED}


class Moved(Protocol):
    """A shipment with its state before and after a batch."""

    @property
    def id(self) -> int: ...
    @property
    def shipper_id(self) -> int: ...
    @property
    def before(self) -> State: ...
    @property
    def state(self) -> State: ...


def follow(session: Session, voice: Voice, moved: Iterable[Moved], now: datetime) -> set[int]:
    """Follow up on shipments that moved; only those whose status changed cost a query.

    Returns the shipments whose delivery was told here, because it was not as asked.
    """
    changed = [
        one for one in moved if one.before.status != one.state.status or one.before.how != one.state.how
    ]
    if not changed:
        return set()
    _stops(session, changed)
    ended = [one for one in changed if _delivered(one.before) or _delivered(one.state)]
    if ended:
        _score(session, ended)
    told = _changes(session, voice, changed, now)
    if undone := [one.id for one in ended if _delivered(one.before) and one.state.status in UNDER_WAY]:
        claiming.delivery_taken_back(session, undone, now)
    stays = {one.id: one.state.since for one in changed if one.state.status is Status.READY_FOR_PICKUP}
    remind.pickups_began(session, ((who, since) for who, since in stays.items() if since), now)
    return told


def _delivered(state: State) -> bool:
    return state.last is not None and state.status is Status.DELIVERED


def _stops(session: Session, changed: list[Moved]) -> None:
    done: dict[int, datetime | None] = {}
    for one in changed:
        if one.state.status in LEFT_THE_DOOR:
            done[one.id] = one.state.since
        elif one.before.status in LEFT_THE_DOOR:
            done[one.id] = None
    if not done:
        return
    # Routes before their stops, as when dispatch replaces a route: nobody waits in a ring.
    doors.lock_routes(session, routes.of_shipments(session, done).values(), wait=True)
    routes.mark_done(session, done)


def _score(session: Session, ended: list[Moved]) -> None:
    """Windows are scored at the door; a delivery that was taken back takes its scores back too."""
    at = {
        one.id: one.state.since
        for one in ended
        if _delivered(one.state) and one.state.last and one.state.last.happening is Happening.DELIVERED
    }
    outcomes: list[tuple[int, str | None, datetime | None]] = []
    for shown in promises.of_shipments(session, (one.id for one in ended)):
        delivered_at = at.get(shown.shipment_id)
        if delivered_at is None:
            outcomes.append((shown.id, None, None))
        elif shown.promise.updated_at <= delivered_at:
            outcomes.append(
                (shown.id, _kept(shown.promise.start, shown.promise.end, delivered_at), delivered_at)
            )
    promises.score(session, outcomes)


def _kept(start: datetime, end: datetime, at: datetime) -> str:
    return "early" if at < start else "late" if at > end else "inside"


def _changes(session: Session, voice: Voice, changed: list[Moved], now: datetime) -> set[int]:
    of = changes.of_shipments(session, (one.id for one in changed))
    told = {
        one.id
        for one in changed
        for change in of.get(one.id, ())
        if _one_change(session, voice, one, change, now)
    }
    to_lockers = [who for who, known in of.items() if any(_to_locker(change) for change in known)]
    for shipment in shipments.by_ids(session, to_lockers).values():
        stays.follow(session, voice, shipment, now)
    return told


def _to_locker(change: Change) -> bool:
    return change.kind is Kind.LOCKER and change.life is Life.ACCEPTED


def _one_change(session: Session, voice: Voice, one: Moved, change: Change, now: datetime) -> bool:
    """True when the recipient was told that this change was not done as asked."""
    told = False
    if change.waits and one.state.status in ENDS_WAITING:
        shipment = shipments.by_ids(session, [one.id])[one.id]
        changing.overtaken(session, voice, shipment, change, now)
    if change.kind is Kind.NEW_WINDOW and one.state.status in ENDS_WAITING:
        # a visit that is called off leaves its place to others
        slot_places.release(session, change.id, now)
    if change.life is Life.ACCEPTED:
        shipment = shipments.by_ids(session, [one.id])[one.id]
        told = outcome.door_shows(session, voice, shipment, change, one.before, now)
    return told
