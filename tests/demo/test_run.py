"""`doorstep demo` as a stranger runs it: up, with links that open, and gone soon after Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from portal.demo.server import DOORSTEP, PROJECT

# It is up in about ten seconds and down in two; other tests run beside it, on machines that are slow.
UP_WITHIN_SECONDS = 180
DOWN_WITHIN_SECONDS = 40


def started(folder: Path, *more: str) -> "subprocess.Popen[str]":
    """The command, under a HOME of its own and in a folder that is not the project's."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        [*DOORSTEP, "demo", *more],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demo(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    process = started(tmp_path, "--port", str(port))
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """What the terminal shows up to the line with these words."""
    assert process.stdout is not None
    shown = ""
    for line in process.stdout:
        shown += line
        if words in line:
            return shown
    raise AssertionError(shown)


def test_a_stranger_gets_links_that_open_and_ctrl_c_ends_it(
    demo: "subprocess.Popen[str]", port: int, tmp_path: Path
):
    began = time.monotonic()
    shown = read_until(demo, "are announced")
    assert time.monotonic() - began < UP_WITHIN_SECONDS
    for link in re.findall(r"http://\S+", shown):
        assert requests.get(link, timeout=10).status_code == 200, link
    assert "alex@alderquay.example.com" in shown
    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=DOWN_WITHIN_SECONDS) == 0
    assert demo.stdout is not None
    assert "Traceback" not in shown + demo.stdout.read()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("doorstep-demo")] == []


def test_a_taken_port_and_an_impossible_speed_are_named(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = started(tmp_path, "--port", str(port))
        said, _ = process.communicate(timeout=UP_WITHIN_SECONDS)
    assert process.returncode == 1
    assert (
        said.strip()
        == f"doorstep: port {port} is taken; choose another one, for example: make demo PORT={port + 1}"
    )
    process = started(tmp_path, "--speed", "100000")
    said, _ = process.communicate(timeout=UP_WITHIN_SECONDS)
    assert process.returncode == 1
    assert "SPEED" in said
    assert "Traceback" not in said


def test_the_command_runs_with_the_python_of_the_project():
    assert DOORSTEP[0] == sys.executable
