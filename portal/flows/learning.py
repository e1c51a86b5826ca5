"""Once a night: what the rounds of the last thirty days teach about how far estimates stray, depot by depot."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from portal.domain.calibration import Pair, learn, pairs_of
from portal.domain.lessons import LeftOut, left_out
from portal.domain.places import with_rough_places
from portal.domain.round import Round
from portal.domain.sources import taken_breaks
from portal.domain.spreads import default_table
from portal.domain.town import kind_of
from portal.domain.travel import PROFILES, on_roads
from portal.flows.announce import Voice
from portal.flows.live import as_break, as_stop
from portal.store import rounds, spreads
from portal.store.rounds import Depot, Driven
from portal.store.spreads import Lesson

log = structlog.get_logger()

LEARNS_FROM = timedelta(days=30)
# The vans of the day are back, whatever was planned.
IS_OVER_AFTER = timedelta(hours=4)
# More stops than these change a quantile no more; the newest rounds say best how it is now.
ENOUGH_STOPS = 3_000
LEVELS = (80, 90)
ONCE_IN = timedelta(hours=20)
QUIET_HOURS = range(1, 5)


Outcome = tuple[list[Lesson], list[Depot]]


class House(Protocol):
    """What learning needs of the kit."""

    voice: Voice

    def now(self) -> datetime: ...
    def reading(self) -> AbstractContextManager[Session]: ...
    def transaction(self) -> AbstractContextManager[Session]: ...


@dataclass(slots=True)
class Taught:
    """What the rounds of one kind gave: pairs of estimate and truth by round, and how many deliveries they hold."""

    pairs: list[list[Pair]] = field(default_factory=list)
    deliveries: int = 0


def tonight(house: House) -> Outcome:
    """Learn where it was not done tonight; nothing by day. Safe to run twice and in two processes."""
    now = house.now()
    with house.reading() as session:
        if now.astimezone(_zone(house.voice, session)).hour not in QUIET_HOURS:
            return [], []
        last = spreads.learned_at(session)
        found = rounds.depots(session, now - LEARNS_FROM, now - IS_OVER_AFTER)
    return _learn(house, [depot for depot in found if depot not in last or now - last[depot] >= ONCE_IN])


def everywhere(house: House) -> Outcome:
    """Learn from every depot's rounds now."""
    now = house.now()
    with house.reading() as session:
        found = rounds.depots(session, now - LEARNS_FROM, now - IS_OVER_AFTER)
    return _learn(house, found)


def _learn(house: House, depots: Iterable[Depot]) -> Outcome:
    """What was learned, and which depots could not be learned from; such a depot holds up no other."""
    lessons: list[Lesson] = []
    failed: list[Depot] = []
    for depot in depots:
        try:
            lessons += learn_depot(house, depot)
        except Exception as error:
            log.error("learning_failed", depot=depot[1], kind=type(error).__name__, exc_info=error)
            failed.append(depot)
    return lessons, failed


def learn_depot(house: House, depot: Depot) -> list[Lesson]:
    """Read a depot's rounds a few at a time, learn without holding the database, keep what was learned."""
    now = house.now()
    taught: defaultdict[str, Taught] = defaultdict(Taught)
    without: Counter[str] = Counter()
    for one in _driven(house, depot, now):
        try:
            _teach(house.voice, one, taught, without)
        except Exception as error:
            # a round that breaks the rules of arithmetic is one round less, not a night without learning
            log.warning("round_left_out", route=one.route.id, kind=type(error).__name__)
            without[LeftOut.BROKEN.value] += 1
    lessons = [
        Lesson(
            owner=depot[0],
            depot=depot[1],
            kind=kind,
            table=learn(taught[kind].pairs, default_table(kind, level)),
            rounds=len(taught[kind].pairs),
            deliveries=taught[kind].deliveries,
            left_out=without,
        )
        for kind in PROFILES
        for level in LEVELS
    ]
    with house.transaction() as session:
        spreads.put(session, lessons, now)
        spreads.forget_old(session, now - LEARNS_FROM)
    return lessons


def _driven(house: House, depot: Depot, now: datetime) -> Iterator[Driven]:
    with house.reading() as session:
        ids = rounds.newest(session, depot, now - LEARNS_FROM, now - IS_OVER_AFTER, ENOUGH_STOPS)
    for start in range(0, len(ids), rounds.AT_ONCE):
        with house.reading() as session:
            some = rounds.driven(session, ids[start : start + rounds.AT_ONCE])
        yield from some


def _teach(voice: Voice, one: Driven, taught: defaultdict[str, Taught], without: Counter[str]) -> None:
    finished = _finished(one)
    if because := left_out(finished):
        without[because.value] += 1
        return
    kind = kind_of(finished)
    if voice.travel:
        voice.travel.find(finished.way())
    pairs = list(pairs_of(finished, on_roads(kind, voice.travel)))
    taught[kind.name].pairs.append(pairs)
    taught[kind.name].deliveries += len(finished.stops)


def _finished(one: Driven) -> Round:
    stops, route = with_rough_places(tuple(map(as_stop, one.stops()))), one.route
    return Round(stops, taken_breaks(map(as_break, route.breaks), stops), route.departs_at)


def _zone(voice: Voice, session: Session) -> tzinfo:
    """Where it is night: the zone that most shippers are in."""
    zones = Counter(one.timezone for one in voice.shippers(session).values())
    return ZoneInfo(zones.most_common(1)[0][0] if zones else "UTC")
