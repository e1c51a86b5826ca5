"""50 writers fill dispatch's feed while readers pull it over HTTP with a cursor, and the house is killed meanwhile."""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.figures import Figures
from portal.clock import wall_clock
from portal.db import Database
from portal.store import changes
from tests.faults.callers import Caller
from tests.faults.ground import PATIENCE_SECONDS, Ground, ground, until
from tests.faults.house import House

TYPE = "shipment.contact_changed"
SHIPMENTS = 100
# a transaction brings so many at most, and is open for so long while others commit
MOST_TOGETHER, OPEN_SECONDS = 5, 0.02
PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Plan:
    """`entries` by `writers`, pulled by `readers`; the house is killed `kills` times."""

    engine: str
    entries: int
    writers: int
    readers: int
    kills: int
    seed: int
    place: str = "/tmp"


PLANS = (
    Plan("postgresql", entries=100_000, writers=50, readers=5, kills=5, seed=43),
    Plan("sqlite", entries=10_000, writers=10, readers=3, kills=3, seed=44),
)


@dataclass
class Reader:
    """Pulls until it has everything; it keeps its cursor only once it has read an answer to its end."""

    caller: Caller
    seen: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    cursor: int = 0
    calls: int = 0
    again: int = 0

    def pull(self) -> int:
        """One look; how many came."""
        self.calls += 1
        try:
            found = self.caller.call("GET", f"/changes?after={self.cursor}&limit={PAGE}")
        except (OSError, http.client.HTTPException, RuntimeError):
            self.again += 1
            time.sleep(0.1)
            return 0
        self.seen += [one["seq"] for one in found["changes"]]
        self.numbers += [one["data"]["n"] for one in found["changes"]]
        self.cursor = found["next"]
        return len(found["changes"])


@dataclass(frozen=True, slots=True)
class Counted:
    """Over all readers. `missed`: entries a reader never got; `repeated`: those it got twice; `astray`: those that
    came after a later one; `altered`: entries whose content is not what was written."""

    entries: int
    missed: int
    repeated: int
    astray: int
    altered: int
    calls: int
    again: int
    kills: int
    seconds: float


def run(figures: Figures) -> None:
    """Goals: nothing missed, nothing repeated, everything in order."""
    for plan in PLANS:
        found = play(plan)
        told = {"entries": found.entries, "writers": plan.writers, "readers": plan.readers}
        told |= {"calls": found.calls, "calls_again": found.again, "kills": found.kills}
        name = f"pull_{plan.engine}"
        figures.add(f"{name}_missed", found.missed, "entries", "== 0", **told, seconds=found.seconds)
        figures.add(f"{name}_repeated", found.repeated, "entries", "== 0")
        figures.add(f"{name}_out_of_order", found.astray, "entries", "== 0")
        figures.add(f"{name}_altered", found.altered, "entries", "== 0")


def play(plan: Plan) -> Counted:
    """Writers commit in another order than they began, as transactions do."""
    began = wall_clock()
    with ground("pull", plan.engine, plan.place) as where, where.house(_parts(where)) as house:
        shipments = _shipments(where)
        database = where.database(plan.writers)
        readers = [Reader(Caller(where.url, where.key)) for _ in range(plan.readers)]
        ended = threading.Event()
        reading = [threading.Thread(target=_read, args=(one, plan.entries, ended)) for one in readers]
        shares = list(_shares(plan))
        writing = [
            threading.Thread(target=_write, args=(database, where.shipper_id, shipments, share, n, plan.seed))
            for n, share in enumerate(shares)
        ]
        for thread in (*reading, *writing):
            thread.start()
        _strike(plan, house, where.tables(2), writing)
        for thread in writing:
            thread.join()
        _wait_for(reading, ended)
        return _judge(plan, readers, house.kills, (wall_clock() - began).total_seconds())


def _parts(where: Ground) -> dict[str, list[str]]:
    port = where.url.rpartition(":")[2]
    if where.engine == "sqlite":
        return {"serve": ["serve", "--port", port]}
    return where.web() | {"clock1": ["clock"], "clock2": ["clock"]}


def _shipments(where: Ground) -> list[int]:
    door = {"lines": ["1 Mill Lane"], "locality": "Harbourton", "postcode": "12345", "country": "DE"}
    told: list[dict[str, Any]] = [
        {
            "reference": f"P-{number}", "parcels": [{"code": f"B-{number}"}], "recipient": {"name": "Ann Archer"},
            "address": door | {"timezone": "UTC"},
        }
        for number in range(SHIPMENTS)
    ]  # fmt: skip
    Caller(where.url, where.key).tell("shipments", told)
    with where.tables(1).connect() as connection:
        return list(connection.execute(text("SELECT id FROM shipments ORDER BY id")).scalars())


def _shares(plan: Plan) -> Iterator[range]:
    """Which entries each writer brings."""
    each = -(-plan.entries // plan.writers)
    for first in range(0, plan.entries, each):
        yield range(first, min(first + each, plan.entries))


def _write(
    database: Database, shipper_id: int, shipments: list[int], share: range, number: int, seed: int
) -> None:
    dice, at = random.Random(f"{seed}:{number}"), wall_clock()
    left = list(share)
    while left:
        some = [left.pop(0) for _ in range(min(dice.randint(1, MOST_TOGETHER), len(left)))]
        with database.transaction() as session:
            for n in some:
                changes.tell_dispatch(session, shipper_id, shipments[n % SHIPMENTS], TYPE, at, {"n": n})
            session.flush()
            if not database.is_sqlite:
                # others that began later commit first
                time.sleep(dice.uniform(0, OPEN_SECONDS))


def _read(reader: Reader, entries: int, ended: threading.Event) -> None:
    while len(set(reader.seen)) < entries and not ended.is_set():
        if not reader.pull():
            time.sleep(0.02)


def _wait_for(reading: list[threading.Thread], ended: threading.Event) -> None:
    """Readers end by themselves once they have everything; who misses something is stopped, and counted."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    for thread in reading:
        thread.join(max(0.0, give_up_at - time.monotonic()))
    ended.set()
    for thread in reading:
        thread.join()


def _strike(plan: Plan, house: House, tables: Engine, writing: list[threading.Thread]) -> None:
    """Kills spread over what has been written."""
    dice = random.Random(plan.seed)
    asked = text("SELECT count(*) FROM change_feed")
    for number in range(plan.kills):
        share = plan.entries * (number + 0.5) / plan.kills

        def due(share: float = share) -> bool:
            with tables.connect() as connection:
                written = connection.execute(asked).scalar_one()
            return written >= share or not any(thread.is_alive() for thread in writing)

        until(due, "the writers stand still")
        house.kill(dice.choice(list(house.parts)), dice)


def _judge(plan: Plan, readers: list[Reader], kills: int, seconds: float) -> Counted:
    missed = repeated = astray = altered = 0
    for reader in readers:
        times = Counter(reader.numbers)
        missed += sum(n not in times for n in range(plan.entries))
        repeated += sum(count - 1 for count in times.values())
        astray += sum(later <= earlier for earlier, later in zip(reader.seen, reader.seen[1:], strict=False))
        altered += sum(n not in range(plan.entries) for n in times)
    # every reader was told the same
    altered += sum(reader.numbers != readers[0].numbers for reader in readers)
    return Counted(
        plan.entries,
        missed,
        repeated,
        astray,
        altered,
        sum(one.calls for one in readers),
        sum(one.again for one in readers),
        kills,
        seconds,
    )
