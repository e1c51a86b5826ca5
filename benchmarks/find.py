"""Search by each kind of clue among millions of shipments, beside a tenth of them and a bare primary-key select.

FIND_POSTGRESQL and FIND_SQLITE say how many shipments, 5,000,000 and 1,000,000 when they do not. Each clue is asked
of the tenth and of the whole in turn, so that whatever else the machine does meets both.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select

from benchmarks import big, big_databases
from benchmarks.figures import Figures
from portal.db import Database
from portal.domain.roles import Role
from portal.flows.search import search
from portal.store import shippers
from portal.store.agents import Agent
from portal.store.shipment_rows import ShipmentRow

POSTGRESQL = int(os.environ.get("FIND_POSTGRESQL", "5000000"))
SQLITE = int(os.environ.get("FIND_SQLITE", "1000000"))
CLUES, WARM = 200, 20
LIMIT_MS, GROWTH = 60.0, 1.3


def run(figures: Figures) -> None:
    """Goals: 95 of 100 in 60 ms, whatever the kind; ten times the data costs at most 1.3 times the time."""
    for engine, count, opened in (
        ("postgresql", POSTGRESQL, big_databases.postgresql),
        ("sqlite", SQLITE, big_databases.sqlite),
    ):
        with opened(count // 10, count) as (tenth, whole):
            _measure(figures, engine, count, tenth, whole)


def _measure(figures: Figures, engine: str, count: int, tenth: Database, whole: Database) -> None:
    small, large = House(tenth, count // 10), House(whole, count)
    bare = [large.by_key(random.Random(7).randrange(1, count)) for _ in range(CLUES + WARM)][WARM:]
    bare_ms = statistics.median(bare)
    figures.add(f"find_{engine}_primary_key", bare_ms, "ms", "", p95=_p95(bare), shipments=count)
    for kind, clue_of in KINDS.items():
        times: tuple[list[float], list[float]] = ([], [])
        hits: tuple[list[int], list[int]] = ([], [])
        pairs = zip(small.people(kind), large.people(kind), strict=False)
        for turn, people in enumerate(pairs):
            for house, one, taken, found in zip((small, large), people, times, hits, strict=True):
                ms, many = house.find(clue_of(one), _scope(kind))
                if turn >= WARM:
                    taken.append(ms)
                    found.append(many)
        median = statistics.median(times[1])
        figures.add(
            f"find_{engine}_{kind}",
            _p95(times[1]),
            "ms p95",
            f"<= {LIMIT_MS:g}",
            p50=median,
            tenth_p50=statistics.median(times[0]),
            tenth_p95=_p95(times[0]),
            times_primary_key=median / bare_ms,
            found=statistics.mean(hits[1]),
            tenth_found=statistics.mean(hits[0]),
            missed=hits[1].count(0),
        )
        figures.add(
            f"find_{engine}_{kind}_growth", median / statistics.median(times[0]), "x", f"<= {GROWTH:g}"
        )


class House:
    """One database with an agent at work."""

    def __init__(self, database: Database, count: int) -> None:
        self.database, self.count = database, count
        with database.reading() as session:
            self.shippers = shippers.everyone(session)

    def people(self, kind: str) -> Iterator[big.Person]:
        """The same for every kind that stands on the same step of ids."""
        dice = random.Random(11)
        step = big.LOCKERS_EVERY if kind == "locker_code" else big.MESSAGES_EVERY
        ids = sorted({dice.randrange(step, self.count + 1, step) for _ in range(40 * (CLUES + WARM))})
        dice.shuffle(ids)
        with self.database.reading() as session:
            row = ShipmentRow
            known = select(
                row.id,
                row.recipient_name,
                row.lines,
                row.locality,
                row.postcode,
                row.phone,
                row.email,
                row.shipper_id,
            )
            rows = {one.id: one for one in session.execute(known.where(row.id.in_(ids)))}
        for shipment_id in islice((one for one in ids if _asked(kind, rows[one])), CLUES + WARM):
            _, name, lines, town, postcode, phone, email, shipper = rows[shipment_id]
            yield big.Person(shipment_id, name, lines[0], town, postcode, phone, email, shipper)

    def find(self, typed: str, scope: int | None) -> tuple[float, int]:
        """How long a search takes, in milliseconds, and how many it finds."""
        agent = Agent(1, scope, "ann@example.com", "Ann", Role.AGENT)
        began = time.perf_counter()
        with self.database.reading() as session:
            answer = search(session, agent, self.shippers, typed, big.SECRET)
        return (time.perf_counter() - began) * 1_000, len(answer.hits)

    def by_key(self, shipment_id: int) -> float:
        """How long a bare select takes, in milliseconds."""
        began = time.perf_counter()
        with self.database.reading() as session:
            session.execute(
                select(ShipmentRow.id, ShipmentRow.status).where(ShipmentRow.id == shipment_id)
            ).one()
        return (time.perf_counter() - began) * 1_000


def _scope(kind: str) -> int | None:
    """The smallest shipper's agents look through everybody's keys for theirs."""
    return big.SHIPPERS if kind.endswith("of_a_small_shipper") else None


def _asked(kind: str, row: Any) -> bool:
    return _scope(kind) in (None, row.shipper_id)


def _surname(one: big.Person) -> str:
    return one.name.split()[1]


def _misspelled(one: big.Person) -> str:
    """Two letters in the middle of the last name are swapped."""
    first, last = one.name.split()
    at = len(last) // 2
    return f"{first} {last[: at - 1]}{last[at]}{last[at - 1]}{last[at + 1 :]}"


KINDS: dict[str, Callable[[big.Person], str]] = {
    "reference": lambda one: one.reference,
    "reference_beginning": lambda one: one.reference[:6],
    "parcel_code": lambda one: one.parcel,
    "phone": lambda one: f"0{one.phone[3:7]} {one.phone[7:]}",
    "phone_last_4": lambda one: one.phone[-4:],
    "phone_last_6": lambda one: one.phone[-6:],
    "email": lambda one: one.email,
    "name": lambda one: one.name,
    "surname": _surname,
    "beginning_of_a_surname": lambda one: _surname(one)[:4],
    "name_and_street": lambda one: f"{_surname(one)} {one.line.rpartition(' ')[0]}",
    "street_and_number": lambda one: one.line,
    "street_number_and_town": lambda one: f"{one.line}, {one.town}",
    "postcode": lambda one: one.postcode,
    "locker_code": lambda one: one.locker_code,
    "message_id": lambda one: one.message_id,
    "carriers_message_id": lambda one: one.carrier_id,
    "misspelled_name": _misspelled,
    "nothing": lambda one: f"{_surname(one)} {one.line.rpartition(' ')[0]} zzqx",
    "name_of_a_small_shipper": lambda one: one.name,
}


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
