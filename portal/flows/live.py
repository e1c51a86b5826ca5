"""A position or a finished stop becomes new windows for every open door of the route, in one pass."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.db import touched
from portal.domain.arrivals import probably_left
from portal.domain.delivery import Promise
from portal.domain.geo import Point
from portal.domain.places import with_rough_places
from portal.domain.record import Stage, by_width
from portal.domain.replan import Replanned, Yardstick, replan
from portal.domain.round import Break, Fix, Round, RoundStop
from portal.domain.round_news import Door, Tell, Told
from portal.domain.shipment import Status
from portal.domain.sources import taken_breaks
from portal.domain.spreads import Table, default_table
from portal.domain.stages import OURS as READ_FROM_THE_ROUND
from portal.domain.town import kind_of
from portal.domain.travel import on_roads
from portal.flows import announce, onlookers
from portal.flows.announce import News, Voice
from portal.store import doors, promises, routes, shipments
from portal.store.doors import DoorSeen
from portal.store.routes import Route, Stop

Windows = Mapping[int, Promise]
NOT_SAID: Mapping[int, routes.Fix | None] = {}

SILENT_AFTER = timedelta(seconds=60)
ROUND_LASTS = timedelta(hours=20)
STILL_TO_COME = {Status.ANNOUNCED, Status.IN_TRANSIT, Status.AT_DEPOT, Status.ON_VAN}
WAS_VISITED = {Status.DELIVERED, Status.MISSED, Status.READY_FOR_PICKUP}


def replanned(session: Session, voice: Voice, route_ids: Iterable[int], now: datetime) -> Windows:
    """Routes were sent or replaced. Like its sisters, returns the live windows that changed, by shipment."""
    return _look_again(session, voice, route_ids, now, at_stop=True, wait=True)


def moved(
    session: Session,
    voice: Voice,
    route_ids: Iterable[int],
    now: datetime,
    left: Collection[int] = (),
    before: Mapping[int, routes.Fix | None] = NOT_SAID,
) -> Windows:
    """The vans of these routes were seen somewhere else. A route that somebody else holds is left to them.

    `left` are the routes on which a van was seen to leave a door, `before` is where the vans (ids) were until now.
    """
    under_way = [route_id for route_id in route_ids if route_id not in left]
    windows = _look_again(session, voice, under_way, now, at_stop=False, wait=False, before=before)
    at_doors = _look_again(session, voice, left, now, at_stop=True, wait=False, before=before)
    return {**windows, **at_doors}


def stops_done(session: Session, voice: Voice, shipment_ids: Iterable[int], now: datetime) -> Windows:
    """Events changed these shipments: stops were done or opened again, vans left the depot."""
    of = routes.of_shipments(session, shipment_ids)
    return _look_again(session, voice, of.values(), now, at_stop=True, wait=True)


def silent(session: Session, now: datetime) -> list[int]:
    """The routes whose windows run out although no position comes; rounds of yesterday are over."""
    doors.finish_old_routes(session, now - ROUND_LASTS, now)
    return doors.silent_routes(session, now - SILENT_AFTER, now - ROUND_LASTS, now)


def time_passed(session: Session, voice: Voice, route_ids: Iterable[int], now: datetime) -> Windows:
    """Nothing was heard of these routes, and it is later than it was."""
    return _look_again(session, voice, route_ids, now, at_stop=False, wait=False)


def _look_again(
    session: Session,
    voice: Voice,
    route_ids: Iterable[int],
    now: datetime,
    *,
    at_stop: bool,
    wait: bool,
    before: Mapping[int, routes.Fix | None] | None = None,
) -> Windows:
    ids = set(route_ids)
    if not ids:
        return {}
    held = routes.load(session, doors.lock_routes(session, ids, wait=wait))
    still_open = [stop.shipment_id for route in held for stop in route.stops if stop.done_at is None]
    of = routes.driven_by(session, routes.on_several(session, still_open), now)
    held = [_its_own(route, of) for route in held]
    seen = doors.lock(session, still_open)
    levels = _levels(session, voice, seen)
    steps = [(route, _replan(voice, route, seen, levels, now, at_stop)) for route in held]
    windows = {shipment_id: window for _, step in steps for shipment_id, window in step.windows.items()}
    shipments.save_windows(session, dict(windows), now)
    shown = [window for _, step in steps for window in step.shown.items()]
    promises.keep(session, shown, now, {id_: of for _, step in steps for id_, of in step.origins.items()})
    for route, step in steps:
        if step.told:
            routes.remember(session, route.id, _with_told(route.memory, step.told))
    _tell(session, voice, [(route, tell) for route, step in steps for tell in step.news], windows, now)
    if before is not None:
        rules = {id_: shipper.rules.map for id_, shipper in voice.shippers(session).items()}
        others = (
            routes.load(session, ids.difference(route.id for route in held)) if len(held) < len(ids) else ()
        )
        touched(session, onlookers.on_their_vans(others))
        for route in held:
            touched(session, onlookers.who_sees(route, seen, rules, before.get(route.van.id), now))
    return windows


def _its_own(route: Route, of: Mapping[int, int]) -> Route:
    """The route without open stops that another van serves: a shipment on two routes has one estimate."""
    stops = tuple(
        stop for stop in route.stops if stop.done_at or of.get(stop.shipment_id, route.id) == route.id
    )
    return route if len(stops) == len(route.stops) else replace(route, stops=stops)


def _levels(session: Session, voice: Voice, seen: Mapping[int, DoorSeen]) -> dict[int, int]:
    """How many of 100 windows shall hold, by shipper."""
    shippers = voice.shippers(session) if seen else {}
    return {
        id_: shippers[id_].rules.level or voice.level for id_ in {door.shipper_id for door in seen.values()}
    }


def _replan(
    voice: Voice,
    route: Route,
    seen: Mapping[int, DoorSeen],
    levels: Mapping[int, int],
    now: datetime,
    at_stop: bool,
) -> Replanned:
    planned = round_of(route, seen, now)
    measure = yardstick(voice, route, planned, set(levels.values()))
    if voice.travel:
        voice.travel.expect(planned.way())
    told = route.memory.get("told", {})
    of_route = {
        stop.shipment_id: Door(
            stop.shipment_id,
            door.on_van,
            _promised(door.planned),
            door.live,
            _told(told.get(str(stop.shipment_id))),
            levels[door.shipper_id],
        )
        for stop in route.stops
        if (door := seen.get(stop.shipment_id)) is not None
    }
    fix = route.van.fix
    van = Fix(Point(fix.lat, fix.lng), fix.at) if fix else None
    return replan(planned, of_route, van, measure, now, at_stop=at_stop)


def _promised(planned: Promise | None) -> Promise | None:
    """What the van is measured against: a promise, and hours that were read from its round, but no mere day of it."""
    if planned is None or planned.source not in READ_FROM_THE_ROUND:
        return planned
    return planned if by_width(planned) is Stage.DEPARTURE else None


def round_of(route: Route, seen: Mapping[int, DoorSeen], now: datetime) -> Round:
    """The round as it is driven: a parcel that was lost or called back is no stop, done or not."""
    stops = tuple(
        # a door that the van stood at and left counts as done until a scan says so, or an hour is over
        as_stop(stop) if stop.left_at is None or stop.done_at else _left(stop, now)
        for stop in route.stops
        if stop.status in (STILL_TO_COME if stop.done_at is None else WAS_VISITED)
    )
    pauses = taken_breaks(map(as_break, route.breaks), stops)
    left = [door.left_at for stop in stops if (door := seen.get(stop.shipment_id)) and door.left_at]
    departed_at = max(min(left), route.departs_at) if left and route.departs_at <= now else None
    return Round(with_rough_places(stops), pauses, route.departs_at, departed_at)


def _left(stop: Stop, now: datetime) -> RoundStop:
    return replace(as_stop(stop), done_at=probably_left(stop.left_at, now))


def as_stop(stop: Stop) -> RoundStop:
    """A stop of a route as the estimate sees it."""
    return RoundStop(
        shipment_id=stop.shipment_id,
        seq=stop.seq,
        point=Point(stop.lat, stop.lng) if stop.lat is not None and stop.lng is not None else None,
        service_seconds=stop.service_seconds,
        planned_at=stop.planned_at,
        done_at=stop.done_at,
        known_at=stop.known_at,
        not_before=stop.not_before,
        not_after=stop.not_after,
        eta_at=stop.eta_at,
        eta_sent_at=stop.eta_sent_at,
    )


def as_break(stored: Mapping[str, Any]) -> Break:
    """A pause of a route as the estimate sees it."""
    began = stored.get("started_at")
    return Break(
        int(stored["after_seq"]),
        float(stored["minutes"]),
        datetime.fromisoformat(began) if began else None,
    )


def yardstick(voice: Voice, route: Route, planned: Round, levels: Iterable[int]) -> Yardstick:
    """By what the estimates of this round are measured, for windows of these levels."""
    kind = kind_of(planned)
    tables = {
        level: voice.learned(route.owner, route.depot, kind.name, level) or _shipped(kind.name, level)
        for level in levels
    }
    return Yardstick(on_roads(kind, voice.travel), tables)


@cache
def _shipped(kind: str, level: int) -> Table:
    return default_table(kind, level)


def _told(stored: Sequence[Any] | None) -> Told:
    if stored is None:
        return Told()
    start, end, delays, heads_up = stored
    start, end = (datetime.fromisoformat(at) if at else None for at in (start, end))
    return Told(start, end, delays, heads_up)


def _with_told(memory: dict[str, Any], told: Mapping[int, Told]) -> dict[str, Any]:
    new = {
        str(shipment_id): [
            one.start and one.start.isoformat(),
            one.end and one.end.isoformat(),
            one.delays,
            one.heads_up,
        ]
        for shipment_id, one in told.items()
    }
    return {**memory, "told": {**memory.get("told", {}), **new}}


def _tell(
    session: Session, voice: Voice, told: Sequence[tuple[Route, Tell]], windows: Windows, now: datetime
) -> None:
    whom = shipments.by_ids(session, (tell.shipment_id for _, tell in told)) if told else {}
    news = [
        News(
            replace(whom[tell.shipment_id], live=windows.get(tell.shipment_id, whom[tell.shipment_id].live)),
            Notice(tell.milestone.value),
            occurrence=f"route:{route.id}:{tell.occurrence}",
            because=tell.because,
            happened_at=now,
        )
        for route, tell in told
    ]
    announce.tell(session, voice, news, now)
