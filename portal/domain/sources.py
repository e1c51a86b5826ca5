"""Which word on a stop counts: dispatch's own estimate while it is fresh, then less and less, else ours.

Planned times need no rule here: they are one of the ways in which a leg is known (`pace.leg`), and a plan that the
day has overtaken is overtaken with it. Dispatch's live estimate may know what we do not (a call from the driver, a
closed road), so a fresh one beats ours and moves the stops after it; an old one knows less than the van's own day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.round import Break, RoundStop

FRESH = timedelta(minutes=15)
WORTH_NOTHING_AFTER = timedelta(minutes=60)
FARTHEST = timedelta(hours=24)


class Doubt(StrEnum):
    """Why an estimate of dispatch does not count."""

    NOT_GIVEN = "not_given"
    PASSED = "passed"
    TOO_FAR = "too_far"
    OLD = "old"
    BEFORE_OTHERS = "before_others"


DOUBTS = {
    Doubt.NOT_GIVEN: "Dispatch gave no estimate of its own.",
    Doubt.PASSED: "It lies in the past.",
    Doubt.TOO_FAR: "It lies more than a day ahead.",
    Doubt.OLD: "It was made an hour ago or more.",
    Doubt.BEFORE_OTHERS: "It lies before the stop that comes first.",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """Dispatch's estimate in minutes from now, and how much it counts: 1 alone, 0 not at all, with the reason."""

    minutes: float
    weight: float
    doubt: Doubt | None = None

    @property
    def leads(self) -> bool:
        """Dispatch's word counts for more than ours."""
        return self.weight >= 0.5

    def beside(self, ours: float) -> float:
        """The minutes left when ours are these."""
        return self.weight * self.minutes + (1 - self.weight) * ours if self.weight else ours


def heard(
    eta_at: datetime | None, sent_at: datetime | None, now: datetime, after_minutes: float = 0.0
) -> Heard:
    """What an estimate of `sent_at` is worth now; `after_minutes` is when the stop before is done."""
    if eta_at is None:
        return Heard(0.0, 0.0, Doubt.NOT_GIVEN)
    minutes = (eta_at - now).total_seconds() / 60
    doubt = _doubt(eta_at, sent_at, now, minutes, after_minutes)
    return Heard(minutes, 0.0, doubt) if doubt else Heard(minutes, weight(sent_at, now))


def _doubt(
    eta_at: datetime, sent_at: datetime | None, now: datetime, minutes: float, after_minutes: float
) -> Doubt | None:
    if eta_at <= now:
        return Doubt.PASSED
    if eta_at - now > FARTHEST:
        return Doubt.TOO_FAR
    if not weight(sent_at, now):
        return Doubt.OLD
    return Doubt.BEFORE_OTHERS if minutes < after_minutes else None


def weight(sent_at: datetime | None, now: datetime) -> float:
    """1 while an estimate is fresh, then falling evenly to 0; one of the future is as good as one of now."""
    if sent_at is None:
        return 0.0
    left = (sent_at + WORTH_NOTHING_AFTER - now) / (WORTH_NOTHING_AFTER - FRESH)
    return min(max(left, 0.0), 1.0)


def taken_breaks(breaks: Iterable[Break], stops: Sequence[RoundStop]) -> tuple[Break, ...]:
    """Breaks where they are really taken: one that has begun follows the stop done last before it, whatever the plan.

    One that names no stop follows the stop before that number; before the first stop there is none to follow.
    """
    known = sorted(stop.seq for stop in stops)
    placed = ((pause, _place(pause, stops, known)) for pause in breaks)
    return tuple(replace(pause, after_seq=place) for pause, place in placed if place is not None)


def _place(pause: Break, stops: Sequence[RoundStop], known: Sequence[int]) -> int | None:
    if pause.started_at is not None:
        done = [
            (stop.done_at, stop.seq)
            for stop in stops
            if stop.done_at is not None and stop.done_at <= pause.started_at
        ]
        return max(done)[1] if done else None
    return max((seq for seq in known if seq <= pause.after_seq), default=None)
