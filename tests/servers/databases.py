"""Databases for tests: migrated once a run as a template, copied for each test."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from tests.servers.postgres import Place, copied_database
from tests.servers.run import Run

TEMPLATE = "template_doorstep"
numbers = itertools.count(1)


@contextmanager
def fresh(run: Run, engine: str, *, migrated: bool = True) -> Iterator[str]:
    """The URL of a database of one's own on `engine` (sqlite, postgresql), gone afterwards."""
    name = f"test_{os.getpid()}_{next(numbers)}"
    of_engine = sqlite if engine == "sqlite" else postgresql
    with of_engine(run, name, migrated) as url:
        yield url


@contextmanager
def sqlite(run: Run, name: str, migrated: bool) -> Iterator[str]:
    folder = run.folder / name
    folder.mkdir()
    file = folder / "doorstep.db"
    if migrated:
        shutil.copyfile(sqlite_template(run), file)
    yield f"sqlite:///{file}"
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql(run: Run, name: str, migrated: bool) -> Iterator[str]:
    place = postgres(run)
    with place.connect() as admin:
        copied_database(admin, name, postgres_template(run, place) if migrated else "template0")
        yield place.url(name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def postgres(run: Run) -> Place:
    """The run's PostgreSQL."""
    told = run.server("postgres")
    return Place(Path(told["home"]), told["password"])


def sqlite_template(run: Run) -> Path:
    template = run.folder / f"{TEMPLATE}.db"
    with run.alone("sqlite_template"):
        if not template.exists():
            draft = run.folder / "draft.db"
            migrate(f"sqlite:///{draft}")
            draft.rename(template)
    return template


def postgres_template(run: Run, place: Place) -> str:
    done = run.folder / "postgres_template.done"
    with run.alone("postgres_template"):
        if not done.exists():
            with place.connect() as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
                admin.execute(f"CREATE DATABASE {TEMPLATE}")
            migrate(place.url(TEMPLATE))
            done.touch()
    return TEMPLATE


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision` by the project's own migrations."""
    from flask_migrate import upgrade

    with migrating(url):
        upgrade(revision=revision)


@contextmanager
def migrating(url: str) -> Iterator[None]:
    """An application context on `url` in which Flask-Migrate's commands work; leaves no connection open."""
    from portal.app import create_app
    from portal.config import Settings
    from portal.db import db

    app = create_app(Settings(_env_file=None, database_url=url))
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
