"""What changes rarely and is asked for all the time: read anew every so often, and kept while the database is away."""

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from portal.db import Database

Found = TypeVar("Found")


class AtHand(Generic[Found]):
    """`read` in a session of its own at most every `seconds`; whoever asks meanwhile gets what was read last."""

    def __init__(
        self, database: Database, read: Callable[[Session], Found], seconds: float, before: Found
    ) -> None:
        self._database, self._read, self._seconds = database, read, seconds
        self._found, self._until = before, 0.0
        self._lock = Lock()

    def __call__(self) -> Found:
        """What was read; `before` where nothing could be read yet."""
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                with suppress(DBAPIError, PoolTimeout), self._database.reading() as session:
                    self._found = self._read(session)
                self._until = time.monotonic() + self._seconds
            finally:
                self._lock.release()
        return self._found

    def forget(self) -> None:
        """Read it anew at the next question."""
        self._until = 0.0
