"""Clocks: the wall's, one moved by hand for tests and replays, and one that runs faster for the demo."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until somebody moves it."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def move_to(self, at: datetime) -> None:
        """Stand at `at` (aware); never backwards."""
        self.at = max(self.at, at.astimezone(UTC))

    def forward(self, **duration: float) -> None:
        """Move on by timedelta's keywords, such as `minutes=5`."""
        self.at += timedelta(**duration)


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """A day in minutes: `speed` simulated seconds a real second, at normal speed again after `ends_at`."""

    starts_at: datetime
    real_start: datetime
    speed: float
    ends_at: datetime | None = None
    real: Clock = wall_clock

    def __call__(self) -> datetime:
        real_elapsed = self.real() - self.real_start
        at = self.starts_at + real_elapsed * self.speed
        if self.ends_at is None or at <= self.ends_at:
            return at
        played = (self.ends_at - self.starts_at) / self.speed
        return self.ends_at + (real_elapsed - played)
