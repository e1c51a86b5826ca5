"""Rounds that have not left become windows of their doors: a date, a half day, hours, each when its time has come.

No message is sent for them: the page, the calendar and the feed say it, and the messages that name a window anyway.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.domain.change import Kind, Life
from portal.domain.delivery import Promise
from portal.domain.eta import estimate
from portal.domain.shipment import Status
from portal.domain.stages import OURS, Expected, expected, next_promise, next_reached
from portal.flows import live
from portal.flows.announce import Voice
from portal.store import changes, doors, plans, promises, routes
from portal.store.plans import Waiting
from portal.store.routes import Route

# Nothing is told for the first time earlier than the evening before a round, and rounds are a day long at most.
AHEAD = timedelta(hours=54)
# Where somebody held a door just then, the round is looked at again.
AGAIN = timedelta(minutes=1)
NEXT = "stage_at"


def time_passed(session: Session, voice: Voice, now: datetime) -> int:
    """Stages are reached by the clock alone. Returns how many windows were shown; safe to run twice and at once."""
    due = [
        route_id
        for route_id, memory in routes.upcoming(session, now, now + AHEAD)
        if NEXT not in memory or (memory[NEXT] and datetime.fromisoformat(memory[NEXT]) <= now)
    ]
    return planned(session, voice, doors.lock_routes(session, due, wait=False), now) if due else 0


def planned(session: Session, voice: Voice, route_ids: Iterable[int], now: datetime) -> int:
    """These routes, held by the caller, were sent or reached a stage: their doors are told as much as can be kept."""
    shown: list[tuple[int, Promise]] = []
    for route in routes.load(session, route_ids):
        if route.departs_at > now:
            shown += _of_route(session, voice, route, now)
    plans.save(session, dict(shown), now)
    promises.keep(session, shown, now)
    return len(shown)


def left_out(session: Session, shipment_ids: Iterable[int], now: datetime) -> None:
    """Rounds were sent again without these: what was read from the round holds no more."""
    ids = set(shipment_ids)
    off = ids - routes.coming(session, ids, now + timedelta(days=366)) if ids else set()
    waiting = plans.lock(session, off, (*plans.WAITS, Status.ON_VAN)) if off else {}
    plans.save(
        session, {id_: None for id_, one in waiting.items() if one.planned and _ours(one.planned)}, now
    )


def _of_route(session: Session, voice: Voice, route: Route, now: datetime) -> Iterator[tuple[int, Promise]]:
    waiting = [stop.shipment_id for stop in route.stops if stop.status in plans.WAITS]
    theirs = routes.driven_by(session, waiting, now)
    mine = {id_ for id_ in waiting if theirs.get(id_, route.id) == route.id}
    held = plans.lock(session, mine)
    kept_back = _kept_at_the_depot(session, held)
    moments = []
    for shipment_id, coming in _expectations(session, voice, route, held, now):
        door = held[shipment_id]
        zone = ZoneInfo(door.timezone)
        moments.append(next_reached(coming, zone, now))
        if door.chooses or shipment_id in kept_back:
            continue
        told = next_promise(_still_said(door, now), coming, zone, now)
        if told is not None:
            yield shipment_id, told
    at = now + AGAIN if mine - held.keys() else min((at for at in moments if at), default=None)
    routes.remember(session, route.id, {**route.memory, NEXT: at.isoformat() if at else None})


def _expectations(
    session: Session, voice: Voice, route: Route, held: dict[int, Waiting], now: datetime
) -> Iterator[tuple[int, Expected]]:
    """When each of these doors should be served, as its shipper wants its windows kept."""
    shippers = voice.shippers(session)
    levels = {id_: shippers[one.shipper_id].rules.level or voice.level for id_, one in held.items()}
    round_ = live.round_of(route, {}, now)
    yardstick = live.yardstick(voice, route, round_, set(levels.values()))
    stops = {stop.shipment_id: stop for stop in round_.stops}
    guesses = estimate(round_, now, None, yardstick.profile)
    ends_at = max((guess.at for guess in guesses), default=now)
    for guess in guesses:
        id_ = guess.shipment_id
        if id_ in held:
            table = yardstick.tables[levels[id_]]
            yield id_, expected(guess, stops[id_], route.departs_at, ends_at, table)


def _still_said(door: Waiting, now: datetime) -> Promise | None:
    """What still counts of what was promised: the window of a visit that failed does not."""
    planned = door.planned
    if planned is None or planned.end <= now or (door.missed and planned.start <= now):
        return None
    return planned


def _ours(plan: Promise) -> bool:
    return plan.source in OURS


def _kept_at_the_depot(session: Session, held: Iterable[int]) -> set[int]:
    """Whose recipients asked to keep the parcel: no time is told before dispatch tells one."""
    asked = changes.of_shipments(session, held)
    return {
        id_
        for id_, wishes in asked.items()
        if any(wish.kind is Kind.HOLD and wish.life is Life.ACCEPTED for wish in wishes)
    }
