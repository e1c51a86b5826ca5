"""A process that stands a server up, tells where it is, and takes it down when the test run is over."""

import fcntl
import json
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from tests.servers import Missing
from tests.servers.postgres import Postgres
from tests.servers.valkey import Valkey


def postgres(home: Path) -> tuple[Any, dict[str, Any]]:
    server = Postgres(home)
    server.create()
    server.start()
    return server, {"home": str(home), "password": server.place.password}


def valkey(home: Path) -> tuple[Any, dict[str, Any]]:
    server = Valkey(home)
    server.start()
    return server, {"url": server.url}


KINDS = {"postgres": postgres, "valkey": valkey}


def keep(kind: str, folder: Path) -> None:
    """Start, tell in `<kind>.json`, and stop once the run lets go of its lock."""
    mark = folder / f"{kind}.keeper"
    mark.touch()
    home = folder / kind
    home.mkdir(0o700, exist_ok=True)
    server = None
    try:
        try:
            server, told = KINDS[kind](home)
        except Missing as why:
            told = {"missing": str(why)}
        draft = folder / f"{kind}.draft"
        draft.write_text(json.dumps(told))
        draft.rename(folder / f"{kind}.json")
        with open(folder / "alive") as alive:
            fcntl.flock(alive, fcntl.LOCK_SH)
    finally:
        if server:
            server.stop()
        shutil.rmtree(home, ignore_errors=True)
        mark.unlink(missing_ok=True)
        if not any(folder.glob("*.keeper")):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keep(sys.argv[1], Path(sys.argv[2]))
