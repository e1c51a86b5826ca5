"""Leave an account alone whose calls keep failing: closed, open, half-open, by what its last calls came to."""

import random
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

IN_A_ROW = 5
OF_LAST, SHARE = 20, 0.5
FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=5)
# workers that opened together must not all knock at once again
JITTER = 0.2
# longer than any call takes: a probe nobody hears of again is no probe any more
PROBE_LASTS = timedelta(seconds=60)


class Leave(StrEnum):
    """Whether a call may begin: as many as wanted, a single one to find out, or none."""

    FREE = "free"
    PROBE = "probe"
    NONE = "none"


class Turn(StrEnum):
    """What a call's end changed."""

    OPENED = "opened"
    CLOSED = "closed"
    SAME = "same"


class Breaker:
    """One account's circuit in one process; its methods may be called from many threads.

    It opens after `IN_A_ROW` failures, or when `SHARE` of the last `OF_LAST` calls failed; rests 15 s, twice as
    long each time a probe fails, never over 5 minutes; then lets one call through.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._lock = Lock()
        self._last: deque[bool] = deque(maxlen=OF_LAST)
        self._row = 0
        self._rest = FIRST_REST
        self._rests_until: datetime | None = None
        self._probed_at: datetime | None = None

    @property
    def rests_until(self) -> datetime | None:
        """When the next probe may go; None while the circuit is closed."""
        return self._rests_until

    def ask(self, now: datetime) -> Leave:
        """Whether a call may begin now. Whoever gets `PROBE` is the only one and must report or `cancel`."""
        with self._lock:
            if self._rests_until is None:
                return Leave.FREE
            probing = self._probed_at is not None and now - self._probed_at < PROBE_LASTS
            if now < self._rests_until or probing:
                return Leave.NONE
            self._probed_at = now
            return Leave.PROBE

    def cancel(self) -> None:
        """The probe found nothing to send."""
        with self._lock:
            self._probed_at = None

    def heard(self, well: bool, now: datetime, *, probe: bool = False) -> Turn:
        """A call ended: `well` when the carrier answered, whatever it answered."""
        with self._lock:
            if self._rests_until is not None:
                return self._after_probe(well, now) if probe else Turn.SAME
            self._last.append(well)
            self._row = 0 if well else self._row + 1
            if well or (self._row < IN_A_ROW and not self._often()):
                return Turn.SAME
            self._open(now)
            return Turn.OPENED

    def _often(self) -> bool:
        return len(self._last) == OF_LAST and self._last.count(False) >= OF_LAST * SHARE

    def _after_probe(self, well: bool, now: datetime) -> Turn:
        self._probed_at = None
        if not well:
            self._rest = min(self._rest * 2, LONGEST_REST)
            self._open(now)
            return Turn.OPENED
        self._rests_until, self._rest = None, FIRST_REST
        return Turn.CLOSED

    def _open(self, now: datetime) -> None:
        self._last.clear()
        self._row = 0
        self._probed_at = None
        self._rests_until = now + self._rest * (1 - JITTER * self._chance())
