"""2,000 people want boxes of 50 lockers at once, cancel, let run out: three minutes (ten hours) a database."""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from sqlalchemy import text

from benchmarks.figures import Figures
from portal.db import Database
from portal.domain.change import Change, IfUnanswered, Kind, Life
from portal.domain.lockers import Locker
from portal.store import changes, compartments, locker_bookings, lockers
from tests.dispatch import Dispatch, locker, shipment
from tests.faults.ground import ENGINES, MORNING, ground

SECONDS, PEOPLE, STATIONS, BOXES, SEED = 180, 2_000, 50, 20, 43
AT_ONCE, AUDITS_A_SECOND = 24, 10
# Five minutes of a hold pass in a second and a half, so that many run out while somebody wants their box.
HURRY = 200
HOLD = timedelta(minutes=5)
AUDIT = """SELECT count(*) FROM compartments WHERE taken < 0 OR taken > count OR taken <>
 (SELECT count(*) FROM locker_bookings b WHERE b.compartment_id = compartments.id AND b.released_at IS NULL) +
 (SELECT count(*) FROM compartment_holds h WHERE h.compartment_id = compartments.id)"""


@dataclass(frozen=True, slots=True)
class Counted:
    """`done` are actions by name; `wrong`: compartments seen with more or fewer taken than stand for it, or than
    there are, in so many `audits`; `leaked`: boxes that still count as taken once everybody has gone."""

    done: dict[str, int]
    audits: int
    wrong: int
    leaked: int
    seconds: float


class Full(Exception):
    """No box was free; the change that wanted it is not kept."""


@dataclass
class Town:
    """The lockers, who is idle, who holds and who has booked what; its clock runs fast."""

    database: Database
    stations: list[Locker]
    idle: list[int]
    shipper_id: int
    began: float = field(default_factory=time.monotonic)
    holding: list[int] = field(default_factory=list)
    booked: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def now(self) -> datetime:
        """The town's time."""
        return MORNING + timedelta(seconds=(time.monotonic() - self.began) * HURRY)


def run(figures: Figures) -> None:
    """Goals: no audit finds a box too many, nothing leaks."""
    for engine in ENGINES:
        found = play(engine, SECONDS, PEOPLE, STATIONS, BOXES, SEED)
        told = {**found.done, "audits": found.audits, "seconds": found.seconds}
        figures.add(f"lockers_{engine}_wrong", found.wrong, "compartments", "== 0", **told)
        figures.add(f"lockers_{engine}_leaked", found.leaked, "boxes", "== 0")


def play(
    engine: str, seconds: float, people: int, stations: int, boxes: int, seed: int, place: str = "/tmp"
) -> Counted:
    """Threads act for everybody, one ticks what ran out, one audits all the while."""
    with ground("lockers", engine, place) as where:
        dispatch = Dispatch(where.app().test_client(), where.key)
        for start in range(0, people, 500):
            dispatch.ships(*(shipment(f"P-{number}") for number in range(start, min(start + 500, people))))
        dispatch.offers(lockers=[locker(f"S-{number:02}", count=boxes) for number in range(stations)])
        town = _town(where.database(AT_ONCE + 4), where.shipper_id)
        over, audits = Event(), Counter[str]()
        helpers = [
            Thread(target=_often, args=(over, 1 / AUDITS_A_SECOND, lambda: _audit(town.database, audits))),
            Thread(target=_often, args=(over, 0.05, lambda: _tick(town))),
        ]
        for helper in helpers:
            helper.start()
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                chances = [random.Random(seed * 1_000 + number) for number in range(AT_ONCE)]
                list(pool.map(lambda chance: _act(town, chance, town.began + seconds), chances))
        finally:
            over.set()
            for helper in helpers:
                helper.join()
        _everybody_goes(town)
        _audit(town.database, audits)
        took = time.monotonic() - town.began
        return Counted(dict(town.done), audits["audits"], audits["wrong"], _taken(town.database), took)


def _town(database: Database, shipper_id: int) -> Town:
    with database.reading() as session:
        people = list(session.execute(text("SELECT id FROM shipments ORDER BY id")).scalars())
        known = lockers.near(session, shipper_id, None, None, 1_000)
    return Town(database, known, people, shipper_id)


def _often(over: Event, pause: float, work: Callable[[], None]) -> None:
    while not over.wait(pause):
        work()


def _act(town: Town, chance: random.Random, until: float) -> None:
    while time.monotonic() < until:
        _one(town, chance)


def _one(town: Town, chance: random.Random) -> None:
    """One person does one thing; nobody else acts for them meanwhile."""
    with town.lock:
        chosen = chance.choice((town.idle, town.idle, town.holding, town.booked))
        who = chosen.pop(chance.randrange(len(chosen))) if chosen else None
    if isinstance(who, str):
        _release(town, who)
    elif who is not None:
        station = chance.choice(town.stations)
        _hold(town, who, station) if chance.random() < 0.5 else _book(town, who, station)


def _hold(town: Town, who: int, station: Locker) -> None:
    def work() -> bool:
        with town.database.transaction() as session:
            now = town.now()
            return bool(compartments.hold(session, station.compartments, who, now, now + HOLD))

    held = town.database.played(work)
    with town.lock:
        town.done["held" if held else "full"] += 1
        (town.holding if held else town.idle).append(who)


def _book(town: Town, who: int, station: Locker) -> None:
    change = _change(who)

    def work() -> None:
        with town.database.transaction() as session:
            changes.add(session, town.shipper_id, change)
            if compartments.take(session, station.compartments, change.id, who, town.now()) is None:
                raise Full

    try:
        town.database.played(work)
        booked = True
    except Full:
        booked = False
    with town.lock:
        town.done["booked" if booked else "full"] += 1
        town.idle.append(who)
        if booked:
            town.booked.append(change.id)


def _release(town: Town, change_id: str) -> None:
    def work() -> None:
        with town.database.transaction() as session:
            # twice, as a message that comes twice would
            locker_bookings.release(session, change_id, town.now())
            locker_bookings.release(session, change_id, town.now())

    town.database.played(work)
    with town.lock:
        town.done["released"] += 1


def _tick(town: Town) -> None:
    now = town.now()
    with town.database.reading() as session:
        left = compartments.with_expired_holds(session, now)
    for compartment_id in left:

        def free(which: int = compartment_id) -> int:
            with town.database.transaction() as session:
                return compartments.free_expired(session, which, now)

        ran_out = town.database.played(free)
        with town.lock:
            town.done["ran_out"] += ran_out


def _audit(database: Database, found: Counter[str]) -> None:
    with database.reading() as session:
        found["wrong"] += session.execute(text(AUDIT)).scalar_one()
    found["audits"] += 1


def _everybody_goes(town: Town) -> None:
    for change_id in town.booked:
        _release(town, change_id)
    town.began -= timedelta(hours=1).total_seconds()
    _tick(town)


def _taken(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text("SELECT sum(taken) FROM compartments")).scalar_one())


def _change(shipment_id: int) -> Change:
    return Change(
        id=str(uuid.uuid4()),
        shipment_id=shipment_id,
        kind=Kind.LOCKER,
        life=Life.ASKED,
        to={},
        came_from={},
        asked_at=MORNING,
        expires_at=MORNING,
        if_unanswered=IfUnanswered.REFUSE,
        asked_by="recipient",
        method="otp",
    )
