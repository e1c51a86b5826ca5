"""How busy this process is: the share of its threads' time that goes into answers, lately."""

import time
from math import exp
from threading import Lock

REMEMBERS_SECONDS = 10.0
LOOKED_AT_EVERY_SECONDS = 0.5


class Busy:
    """A share from 0 to 1, averaged over ten seconds.

    Threads that wait for the database or for their turn count as those that work: either way nobody else gets them.
    """

    def __init__(self, threads: int, clock: float | None = None) -> None:
        self._threads, self._lock = threads, Lock()
        self._since = time.monotonic() if clock is None else clock
        self._spent = self._share = 0.0

    def spent(self, seconds: float, at: float) -> None:
        """An answer took so long and is done, by the monotonic clock."""
        with self._lock:
            self._spent += seconds
            passed = at - self._since
            if passed < LOOKED_AT_EVERY_SECONDS:
                return
            fades = exp(-passed / REMEMBERS_SECONDS)
            lately = min(self._spent / (passed * self._threads), 1.0)
            self._share = self._share * fades + lately * (1 - fades)
            self._since, self._spent = at, 0.0

    @property
    def share(self) -> float:
        """How much of the threads' time was taken."""
        return self._share
