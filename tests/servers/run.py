"""One test run: a folder its processes share, servers started by whoever needs one first, gone at the end.

The run's first process holds a lock on the folder. Each server stands in a keeper process of its own that
waits for that lock, so servers end with the run however it ended: done, Ctrl-C or killed.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.servers import Missing

PROJECT = Path(__file__).resolve().parents[2]
ENOUGH_BYTES = 2 * 1024**3


@dataclass(slots=True)
class Run:
    """The shared folder, and the lock when this process opened it."""

    folder: Path
    alive: IO[str] | None = None

    def close(self) -> None:
        """End every server of the run and delete the folder."""
        if self.alive is None:
            return
        self.alive.close()
        give_up_at = time.monotonic() + 15
        while any(self.folder.glob("*.keeper")) and time.monotonic() < give_up_at:
            time.sleep(0.02)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Only one process of the run is in here for `what`."""
        with open(self.folder / f"{what}.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def server(self, kind: str) -> dict[str, Any]:
        """What the keeper of `kind` (postgres, valkey) tells of its server; started when nobody did yet."""
        told = self.folder / f"{kind}.json"
        with self.alone(kind):
            if not told.exists():
                self._start_keeper(kind, told)
        answer: dict[str, Any] = json.loads(told.read_text())
        if why := answer.get("missing"):
            raise Missing(why)
        return answer

    def _start_keeper(self, kind: str, told: Path) -> None:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.keeper", kind, str(self.folder)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            # out of the reach of the terminal's Ctrl-C
            start_new_session=True,
        )
        while not told.exists():
            if keeper.poll() is not None:
                raise Missing(f"{kind}: its keeper ended with {keeper.returncode}")
            time.sleep(0.02)
        # the keeper outlives this process: nobody here waits for it
        keeper.returncode = 0


def quick_place() -> str:
    """Memory where there is enough: a test's PostgreSQL database is 470 files, slow to make on a busy disk.

    Both paths are short: a socket's may have 107 bytes, and macOS's temporary folder takes half of them.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        room = os.statvfs(memory)
        if room.f_bavail * room.f_frsize >= ENOUGH_BYTES and not room.f_flag & getattr(os, "ST_NOEXEC", 0):
            return str(memory)
    return "/tmp"


def open_run() -> Run:
    """A new folder that other users may enter but not list, locked as long as this process lives."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-", dir=quick_place()))
    folder.chmod(0o711)
    alive = open(folder / "alive", "w")  # noqa: SIM115 - held until the run ends
    fcntl.flock(alive, fcntl.LOCK_EX)
    alive.write(str(os.getpid()))
    alive.flush()
    return Run(folder, alive)
