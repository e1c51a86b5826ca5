"""Databases for the benchmarks: migrated, seeded once and kept in build/, or fresh for one measurement."""

import fcntl
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks import seeds
from benchmarks.figures import BUILD
from portal.db import Database, engine_options, teach_manners
from tests.servers.databases import migrate
from tests.servers.postgres import Postgres

PROJECT = BUILD.parent


def house(url: str) -> Database:
    """The database at `url` with the portal's own manners."""
    engine = create_engine(url, **engine_options(url))
    teach_manners(engine)
    return Database(engine)


def sqlite_with(count: int) -> str:
    """The URL of a SQLite file with `count` seeded shipments; reused while seeds and tables stay the same."""
    folder = BUILD / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"shipments-{count}-{fingerprint()}.db"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            make(file, count)
    return f"sqlite:///{file}"


def make(file: Path, count: int) -> None:
    """Seed into a draft; what earlier seeds or tables left behind goes."""
    for old in file.parent.glob(f"shipments-{count}-*"):
        old.unlink()
    began = time.monotonic()
    print(f"  seeding {count:,} shipments ...", end=" ", flush=True)
    draft = file.with_suffix(".draft")
    fill(f"sqlite:///{draft}", lambda session: seeds.seed(session, count))
    draft.rename(file)
    print(f"{time.monotonic() - began:.0f} s")


def fill(url: str, put: Callable[[Session], None]) -> None:
    """Migrate an empty database and put something into it."""
    migrate(url)
    database = house(url)
    with database.transaction() as session:
        put(session)
    database.engine.dispose()


@contextmanager
def fresh(engine: str, put: Callable[[Session], None]) -> Iterator[str]:
    """A database of its own on sqlite or postgresql (durable, as in production), filled by `put`."""
    # a short path outside the project: a socket's may have 107 bytes, and another user must reach it
    folder = Path(tempfile.mkdtemp(prefix="doorstep-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'doorstep.db'}"
            fill(url, put)
            yield url
        else:
            home = folder / "postgres"
            home.mkdir(0o700)
            with Postgres(home, durable=True) as server:
                fill(server.place.url(), put)
                yield server.place.url()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fingerprint() -> str:
    """Changes when the tables or the seeds do."""
    sources = [*sorted((PROJECT / "migrations" / "versions").glob("*.py")), Path(seeds.__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
