"""The queue as an agent looks at it: whose matters, how old, of which kind, and how much there is of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.follow_up import FollowUp, Matter
from portal.domain.timeline import Tone


class Whose(StrEnum):
    """Which matters are looked at."""

    OPEN = ""
    MINE = "mine"
    FREE = "free"
    SNOOZED = "snoozed"
    DONE = "done"


WHOSE = {
    Whose.OPEN: "Open",
    Whose.MINE: "Mine",
    Whose.FREE: "Unclaimed",
    Whose.SNOOZED: "Snoozed",
    Whose.DONE: "Done",
}


class Age(StrEnum):
    """How long a matter has waited."""

    UNDER_1_H = "under-1h"
    TO_4_H = "1-4h"
    TO_24_H = "4-24h"
    OLDER = "older"


# From the first age, before the second; None: however old.
AGES: dict[Age, tuple[str, timedelta, timedelta | None]] = {
    Age.UNDER_1_H: ("under 1 h", timedelta(0), timedelta(hours=1)),
    Age.TO_4_H: ("1 to 4 h", timedelta(hours=1), timedelta(hours=4)),
    Age.TO_24_H: ("4 to 24 h", timedelta(hours=4), timedelta(hours=24)),
    Age.OLDER: ("older", timedelta(hours=24), None),
}
SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Only:
    """What is shown of the queue, page by page from 1."""

    whose: Whose = Whose.OPEN
    kind: Matter | None = None
    age: Age | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How many matters there are: by whose they are, and of those that are shown by kind and by age.

    `oldest` is when the one that has waited longest was raised.
    """

    whose: Mapping[Whose, int] = field(default_factory=dict)
    kinds: Mapping[Matter, int] = field(default_factory=dict)
    ages: Mapping[Age, int] = field(default_factory=dict)
    oldest: datetime | None = None


def opened_between(age: Age, now: datetime) -> tuple[datetime | None, datetime]:
    """Matters of this age were raised after the first moment (None: at any) and by the second."""
    _, youngest, oldest = AGES[age]
    return (now - oldest if oldest else None), now - youngest


def urgency(matter: FollowUp, now: datetime) -> Tone:
    """How urgent it is by its deadline: over, within the hour, or later."""
    if matter.closed_at is not None:
        return Tone.PLAIN
    if matter.due_at <= now:
        return Tone.BAD
    return Tone.WARN if matter.due_at - now <= SOON else Tone.PLAIN
