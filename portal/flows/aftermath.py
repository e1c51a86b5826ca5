"""What a shipment that moved changes elsewhere: its stop, the windows it was promised, the changes it was asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from portal.domain.change import ENDS_WAITING, Change, Kind, Life
from portal.domain.claim import UNDER_WAY
from portal.domain.shipment import State, Status
from portal.domain.visits import left_at
from portal.flows import change as changing
from portal.flows import claiming, judging, outcome, remind, stays
from portal.flows.announce import Voice
from portal.store import changes, doors, routes, shipments, slot_places


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
    """Follow up on shipments that moved; only those whose status or visits changed cost a query.

    Returns the shipments whose delivery was told here, because it was not as asked.
    """
    known = list(moved)
    changed = [
        one for one in known if one.before.status != one.state.status or one.before.how != one.state.how
    ]
    visited = [one for one in known if judging.was_visited(one)]
    if not changed and not visited:
        return set()
    _stops(session, known)
    wishes = changes.of_shipments(session, {one.id for one in (*changed, *visited)})
    if visited:
        judging.judge(session, visited, wishes, now)
    told = _changes(session, voice, changed, wishes, now)
    ended = [one for one in changed if _delivered(one.before) or _delivered(one.state)]
    if undone := [one.id for one in ended if _delivered(one.before) and one.state.status in UNDER_WAY]:
        claiming.delivery_taken_back(session, undone, now)
    stays = {one.id: one.state.since for one in changed if one.state.status is Status.READY_FOR_PICKUP}
    remind.pickups_began(session, ((who, since) for who, since in stays.items() if since), now)
    return told


def _delivered(state: State) -> bool:
    return state.last is not None and state.status is Status.DELIVERED


def _stops(session: Session, moved: list[Moved]) -> None:
    left = ((one.id, left_at(one.before.story), left_at(one.state.story)) for one in moved)
    done = {shipment_id: after for shipment_id, before, after in left if before != after}
    if not done:
        return
    newest = routes.of_shipments(session, done)
    # Routes before their stops, as when dispatch replaces a route: nobody waits in a ring.
    doors.lock_routes(session, newest.values(), wait=True)
    routes.mark_done(session, done, newest)


def _changes(
    session: Session,
    voice: Voice,
    changed: list[Moved],
    of: Mapping[int, Sequence[Change]],
    now: datetime,
) -> set[int]:
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
