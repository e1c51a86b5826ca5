"""Whole houses for the benchmarks of the voice: a seeded database, a provider's double and the portal's processes."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks import cores, databases, seeds
from benchmarks.parts import cpu_seconds, environment, postgres_of, running
from benchmarks.provider import Provider
from benchmarks.server import free_port
from tests.servers.valkey import Valkey

AT_DEPOT = 5
EMBEDDED, SCALED_OUT = "embedded", "scaled_out"
PARTS = {
    EMBEDDED: {"serve": "serve --port {port}"},
    SCALED_OUT: {
        "web": "web --port {port}",
        "worker": "worker",
        "clock": "clock",
    },
}


@dataclass(frozen=True, slots=True)
class House:
    """Where it answers, what it sends by, its processes by name, its database, and when its clock began to run."""

    port: int
    provider: Provider
    pids: dict[str, int]
    engine: Engine
    began_at: datetime

    def now(self) -> datetime:
        """The time at its doors."""
        return seeds.NOW + (datetime.now(UTC) - self.began_at)


@contextmanager
def opened(
    kind: str,
    doors: int,
    answers_in_ms: float,
    where: Iterable[int] = cores.ALL,
    put: Callable[[Session], None] | None = None,
    engine: str = "",
) -> Iterator[House]:
    """A house with so many shipments at their depots, or what `put` lays into its database.

    Embedded on SQLite unless `engine` says otherwise, or scaled out on PostgreSQL and Valkey.
    """
    with ExitStack() as ending:
        ending.enter_context(cores.on(set(where)))
        engine = engine or ("sqlite" if kind == EMBEDDED else "postgresql")
        put = put or partial(seeds.seed, count=doors, steps=AT_DEPOT)
        url = ending.enter_context(databases.fresh(engine, put))
        broker = "" if kind == EMBEDDED else ending.enter_context(broker_of_our_own()).url
        provider = ending.enter_context(Provider(answers_in_ms))
        port = free_port()
        parts = {name: words.format(port=port) for name, words in PARTS[kind].items()}
        settings = environment(url, provider, port, broker)
        pids = ending.enter_context(running(settings, parts, where))
        database = databases.house(url)
        ending.callback(database.engine.dispose)
        began_at = datetime.fromisoformat(settings["CLOCK_REAL_START"])
        yield House(port, provider, pids, database.engine, began_at)


@contextmanager
def broker_of_our_own() -> Iterator[Valkey]:
    """A Valkey that keeps nothing."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as home, Valkey(Path(home)) as valkey:
        yield valkey


def used(house: House) -> dict[str, float]:
    """CPU seconds so far of the portal's processes, the provider and the database server."""
    pids = house.pids | {"provider": house.provider.pid}
    if house.engine.dialect.name == "postgresql":
        pids["postgres"] = postgres_of(house.engine)
    return {name: cpu_seconds(pid) for name, pid in pids.items()}
