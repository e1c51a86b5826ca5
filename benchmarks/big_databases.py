"""The big databases in build/big: made once for a seed, a size and the tables there are, then reused."""

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from benchmarks import big, databases
from benchmarks.figures import BUILD
from portal.db import Database
from portal.store import shippers
from portal.store.locker_rows import CompartmentRow, LockerRow
from tests.servers.databases import migrate
from tests.servers.postgres import Place, Postgres

FOLDER = BUILD / "big"
MEMORY = ("shared_buffers=1500MB", "maintenance_work_mem=700MB", "max_wal_size=8GB", "autovacuum=off")
FILLED = ", ".join(f"'{table}'" for table in big.COLUMNS)


@contextmanager
def postgresql(*counts: int) -> Iterator[list[Database]]:
    """A PostgreSQL with a database of each size."""
    home = FOLDER / "pg"
    with _server(home) as server:
        found = []
        for count in counts:
            name = f"big_{count}_{big.mark()}"
            with server.place.connect() as admin:
                known = [row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()]
                for old in (one for one in known if one.startswith(f"big_{count}_") and one != name):
                    admin.execute(f'DROP DATABASE "{old}"')
                if name not in known:
                    _make_postgresql(admin, server.place, name, count)
            found.append(databases.house(server.place.url(name)))
        yield found
        for one in found:
            one.engine.dispose()


@contextmanager
def _server(home: Path) -> Iterator[Postgres]:
    kept = home / "kept"
    server = Postgres(home, options=MEMORY)
    if kept.exists():
        server.place = Place(home, kept.read_text())
        with suppress(FileNotFoundError):
            (home / "data" / "postmaster.pid").unlink()
    else:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)
        server.place = Place(home, secrets.token_urlsafe(12))
        server.create()
        kept.touch(0o600)
        kept.write_text(server.place.password)
    server.start(120)
    try:
        yield server
    finally:
        server.stop()


def _make_postgresql(admin: psycopg.Connection[Any], place: Place, name: str, count: int) -> None:
    began = time.monotonic()
    print(f"  making {name} ...", flush=True)
    draft = f"draft_{count}"
    admin.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
    admin.execute(f"CREATE DATABASE {draft}")
    migrate(place.url(draft))
    _put_places(place.url(draft))
    with place.connect(draft) as connection:
        big.fill(CopiedIn(connection), count)
    admin.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    print(f"  made in {time.monotonic() - began:.0f} s")


class CopiedIn:
    """PostgreSQL takes rows by COPY; indexes and keys come afterwards, by the words of its own catalogs."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET statement_timeout = 0")
        keys = connection.execute(
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype IN ('p', 'u') AND conrelid::regclass::text = 'find_keys'"
        ).fetchall()
        indexes = connection.execute(
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({FILLED})"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        self.afterwards = [definition for _, definition in indexes]
        self.afterwards += [
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {words}" for table, name, words in keys
        ]
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for table, name, _ in keys:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def pour(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """COPY them as text; the seed has no signs that would need escaping."""
        columns = ", ".join(f'"{name}"' for name in big.COLUMNS[table].split())
        with self.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for start in range(0, len(rows), 5_000):
                part = rows[start : start + 5_000]
                copy.write(
                    "".join(
                        "\t".join(["\\N" if one is None else str(one) for one in row]) + "\n" for row in part
                    )
                )

    def finish(self) -> None:
        """Indexes, then what the planner and index-only reading need."""
        for statement in self.afterwards:
            self.connection.execute(statement)
        self.connection.execute("VACUUM ANALYZE")
        self.connection.execute("CHECKPOINT")


@contextmanager
def sqlite(*counts: int) -> Iterator[list[Database]]:
    """A SQLite file of each size."""
    found = []
    for count in counts:
        file = FOLDER / f"big_{count}_{big.mark()}.db"
        if not file.exists():
            for old in FOLDER.glob(f"big_{count}_*"):
                old.unlink()
            _make_sqlite(file, count)
        found.append(databases.house(f"sqlite:///{file}"))
    yield found
    for one in found:
        one.engine.dispose()


def _make_sqlite(file: Path, count: int) -> None:
    began = time.monotonic()
    print(f"  making {file.name} ...", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    draft = FOLDER / f"draft_{count}.db"
    draft.unlink(missing_ok=True)
    migrate(f"sqlite:///{draft}")
    _put_places(f"sqlite:///{draft}")
    connection = sqlite3.connect(draft, isolation_level=None)
    big.fill(PouredIn(connection), count)
    connection.close()
    draft.rename(file)
    print(f"  made in {time.monotonic() - began:.0f} s")


class PouredIn:
    """SQLite takes rows in one transaction without a journal; its indexes come afterwards."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=OFF", "cache_size=-1500000"):
            connection.execute(f"PRAGMA {pragma}")
        self.indexes = connection.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({FILLED})"
        ).fetchall()
        for name, _ in self.indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("BEGIN")

    def pour(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Times without a zone, as the portal keeps them there; keys in order, so that pages fill up."""
        names = big.COLUMNS[table].split()
        columns = ", ".join(f'"{name}"' for name in names)
        question = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"
        dated = [name.endswith(("_at", "not_before")) for name in names]
        if any(dated):
            rows = [tuple(map(_plain, row)) for row in rows]
        self.connection.executemany(question, sorted(rows) if table == "find_keys" else rows)

    def finish(self) -> None:
        """Indexes and figures for the planner, and the journal as the portal has it."""
        self.connection.execute("COMMIT")
        for statement in chain((words for _, words in self.indexes), ("ANALYZE", "PRAGMA journal_mode=WAL")):
            self.connection.execute(statement)


def _plain(value: Any) -> Any:
    return str(value.replace(tzinfo=None, microsecond=1)) if isinstance(value, datetime) else value


def _put_places(url: str) -> None:
    """The shippers, and one locker for all parcels that lie in one."""
    database = databases.house(url)
    with database.transaction() as session:
        _shippers_and_locker(session)
    database.engine.dispose()


def _shippers_and_locker(session: Session) -> None:
    for number in range(1, big.SHIPPERS + 1):
        shippers.add(session, f"shop{number}", f"Shop {number}", timezone="Europe/Berlin", country="DE")
    place = {"name": "Locker", "address": "", "lat": 52.5, "lng": 13.4, "hours": "", "reachable": True}
    session.add(LockerRow(id=1, owner=1, key="L", hold_hours=48, **place))
    session.flush()
    sizes = {"size": "M", "width_mm": 400, "height_mm": 400, "depth_mm": 400, "count": 9, "taken": 0}
    session.add(CompartmentRow(id=1, locker_id=1, **sizes))
