"""How many may leave by an account this moment, so that its ceiling of segments a second holds for all workers.

Virtual scheduling: of what an account took so far is known when all of it will have left at its pace. A batch may
run ahead of that by a moment, no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# How far a ceiling may be outrun: a quarter of a second's worth. Workers come back when half of it is free again.
AHEAD = timedelta(milliseconds=250)


@dataclass(frozen=True, slots=True)
class Pace:
    """An account's pace now; `free_at` is when all that it took so far will have left, never before `now`."""

    per_second: float
    free_at: datetime
    now: datetime

    @property
    def shut(self) -> bool:
        """Whether nothing more may leave yet."""
        return self.free_at - self.now > AHEAD

    @property
    def room_at(self) -> datetime:
        """When it is worth coming back."""
        return max(self.free_at - AHEAD / 2, self.now)

    def after(self, segments: int) -> "Pace":
        """The pace once so many segments are taken; a message counts as one at least."""
        return Pace(self.per_second, self.free_at + timedelta(seconds=segments / self.per_second), self.now)

    def fits(self, segments: Iterable[int]) -> int:
        """How many of these messages may leave now, in their order."""
        pace, count = self, 0
        for some in segments:
            if pace.shut:
                return count
            pace, count = pace.after(max(some, 1)), count + 1
        return count
