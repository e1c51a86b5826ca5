"""The portal's own web server, granian, with any app, as a process of its own pinned to the server's core."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import cores

PROJECT = Path(__file__).resolve().parent.parent
THREADS = 4


@contextmanager
def granian(factory: str, settings: Mapping[str, str], *, threads: int = THREADS) -> Iterator[int]:
    """Serve `module:factory` with `settings` in its environment; yields the port once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--http", "1"]
    command += ["--blocking-threads", str(threads), "--log-level", "warning", factory]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, **settings},
        preexec_fn=lambda: cores.pin(cores.SERVER),
        start_new_session=True,
    )
    try:
        wait_until_it_answers(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, patience_seconds: float = 60) -> None:
    give_up_at = time.monotonic() + patience_seconds
    while time.monotonic() < give_up_at:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
                caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if caller.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the server did not answer within {patience_seconds} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
