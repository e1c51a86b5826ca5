"""The database: Flask-SQLAlchemy's object, naming of constraints, each engine's manners, and transactions."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    bindparam,
    event,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base; constraints are named so that SQLite can drop them in a migration."""

    metadata = MetaData(naming_convention=NAMES)
    # Rows of a busy house outgrow 32 bits; on SQLite only INTEGER counts up by itself, and it has 64 anyway.
    registry = registry(
        metadata=metadata, type_annotation_map={int: BigInteger().with_variant(Integer, "sqlite")}
    )


Worked = TypeVar("Worked")
# PostgreSQL's codes of a deadlock, a failed serialization and a second row where only one may be.
LOST_A_RACE = {"40P01", "40001", "23505"}
TRIES = 5
# How long a writer of SQLite waits for the others.
BUSY_SECONDS = 15
RACERS_PART_SECONDS = 0.1

# Whatever answers a select.
Reader = Session | Connection
# Where somebody's parcel may go: ("box", a compartment's id) or ("slot", its id); all when dispatch tells others.
PlaceMark = tuple[str, int]
ALL_PLACES: PlaceMark = ("all", 0)
# For questions that every event or batch asks: prepared once, at a third of the cost of writing them anew.
THESE: Any = bindparam("these", expanding=True)

db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, also on SQLite, which keeps none; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without offset reached the database")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSON_COLUMNS = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
}


def engine_options(url: str) -> dict[str, Any]:
    """Pool, timeouts and pragmas that fit the database of `url` (short waits, checked connections)."""
    if url.startswith("sqlite"):
        options = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
        return {**JSON_COLUMNS, "hide_parameters": True, "connect_args": options}
    settings = "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
    return {
        **JSON_COLUMNS,
        "hide_parameters": True,
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 5,
        "pool_pre_ping": True,
        "connect_args": {"connect_timeout": 5, "tcp_user_timeout": 5000, "options": settings},
    }


def teach_manners(engine: Engine) -> None:
    """SQLite: WAL, foreign keys, full sync, and BEGIN IMMEDIATE for writers (plain BEGIN oversells)."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            # what is erased is overwritten in the file, too
            "secure_delete=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if not options.get("looks", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


class Database:
    """Transactions on one engine. Flows get the session; only doors, ticks and the voice begin and end one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.on_touching: Callable[[set[int]], None] = lambda ids: None
        self.on_touched: Callable[[set[int]], None] = lambda ids: None
        self.on_supplied: Callable[[set[PlaceMark]], None] = lambda places: None
        alone = {"looks": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._looks = engine.execution_options(**alone)
        self._writer = Lock()

    def answers(self) -> None:
        """Ask the database for a sign of life; raises what the driver raises when there is none."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session: commits at the end, rolls back on error, then runs what `after_commit` collected."""
        with self._turn(), Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"writes": True})
            yield session
            ids = session.info.get("touched")
            if ids:
                self.on_touching(ids)
            session.commit()
        if ids:
            self.on_touched(ids)
        if places := session.info.get("supplied"):
            self.on_supplied(places)
        for call in session.info.get("after_commit", {}).values():
            call()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer, and lets the others sleep and knock: under load some waited for seconds.

        Threads of one process wait here instead, and are woken as soon as it is free.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise PoolTimeout(f"nobody could write for {BUSY_SECONDS} s")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; on PostgreSQL in autocommit (a transaction round one select costs a third)."""
        with Session(self.engine, expire_on_commit=False) as session:
            if not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            yield session
            session.rollback()

    def played(self, work: Callable[[], Worked]) -> Worked:
        """Run `work`, whole transactions, and again when another one at the same rows made it fail.

        Only PostgreSQL has such races: a ring of waits is broken, or two insert what only one may.
        """
        for left in reversed(range(TRIES)):
            try:
                return work()
            except DBAPIError as error:
                if not left or getattr(error.orig, "sqlstate", None) not in LOST_A_RACE:
                    raise
                time.sleep(random.uniform(0, RACERS_PART_SECONDS))
        raise AssertionError("the last try returns or raises")

    def looking(self) -> Connection:
        """A bare connection for a page's few prepared reads: no session, no transaction, half the cost."""
        return self._looks.connect()


def after_commit(session: Session, name: str, call: Callable[[], None]) -> None:
    """Run `call` once the transaction is committed, one call a name; never when it is rolled back."""
    session.info.setdefault("after_commit", {})[name] = call


def touched(session: Session, shipment_ids: Iterable[int]) -> None:
    """What the pages of these shipments show changes with this transaction."""
    session.info.setdefault("touched", set()).update(shipment_ids)


def supplied(session: Session, *places: PlaceMark) -> None:
    """What is free in these compartments and slots changes with this transaction."""
    session.info.setdefault("supplied", set()).update(places)
