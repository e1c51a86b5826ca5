"""A PostgreSQL and a Valkey that can be killed like by a power cut and come back at the same address."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import Missing
from tests.servers.postgres import Postgres
from tests.servers.valkey import Valkey

TRIES = 40
PAUSE_SECONDS = 0.25


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A durable server: what was committed survives its death."""
    home = folder / "postgres"
    home.mkdir(0o700)
    with Postgres(home, durable=True) as server:
        yield server


def cut_power(server: Postgres) -> None:
    """SIGKILL, and up again; it refuses to start while a child of the dead one still holds its memory."""
    server.kill()
    for left in reversed(range(TRIES)):
        try:
            return server.start()
        except Missing:
            if not left:
                raise
            time.sleep(PAUSE_SECONDS)


@contextmanager
def valkey(folder: Path) -> Iterator[Valkey]:
    """A broker that keeps nothing."""
    home = folder / "valkey"
    home.mkdir(0o700)
    with Valkey(home) as server:
        yield server
