"""A neighbor who is asked: what they are told of whom, what they chose for good, and how far the question has come."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from portal.domain.change import Change, Life

DECLINED, SILENT, TOOK_BACK = "neighbor_declined", "neighbor_silent", "neighbor_took_back"
# The wish ended while the neighbor was still thinking.
UNSAID = "before_the_yes"
A_WEEK, A_DAY = timedelta(days=7), timedelta(days=1)
# How often one person is asked by text or email, and by how many texts one shipment may ask around.
ASKED_A_DAY, ASKED_A_SHIPMENT = 4, 3
LINK_LIVES = timedelta(days=14)
LONGEST_NAME = 40
MOST_A_WEEK = 50

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = {
    "morning": (time(0), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time.max),
}


class Answer(StrEnum):
    """What became of the question; the value is as it is kept."""

    WAITING = ""
    YES = "yes"
    NO = "no"
    BLOCKED = "blocked"
    SILENT = "silent"
    TAKEN_BACK = "taken_back"


class Way(StrEnum):
    """How the link reached the neighbor: we sent it to a number or address, or the recipient passed it on."""

    SMS = "sms"
    EMAIL = "email"
    PASSED_ON = "link"


# How it is known who answered, as dispatch reads it: whoever held that phone, that mailbox, or that link.
HOW = {
    Way.SMS: "link_sent_by_sms",
    Way.EMAIL: "link_sent_by_email",
    Way.PASSED_ON: "link_passed_on_by_recipient",
}


@dataclass(frozen=True, slots=True)
class Habits:
    """What a person chose who was asked as a neighbor. `hours` are names of DAYS and PARTS, None: any time;
    `a_week` is how many parcels a week at most, None: any number; `blocked`: never again, of no shipper."""

    hours: tuple[str, ...] | None = None
    a_week: int | None = None
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class NeighborAsk:
    """One question to one neighbor about the changes of a group, with the answer as evidence.

    `neighbor` is the fingerprint of the number or address they were named with, empty without one. `contact`,
    `name` and `house_number` are erased some days after the matter is over. `evidence` holds `how` (see HOW),
    `parcels`, and what else shows who answered.
    """

    id: str
    shipper_id: int
    shipment_id: int
    change_id: str
    group_id: str
    neighbor: str
    name: str
    house_number: str
    way: Way
    contact: str
    language: str
    nonce: str
    asked_at: datetime
    expires_at: datetime
    answer: Answer = Answer.WAITING
    answered_at: datetime | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    closed_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """The neighbor has yet to say yes or no."""
        return self.answer is Answer.WAITING and self.closed_at is None

    @property
    def agreed(self) -> bool:
        """The neighbor said yes, and it holds."""
        return self.answer is Answer.YES and self.closed_at is None

    @property
    def theirs(self) -> bool:
        """Whoever has the link holds the number or address it was sent to, so what they choose for good is theirs.

        A link that was passed on proves no such thing: with it a stranger could block somebody else's number.
        """
        return bool(self.neighbor) and self.way is not Way.PASSED_ON

    @property
    def parcels(self) -> int:
        """How many parcels the question is about."""
        return int(self.evidence.get("parcels", 1))

    def answerable(self, now: datetime) -> bool:
        """Whether a yes or a no still counts."""
        return self.waits and now < self.expires_at


def before_the_yes(change: Change) -> bool:
    """Whether a neighbor is asked first and has not agreed, so that dispatch was never asked."""
    return change.life is Life.NOMINATED or change.reason_code in (DECLINED, SILENT, UNSAID)


def may_be_asked(
    habits: Habits,
    earlier: Iterable[NeighborAsk],
    shipment_id: int,
    parcels: int,
    span: tuple[datetime, datetime] | None,
    now: datetime,
) -> bool:
    """Whether this person may be asked now. `earlier` are the questions of the last week to the same number or
    address; `span` is when it would come, on the clock at the door."""
    known = list(earlier)
    if habits.blocked or sum(one.asked_at > now - A_DAY for one in known) >= ASKED_A_DAY:
        return False
    if any(one.shipment_id == shipment_id and said_no(one) for one in known):
        return False
    taken = sum(one.parcels for one in known if one.agreed or one.waits or one.answer is Answer.YES)
    if habits.a_week is not None and taken + parcels > habits.a_week:
        return False
    return suits(habits.hours, span)


def said_no(ask: NeighborAsk) -> bool:
    """Whether the question was answered, and not by a yes that holds."""
    return ask.answer in (Answer.NO, Answer.BLOCKED, Answer.TAKEN_BACK)


def suits(hours: tuple[str, ...] | None, span: tuple[datetime, datetime] | None) -> bool:
    """Whether some of the time from the first to the second moment lies in these hours; both on one local clock."""
    if hours is None or span is None:
        return True
    start, end = (moment.replace(tzinfo=None) for moment in span)
    days = ((end.date() - start.date()).days + 1) if end >= start else 0
    return any(
        _overlaps(start, end, start.date() + timedelta(days=number), part)
        for number in range(min(days, len(DAYS)))
        if DAYS[(start.date() + timedelta(days=number)).weekday()] in hours
        for part in PARTS
        if part in hours
    )


def _overlaps(start: datetime, end: datetime, day: date, part: str) -> bool:
    begins, ends = PARTS[part]
    return start < datetime.combine(day, ends) and end > datetime.combine(day, begins)


def hours_of(days: Iterable[str], parts: Iterable[str]) -> tuple[str, ...] | None:
    """Chosen days and parts of a day as hours; all of both, and none of either, are any time."""
    chosen_days, chosen_parts = set(days) & set(DAYS), set(parts) & PARTS.keys()
    if not chosen_days or not chosen_parts:
        return None
    if len(chosen_days) == len(DAYS) and len(chosen_parts) == len(PARTS):
        return None
    return tuple(one for one in (*DAYS, *PARTS) if one in chosen_days | chosen_parts)


def asker(name: str) -> str:
    """Who asks, as a neighbor is told: the first initial and the last name, nothing more."""
    words = name.split()
    if not words:
        return ""
    shown = f"{words[0][0]}. {words[-1]}" if len(words) > 1 else words[0]
    return shown[:LONGEST_NAME]


def house_number(street: str) -> str:
    """The house number in a line such as `12 Mill Lane` or `Lindenstraße 12a`; empty where there is none."""
    found = re.findall(r"(?<!\w)\d{1,5}(?:\s?[a-zA-Z](?!\w))?(?:[-/]\d{1,5}[a-zA-Z]?)?(?!\w)", street[:200])
    if not found:
        return ""
    return str(found[0] if street.lstrip()[:1].isdigit() else found[-1])


def is_recipient(name: str, number: str, recipient_name: str, street: str) -> bool:
    """Whether a named neighbor is the recipient: the same name at the same house."""
    same_name = " ".join(name.split()).casefold() == " ".join(recipient_name.split()).casefold()
    return (
        same_name and "".join(number.split()).casefold() == house_number(street).replace(" ", "").casefold()
    )
