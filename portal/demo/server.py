"""The portal as a process of its own: its settings for the demo, its start, its end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import IO

import requests

from portal.config import PROJECT
from portal.demo import seed

DOORSTEP = (sys.executable, "-c", "from portal.app import main; main()")
UP_WITHIN_SECONDS = 45
ENDS_WITHIN_SECONDS = 2.0
LOG = "server.log"

# A person needs as long for a code, and a dispatcher for an answer, however fast the day goes.
ANSWER_REAL_MINUTES = 3


class NotUp(RuntimeError):
    """The portal did not start; the text holds what it said last."""


@dataclass(frozen=True, slots=True)
class Times:
    """The demo's clock, as the settings say it."""

    starts_at: datetime
    ends_at: datetime
    real_start: datetime
    speed: float


def environment(folder: Path, port: int, times: Times, secret: str) -> dict[str, str]:
    """The settings of the demo. It runs in `folder`, so that nobody's `.env` lends it an account."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    }
    return kept | {
        "PYTHONPATH": str(PROJECT),
        "DATABASE_URL": seed.database_url(folder),
        "INSTANCE_PATH": str(folder),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": secret,
        "MAP_STREETS": str(folder / "town.geojson"),
        "WEBHOOK_ALLOW_PRIVATE": "true",
        "LOG_LEVEL": "WARNING",
        "ANSWER_MINUTES": str(round(ANSWER_REAL_MINUTES * max(times.speed, 1))),
        "DEMO": "true",
        "CLOCK_STARTS_AT": times.starts_at.isoformat(),
        "CLOCK_ENDS_AT": times.ends_at.isoformat(),
        "CLOCK_REAL_START": times.real_start.isoformat(),
        "CLOCK_SPEED": str(times.speed),
    }


def migrate(folder: Path, env: Mapping[str, str], stop: Event) -> None:
    """Make the tables; raises NotUp, also when stopped half-way."""
    with (folder / LOG).open("wb") as log:
        child = _child(["db", "upgrade"], folder, env, log)
        while child.poll() is None:
            if stop.wait(0.05):
                _end(child)
    if child.returncode != 0:
        raise NotUp(_said(folder))


def _child(
    command: list[str], folder: Path, env: Mapping[str, str], log: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """A process in a session of its own: Ctrl-C is for us, and we end the portal in order."""
    return subprocess.Popen(
        [*DOORSTEP, *command],
        cwd=folder,
        env=dict(env),
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _said(folder: Path) -> str:
    return (folder / LOG).read_text(errors="replace")[-2000:] or "It said nothing."


@contextmanager
def serving(folder: Path, port: int, env: Mapping[str, str], stop: Event) -> Iterator[str]:
    """The portal, up until the block ends; yields its address. Raises NotUp, also when stopped."""
    address = f"http://127.0.0.1:{port}"
    with (folder / LOG).open("wb") as log:
        child = _child(["serve", "--port", str(port)], folder, env, log)
        try:
            _wait_until_ready(address, child, folder, stop)
            yield address
        finally:
            _end(child)


def _wait_until_ready(address: str, child: "subprocess.Popen[bytes]", folder: Path, stop: Event) -> None:
    for _ in range(UP_WITHIN_SECONDS * 5):
        if child.poll() is not None or stop.is_set():
            break
        try:
            if requests.get(f"{address}/readyz", timeout=2).ok:
                return
        except requests.RequestException:
            pass
        stop.wait(0.2)
    raise NotUp(_said(folder))


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
