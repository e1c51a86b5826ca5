"""An operator at a terminal, in an empty folder, with settings in the environment."""

import pytest
from click.testing import CliRunner

from portal.app import create_app
from portal.cli import doorstep
from tests.servers import web


class Terminal:
    """`types("key", "add")` returns click's result; settings are the environment's."""

    def __init__(self, monkeypatch):
        self.monkeypatch = monkeypatch

    def sets(self, **settings):
        """Set settings for the commands that follow."""
        for name, value in settings.items():
            self.monkeypatch.setenv(name, value)

    def types(self, *words):
        """Run a command."""
        return CliRunner().invoke(doorstep, list(words), obj=create_app)

    def is_told(self, *words):
        """The one sentence with which a command ends that went wrong."""
        result = self.types(*words)
        assert result.exit_code == 1, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        said = result.stderr.splitlines()
        assert len(said) == 1, said
        return said[0].removeprefix("doorstep: ")


@pytest.fixture
def terminal(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch)


@pytest.fixture
def migrated(terminal, database_url):
    """A terminal on a database with tables."""
    terminal.sets(DATABASE_URL=database_url)
    return terminal


@pytest.fixture
def taken_port():
    with web.listening() as ear:
        yield ear.getsockname()[1]
