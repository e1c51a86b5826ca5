"""A short line to Redis or Valkey for what every poll asks: a connection a thread, short waits, a rest when it fails.

The client's own commands cost 215 microseconds of CPU, more than a whole answer; its bare connection, given whole
requests, 15.
"""

import os
import threading
import time
from collections.abc import Callable
from hashlib import sha1
from threading import Lock, Thread
from typing import Any

import structlog
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, NoScriptError, RedisError, ResponseError
from redis.retry import Retry

WAIT_SECONDS = 0.3
REST_SECONDS = 1.0
DIRECT = ("redis://", "rediss://", "redis+socket://")

log = structlog.get_logger()


class Away(Exception):
    """Redis does not answer, or is not asked for a second because it did not."""


class Script:
    """Commands that Redis runs in one go, by the fingerprint of their text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.name = sha1(text.encode(), usedforsecurity=False).hexdigest()


def packed(*words: str | int) -> list[bytes]:
    """A request as Redis reads it."""
    told = [str(word).encode() for word in words]
    return [b"*%d\r\n" % len(told) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in told)]


class RedisLine:
    """Asks Redis; raises `Away` when there is no answer within 0.3 s, and then at once until it is back.

    `on_return` runs in a thread of its own before the line is used again; what it raises keeps the line at rest.
    """

    def __init__(self, url: str) -> None:
        wire = url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=")
        self._pool = ConnectionPool.from_url(
            wire,
            protocol=2,
            decode_responses=True,
            socket_timeout=WAIT_SECONDS,
            socket_connect_timeout=WAIT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._mine = threading.local()
        self._lock = Lock()
        # the process that rests: a fork has nobody who would end its parent's rest
        self._resting = 0
        self.on_return: Callable[[], None] = lambda: None

    @property
    def at_rest(self) -> bool:
        """Whether nobody asks at the moment."""
        return self._resting == os.getpid()

    def run(self, script: Script, keys: list[str], *args: str | int) -> Any:
        """The answer of a script. Running one twice must be as good as once: a cut line is tried again."""
        if self.at_rest:
            raise Away
        try:
            return self.ask(script, keys, *args)
        except RedisError as error:
            self.rest(error)
            raise Away from error

    def ask(self, script: Script, keys: list[str], *args: str | int) -> Any:
        """The same without regard to the rest; raises what the client raises."""
        try:
            return self._ask(script, keys, args)
        except ConnectionError:
            # Redis was started anew, or ended a line that was idle
            return self._ask(script, keys, args)

    def _ask(self, script: Script, keys: list[str], args: tuple[str | int, ...]) -> Any:
        line = self._line()
        try:
            try:
                line.send_packed_command(packed("EVALSHA", script.name, len(keys), *keys, *args))
                return line.read_response()
            except NoScriptError:
                line.send_packed_command(packed("EVAL", script.text, len(keys), *keys, *args))
                return line.read_response()
        except ResponseError:
            raise
        except BaseException:
            # an answer that comes too late must not be taken for the next one
            line.disconnect()
            raise

    def _line(self) -> Any:
        if getattr(self._mine, "process", None) != os.getpid():
            self._mine.line, self._mine.process = self._pool.make_connection(), os.getpid()
        return self._mine.line

    def rest(self, why: Exception) -> None:
        """Let Redis be until it answers again."""
        with self._lock:
            if self.at_rest:
                return
            self._resting = os.getpid()
        log.warning("redis_away", exception=type(why).__name__)
        Thread(target=self._come_back, name="redis", daemon=True).start()

    def _come_back(self) -> None:
        while True:
            time.sleep(REST_SECONDS)
            try:
                self.on_return()
                self._resting = 0
                # for whoever saw the rest a moment ago and left it to us
                self.on_return()
            except RedisError:
                self._resting = os.getpid()
                continue
            log.warning("redis_back")
            return
