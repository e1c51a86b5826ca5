"""Where a counted run is played: a database of its own on either engine, a shipper with a key, the processes."""

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, create_engine

from portal.app import create_app
from portal.db import Database, db, engine_options, teach_manners
from portal.flows import operate
from tests.faults.guard import Guard
from tests.faults.house import House, opened, settings_of, short_folder, wait_until_it_answers
from tests.faults.servers import Broker, Durable
from tests.servers.databases import migrate
from tests.servers.valkey import free_port

MORNING = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
ENGINES = ("sqlite", "postgresql")
SLUG = "acme"
PATIENCE_SECONDS = 300.0


@dataclass
class Ground:
    """`url` is where the house answers, `key` the shipper's; `settings` the environment of its processes."""

    name: str
    engine: str
    folder: Path
    guard: Guard
    url: str
    settings: dict[str, str]
    key: str = ""
    shipper_id: int = 0
    stack: ExitStack = field(default_factory=ExitStack)

    def app(self) -> Flask:
        """The house in this process, on the same database; nothing ticks."""
        return create_app(settings_of(self.settings))

    def tables(self, connections: int = 10) -> Engine:
        """An engine of the run's own, with as many connections, that has the house's manners."""
        url = self.settings["DATABASE_URL"]
        pool = {} if url.startswith("sqlite") else {"pool_size": connections, "max_overflow": 0}
        engine = create_engine(url, **(engine_options(url) | pool))
        teach_manners(engine)
        self.stack.callback(engine.dispose)
        return engine

    def database(self, connections: int = 10) -> Database:
        """Transactions as the house makes them."""
        return Database(self.tables(connections))

    @contextmanager
    def house(self, parts: Mapping[str, list[str]]) -> Iterator[House]:
        """The house with these parts, once it answers."""
        with opened(House(self.folder, self.settings, parts, self.guard)) as house:
            wait_until_it_answers(self.url)
            yield house

    def web(self, threads: int = 8) -> dict[str, list[str]]:
        """Web without ticks that bring in anything: one process on SQLite, two on PostgreSQL."""
        port = self.url.rpartition(":")[2]
        self.settings["THREADS"] = str(threads)
        if self.engine == "sqlite":
            return {"serve": ["serve", "--port", port]}
        return {"web": ["web", "--port", port, "--workers", "2"]}


@contextmanager
def ground(name: str, engine: str, place: str = "/tmp", **settings: str) -> Iterator[Ground]:
    """A fresh one; all of it is gone at the end."""
    with ExitStack() as stack:
        guard = stack.enter_context(Guard())
        folder = stack.enter_context(short_folder(name, guard, place))
        url = f"http://127.0.0.1:{free_port()}"
        told = {
            "SECRET_KEY": secrets.token_urlsafe(40),
            "PUBLIC_URL": url,
            "INSTANCE_PATH": str(folder),
            "LOG_LEVEL": "WARNING",
            "WEBHOOK_ALLOW_PRIVATE": "true",
        }
        if engine == "sqlite":
            told["DATABASE_URL"] = f"sqlite:///{folder / 'doorstep.db'}"
        else:
            postgres = stack.enter_context(Durable(folder, guard))
            broker = stack.enter_context(Broker(folder, guard))
            told |= {"DATABASE_URL": postgres.place.url(), "REDIS_URL": broker.url}
        migrate(told["DATABASE_URL"])
        found = Ground(name, engine, folder, guard, url, told | settings, stack=stack)
        _open_shop(found)
        yield found


def _open_shop(where: Ground) -> None:
    app = where.app()
    kit = app.extensions["doorstep"]
    with app.app_context():
        operate.add_shipper(kit, SLUG, country="DE")
        where.key = operate.add_key(kit, SLUG, [], "faults", kit.now())[1]
        with kit.transaction() as session:
            where.shipper_id = next(iter(kit.voice.shippers(session)))
        db.session.remove()
        db.engine.dispose()


def until(good: object, why: str, patience_seconds: float = PATIENCE_SECONDS, pause: float = 0.1) -> None:
    """Wait until `good()`; raises with `why` when patience ends."""
    assert callable(good)
    give_up_at = time.monotonic() + patience_seconds
    while not good():
        if time.monotonic() > give_up_at:
            raise RuntimeError(f"{why} after {patience_seconds:.0f} s")
        time.sleep(pause)
