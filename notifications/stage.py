"""A provider that exists on this screen only: its weather, chosen by hand to see the voice at work, and its book."""

from collections import Counter
from enum import StrEnum
from itertools import count
from threading import Lock


class Weather(StrEnum):
    """How a provider is: it `refuses` for good, is `down`, or `loses` its answers and keeps half of what it got."""

    WELL = "well"
    REFUSES = "refuses"
    DOWN = "down"
    LOSES = "loses"


class Stage:
    """One provider's weather, what it took (by message id, how often), and whom it said does not exist.

    Its methods may be called from many threads. Nothing outlasts the process.
    """

    def __init__(self) -> None:
        self.weather = Weather.WELL
        self._book: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._calls = count()
        self._lock = Lock()

    @property
    def taken(self) -> int:
        """How many messages it took."""
        return len(self._book)

    @property
    def twice(self) -> int:
        """How many of them it was given more than once."""
        return sum(times > 1 for times in self._book.values())

    @property
    def refused(self) -> frozenset[str]:
        """Whom it said does not exist."""
        with self._lock:
            return frozenset(self._refused)

    def take(self, message_id: str) -> None:
        """It has the message, whatever its caller hears of that."""
        with self._lock:
            self._book[message_id] += 1

    def has(self, message_id: str) -> bool:
        """Whether it took the message."""
        return self._book[message_id] > 0

    def keeps_this_one(self) -> bool:
        """Every other time."""
        return next(self._calls) % 2 == 0

    def refuse(self, to: str) -> None:
        """It says that this number or address does not work."""
        with self._lock:
            self._refused.add(to)
