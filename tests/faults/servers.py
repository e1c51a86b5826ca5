"""A PostgreSQL and a Valkey that can be killed like by a power cut and come back at the same address."""

import time
from pathlib import Path

from tests.faults.guard import Guard
from tests.servers import Missing
from tests.servers.postgres import Postgres
from tests.servers.valkey import Valkey

TRIES = 40
PAUSE_SECONDS = 0.25


class Durable(Postgres):
    """What was committed survives its death; it ends with the guard."""

    def __init__(self, folder: Path, guard: Guard) -> None:
        home = folder / "postgres"
        home.mkdir(0o700)
        super().__init__(home, durable=True)
        self._guard = guard

    def start(self, patience_seconds: float = 30) -> None:
        """Start and wait until it answers."""
        super().start(patience_seconds)
        assert self.process
        self._guard.process(self.process.pid)

    def cut_power(self) -> None:
        """SIGKILL, and up again; it refuses to start while a child of the dead one still holds its memory."""
        self.kill()
        for left in reversed(range(TRIES)):
            try:
                return self.start()
            except Missing:
                if not left:
                    raise
                time.sleep(PAUSE_SECONDS)


class Broker(Valkey):
    """It keeps nothing, and ends with the guard."""

    def __init__(self, folder: Path, guard: Guard) -> None:
        home = folder / "valkey"
        home.mkdir(0o700)
        super().__init__(home)
        self._guard = guard

    def start(self, patience_seconds: float = 15) -> None:
        """Start and wait until it answers."""
        super().start(patience_seconds)
        assert self.process
        self._guard.process(self.process.pid)
