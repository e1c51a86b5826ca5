"""A real portal for the fault runs: its processes, each started again when it ends, and a hand that kills them."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from portal.config import Settings
from tests.faults.guard import Guard, end, end_process
from tests.servers.run import PROJECT

LOOK_EVERY_SECONDS = 0.05
STARTS_WITHIN_SECONDS = 3.0
DOORSTEP = [sys.executable, "-c", "from portal.app import main; main()"]


@dataclass
class Part:
    """One process of the house, with its children in a group of its own."""

    name: str
    words: list[str]
    leaves_orphans: bool = False
    process: subprocess.Popen[bytes] | None = None
    groups: list[int] = field(default_factory=list)
    starts: int = 0
    began_at: float = 0.0

    @property
    def alive(self) -> bool:
        """Whether its first process runs."""
        return self.process is not None and self.process.poll() is None


class House:
    """Parts under a supervisor, as an operator has them: who ends is started again at once."""

    def __init__(
        self, folder: Path, settings: Mapping[str, str], parts: Mapping[str, list[str]], guard: Guard
    ) -> None:
        self.folder, self.settings, self.guard = folder, dict(settings), guard
        # children of a dead worker finish what they do beside the new one; others' end with them, as systemd has it
        self.parts = {name: Part(name, words, words[0] == "worker") for name, words in parts.items()}
        self.kills = 0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def open(self) -> None:
        """Start every part."""
        for part in self.parts.values():
            self._start(part)
        self._supervisor.start()

    def close(self) -> None:
        """End every part, and whatever of its children is left."""
        self._ended.set()
        self._supervisor.join()
        for part in self.parts.values():
            for group in part.groups:
                end(group)
            if part.process:
                part.process.wait()

    def kill(self, name: str, dice: random.Random) -> None:
        """`kill -9`: all of a part's processes, or only its first one, or one of its children."""
        with self._lock:
            part = self.parts[name]
            if not part.alive:
                return
            assert part.process
            self.kills += 1
            children = _children(part.process.pid)
            match dice.choice(("all", "all", "first", "child")):
                case "child" if children:
                    end_process(dice.choice(children))
                case "first":
                    end_process(part.process.pid)
                case _:
                    end(part.groups[-1])
            with suppress(subprocess.TimeoutExpired):
                part.process.wait(0.2)

    def busy(self, name: str) -> bool:
        """Whether a part has been up for long enough to be at work, with its children where it has some."""
        part = self.parts[name]
        if not part.alive or time.monotonic() - part.began_at < STARTS_WITHIN_SECONDS:
            return False
        assert part.process
        return part.words[0] == "clock" or bool(_children(part.process.pid))

    def log(self, name: str) -> str:
        """What a part wrote so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _supervise(self) -> None:
        while not self._ended.wait(LOOK_EVERY_SECONDS):
            with self._lock:
                for part in self.parts.values():
                    if not part.alive:
                        self._start(part)

    def _start(self, part: Part) -> None:
        inherited = {
            name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields
        }
        if part.groups and not part.leaves_orphans:
            end(part.groups[-1])
        with open(self.folder / f"{part.name}.log", "ab") as log:
            part.process = subprocess.Popen(
                [*DOORSTEP, *part.words],
                cwd=PROJECT,
                env=inherited | self.settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        part.groups.append(part.process.pid)
        part.starts += 1
        part.began_at = time.monotonic()
        self.guard.group(part.process.pid)


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in told.read_text().split()] if told.exists() else []


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings that a process with this environment has."""
    told: dict[str, Any] = {name.lower(): value for name, value in environment.items()}
    return Settings(_env_file=None, **told)


def wait_until_it_answers(url: str, patience_seconds: float = 90) -> None:
    """Until `/healthz` says it is there."""
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            with urlopen(f"{url}/healthz", timeout=5) as answer:
                answer.read()
            return
        except (URLError, OSError) as error:
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"the portal did not answer within {patience_seconds} s") from error
            time.sleep(0.1)


@contextmanager
def opened(house: House) -> Iterator[House]:
    """A house that is closed again."""
    house.open()
    try:
        yield house
    finally:
        house.close()


@contextmanager
def short_folder(name: str, guard: Guard, place: str = "/tmp") -> Iterator[Path]:
    """A folder with a short path that other users may enter: a socket's may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix=f"doorstep-{name}-", dir=place))
    folder.chmod(0o711)
    guard.folder(folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
