"""What somebody's text asks for, as values: where is it, another time, a neighbor, a locker, a code, a choice."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class Expects(StrEnum):
    """What we asked somebody last, so that a bare word or number can be the answer."""

    NOTHING = "nothing"
    CHOICE = "choice"
    CODE = "code"
    NEIGHBOR = "neighbor"


class Part(StrEnum):
    """A part of a day."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


# A window is of the part in which its middle lies; parts overlap as they do when people speak.
MIDDLES = {
    Part.MORNING: (time(0), time(12)),
    Part.NOON: (time(11), time(14)),
    Part.AFTERNOON: (time(12), time(18)),
    Part.EVENING: (time(17), time(23, 59)),
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Between two times of the day; the same time twice: at that time."""

    earliest: time
    latest: time

    def hold(self, start: datetime, end: datetime) -> bool:
        """Whether a window lies within, or around the one time."""
        if self.earliest == self.latest:
            return start.time() <= self.earliest < end.time() or start.time() == self.earliest
        return self.earliest <= start.time() and (end.date() == start.date() and end.time() <= self.latest)


@dataclass(frozen=True, slots=True)
class Where:
    """Where is it, when does it come?"""


@dataclass(frozen=True, slots=True)
class NewWindow:
    """Another time. What is None was not said; `not_before` is a day, for "not today"."""

    day: date | None = None
    part: Part | None = None
    hours: Hours | None = None
    not_before: date | None = None

    def on_its_day(self, start: datetime) -> bool:
        """Whether a window that begins then, in local time, lies on a day that was meant."""
        if self.day is not None:
            return start.date() == self.day
        return self.not_before is None or start.date() >= self.not_before

    def at_its_hour(self, start: datetime, end: datetime) -> bool:
        """Whether a window in local time lies in the hours that were meant."""
        if self.hours is not None:
            return self.hours.hold(start, end)
        if self.part is None:
            return True
        begins, ends = MIDDLES[self.part]
        return begins <= (start + (end - start) / 2).time() < ends

    @property
    def any_hour(self) -> bool:
        """Whether no hour was named."""
        return self.part is None and self.hours is None


@dataclass(frozen=True, slots=True)
class Neighbor:
    """Leave it with a neighbor; what was not said is empty."""

    house_number: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Locker:
    """Bring it to a locker."""


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code, digits only."""

    digits: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the choices that were offered, from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Undo:
    """Take the change back."""


@dataclass(frozen=True, slots=True)
class Yes:
    """Yes, or a thumb up."""


@dataclass(frozen=True, slots=True)
class No:
    """No, and nothing else."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """Kind words that need no answer."""


@dataclass(frozen=True, slots=True)
class Automatic:
    """Written by a machine: out of office, driving, a reaction to one of our texts."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Anything else, and everything that is not certain."""


Intent = (
    Where
    | NewWindow
    | Neighbor
    | Locker
    | Code
    | Choice
    | Undo
    | Yes
    | No
    | Thanks
    | Automatic
    | NotUnderstood
)
