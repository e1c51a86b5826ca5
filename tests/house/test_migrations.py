"""The history of the database: numbered, one head, up, down and up again with data, as the models say."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import Connection, create_engine, text

from tests.house.files import PROJECT
from tests.house.rows import counted, fill
from tests.servers.databases import migrating

VERSIONS = PROJECT / "migrations" / "versions"


def history() -> list[str]:
    """The revisions, oldest first."""
    script = ScriptDirectory(str(PROJECT / "migrations"))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def test_migrations_are_numbered_from_0001_without_a_gap():
    files = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [name[:5] for name in files] == [f"{number:04}_" for number in range(1, len(files) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in files)


def test_the_history_has_one_head_and_its_numbers_are_its_order():
    assert len(ScriptDirectory(str(PROJECT / "migrations")).get_heads()) == 1
    assert history() == sorted(history())


def test_models_and_migrations_agree(empty_database_url: str):
    with migrating(empty_database_url):
        upgrade()
        check()


@pytest.mark.parametrize("revision", history())
def test_no_row_is_lost_on_the_way_up_and_back(revision: str, empty_database_url: str):
    with migrating(empty_database_url):
        upgrade(revision=revision)
        with looking(empty_database_url) as connection:
            before = fill(connection)
        assert set(before.values()) == {3}
        upgrade()
        assert before.items() <= counts(empty_database_url).items()
        downgrade(revision=revision)
        assert counts(empty_database_url) == before


def test_the_whole_history_goes_up_down_and_up_again_with_data(empty_database_url: str):
    with migrating(empty_database_url):
        upgrade()
        with looking(empty_database_url) as connection:
            full = fill(connection)
        downgrade(revision="base")
        assert counts(empty_database_url) == {}
        upgrade()
        with looking(empty_database_url) as connection:
            assert fill(connection) == full
        check()


def counts(url: str) -> dict[str, int]:
    """Rows of each table, after making sure that no row refers to nothing."""
    with looking(url) as connection:
        if url.startswith("sqlite"):
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        return counted(connection)


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()
