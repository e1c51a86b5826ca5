"""Events by the API in batches of 100, beside bare SQLAlchemy Core inserts of the very rows they made.

Both on the same database, one caller, one commit a batch: first the API takes the batches, then the rows it
made (events; with news also messages) are deleted and inserted again by Core. SQLite and PostgreSQL, durable.
"""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from typing import Any

from sqlalchemy import Engine, Integer, MetaData, Table, delete, func, insert, select

from benchmarks import cores, databases, seeds
from benchmarks.figures import Figures
from benchmarks.portal_app import settings
from benchmarks.server import granian

BATCH = 100
BATCHES = 20
ROUNDS = 5
DOORS = 20_000
AT_HUB = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """What is sent, and the goal."""

    name: str
    happening: str
    goal: float


KINDS = (Kind("scan", "arrived_at_hub", 0.15), Kind("news", "out_for_delivery", 0.05))


def run(figures: Figures) -> None:
    """Goals: 0.15 of bare inserts for scans that tell nobody, 0.05 when each event plans its messages."""
    for engine in ("sqlite", "postgresql"):
        with databases.fresh(engine, partial(seeds.seed, count=DOORS, steps=AT_HUB)) as url:
            measure(figures, engine, url)


def measure(figures: Figures, engine: str, url: str) -> None:
    house = databases.house(url)
    with granian("benchmarks.portal_app:make", settings(url)) as port:
        for kind in KINDS:
            rounds = [one_round(house.engine, port, kind, number) for number in range(ROUNDS)]
            figures.add(
                f"events_{kind.name}_{engine}",
                statistics.median(ours / bare for ours, bare, _ in rounds),
                "of bare inserts",
                f">= {kind.goal}",
                events_per_second=statistics.median(ours for ours, _, _ in rounds),
                bare_events_per_second=statistics.median(bare for _, bare, _ in rounds),
                rows_per_event=rounds[0][2],
                batch=BATCH,
                events=ROUNDS * BATCHES * BATCH,
            )
    house.engine.dispose()


def one_round(engine: Engine, port: int, kind: Kind, number: int) -> tuple[float, float, float]:
    """Events a second by the API and by bare inserts, and rows made by one event."""
    before = last_ids(engine)
    with cores.on(cores.LOAD):
        ours = by_api(port, bodies(kind, number))
    made = rows_since(engine, before)
    forget(engine, made)
    with cores.on(cores.SERVER):
        bare = by_core(engine, made)
    return ours, bare, sum(len(rows) for rows in made.values()) / (BATCH * BATCHES)


def bodies(kind: Kind, number: int) -> list[bytes]:
    """The batches of one round; every event concerns another shipment."""
    first = number * BATCH * BATCHES
    return [
        json.dumps({"events": [event(kind, index) for index in range(start, start + BATCH)]}).encode()
        for start in range(first, first + BATCH * BATCHES, BATCH)
    ]


def event(kind: Kind, index: int) -> dict[str, str]:
    return {
        "event_id": f"{kind.name}-{index}",
        "shipper": ("linden", "northwind")[index % 2],
        "shipment": f"S{index:07}",
        "happening": kind.happening,
        "happened_at": seeds.NOW.isoformat(),
    }


def by_api(port: int, batches: list[bytes]) -> float:
    """Send them one after the other; every event must be taken."""
    caller = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {seeds.KEY}", "Content-Type": "application/json"}
    answers = []
    began = time.perf_counter()
    for body in batches:
        caller.request("POST", "/api/v1/events", body, headers)
        answers.append(caller.getresponse().read())
    took = time.perf_counter() - began
    caller.close()
    for answer in answers:
        outcomes = {result["outcome"] for result in json.loads(answer).get("results", [])}
        if outcomes != {"taken"}:
            raise RuntimeError(f"not every event was taken: {answer[:300].decode()}")
    return BATCH * len(batches) / took


def tables(engine: Engine) -> list[Table]:
    """The tables there are, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(engine)
    return [table for table in metadata.sorted_tables if is_numbered(table)]


def is_numbered(table: Table) -> bool:
    """Whether the rows' key is a number that counts up."""
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and isinstance(keys[0].type, Integer) and not keys[0].foreign_keys


def last_ids(engine: Engine) -> dict[str, int]:
    """The highest id of each table that counts its rows."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(
                select(func.coalesce(func.max(table.primary_key.columns[0]), 0))
            ).scalar_one()
            for table in tables(engine)
        }


def rows_since(engine: Engine, before: dict[str, int]) -> dict[Table, list[dict[str, Any]]]:
    """The rows made since, with their numbers."""
    made = {}
    with engine.connect() as connection:
        for table in tables(engine):
            column = table.primary_key.columns[0]
            new = connection.execute(select(table).where(column > before[table.name]).order_by(column))
            if rows := [dict(row) for row in new.mappings()]:
                made[table] = rows
    return made


def forget(engine: Engine, made: dict[Table, list[dict[str, Any]]]) -> None:
    """Delete them, so that they can be inserted anew."""
    with writing(engine) as connection:
        for table, rows in reversed(made.items()):
            column = table.primary_key.columns[0]
            connection.execute(delete(table).where(column >= rows[0][column.name]))


def by_core(engine: Engine, made: dict[Table, list[dict[str, Any]]]) -> float:
    """Insert the same rows, a batch a commit."""
    plan = [
        [
            (insert(table), rows[len(rows) * at // BATCHES : len(rows) * (at + 1) // BATCHES])
            for table, rows in made.items()
        ]
        for at in range(BATCHES)
    ]
    began = time.perf_counter()
    for batch in plan:
        with writing(engine) as connection:
            for statement, rows in batch:
                connection.execute(statement, rows)
    return BATCH * BATCHES / (time.perf_counter() - began)


@contextmanager
def writing(engine: Engine) -> Iterator[Any]:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection
