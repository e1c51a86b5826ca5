"""Things handed from many threads to one, some at a time: waking it for each would cost as much as its work."""

from threading import Event, Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Handover(Generic[T]):
    """Many `put`, one `take`s."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._enough = Event()
        self._some: list[T] = []
        self._wanted = 1

    def put(self, one: T) -> None:
        """Hand over one; whoever takes is woken when there are as many as it wants."""
        with self._lock:
            self._some.append(one)
            if len(self._some) >= self._wanted:
                self._enough.set()

    def take(self, wanted: int, patience_seconds: float) -> list[T]:
        """At least `wanted`, in the order of their coming, or those that are there after a while, perhaps none."""
        with self._lock:
            self._wanted = wanted
            if len(self._some) < wanted:
                self._enough.clear()
            else:
                self._enough.set()
        self._enough.wait(patience_seconds)
        with self._lock:
            some, self._some = self._some, []
        return some
