"""What costs much to draw is drawn once, also when many ask at one moment, and counted."""

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Once(Generic[P, R]):
    """A function whose latest answers are kept by its arguments. `built` is how often it really ran in this process.

    `lru_cache` alone lets two threads that ask at once both do the work.
    """

    def __init__(self, build: Callable[P, R], most: int) -> None:
        self._kept = lru_cache(maxsize=most)(build)
        self._lock = Lock()
        update_wrapper(self, build)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            return self._kept(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def built(self) -> int:
        """How many were drawn since the process began."""
        return self._kept.cache_info().misses


def once(most: int) -> Callable[[Callable[P, R]], Once[P, R]]:
    """Keep the latest `most` answers of a function."""
    return lambda build: Once(build, most)
