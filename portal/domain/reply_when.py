"""Days and hours in somebody's text. What contradicts itself or could mean two things is not understood."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from portal.domain.reply_hours import Span, Unclear, hours_of, pair, read_clock
from portal.domain.reply_intents import NewWindow, Part
from portal.domain.reply_reading import Piece
from portal.domain.reply_vocabulary import folded, months
from portal.domain.reply_words.concepts import WEEKDAYS, Concept

C = Concept
Found = TypeVar("Found")
PARTS = {C.MORNING: Part.MORNING, C.NOON: Part.NOON, C.AFTERNOON: Part.AFTERNOON, C.EVENING: Part.EVENING}
RELATIVE = {C.TODAY: 0, C.TOMORROW: 1, C.IN_TWO_DAYS: 2}
DAYS = {*RELATIVE, *WEEKDAYS, C.DATE, C.MONTH}
CONNECTORS = {C.AT, C.AFTER, C.BEFORE, C.BETWEEN, C.AND, C.HOUR}
# nobody asks for a delivery further away than this; a day that has passed is one of next year
MOST_DAYS = 60
BARE_HOUR = re.compile(r"(\d{1,2})\s?[hu]?", re.IGNORECASE)


@dataclass(slots=True)
class When:
    """What was found so far, and the pieces that are not about time."""

    today: date
    language: str
    days: list[date] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    hours: list[Span] = field(default_factory=list)
    rest: list[Piece] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was said about time."""
        return not (self.days or self.weekdays or self.parts or self.hours)

    def window(self) -> NewWindow:
        """The one window that was meant. Raises Unclear."""
        part = _only(self.parts)
        span = _only(self.hours)
        hours = hours_of(span, part) if span else None
        return NewWindow(self._day(), None if hours else part, hours)

    def _day(self) -> date | None:
        days = set(self.days)
        if days and any(day.weekday() not in self.weekdays for day in days if self.weekdays):
            raise Unclear
        if not days:
            days = {
                self.today + timedelta((number - self.today.weekday() - 1) % 7 + 1)
                for number in self.weekdays
            }
        return _only(days)


def _only(found: Iterable[Found]) -> Found | None:
    different = set(found)
    if len(different) > 1:
        raise Unclear
    return next(iter(different), None)


def find(pieces: Sequence[Piece], today: date, language: str) -> When:
    """What these pieces say about time. Raises Unclear."""
    when = When(today, language)
    at = 0
    while at < len(pieces):
        at = _step(when, pieces, at)
    return when


def _step(when: When, pieces: Sequence[Piece], at: int) -> int:
    """Take what stands at this place; returns where to go on."""
    concept, after = pieces[at].concept, _concept(pieces, at + 1)
    if {concept, after} == {C.FIGURE, C.MONTH}:
        figure, month = (pieces[at], pieces[at + 1]) if concept is C.FIGURE else (pieces[at + 1], pieces[at])
        when.days.append(_date(when.today, _number(figure), _month(month, when.language)))
        return at + 2
    if (taken := _clock(when, pieces, at)) is not None:
        return taken
    match concept:
        case C.TODAY | C.TOMORROW | C.IN_TWO_DAYS:
            when.days.append(when.today + timedelta(days=RELATIVE[concept]))
        case C.DATE | C.PAIR:
            when.days.append(_written_date(when, pieces[at].raw))
        case C.NEXT if after in WEEKDAYS:
            pass
        case C.AFTER | C.BEFORE | C.BETWEEN if after in DAYS | PARTS.keys():
            # "until tomorrow", "after Monday": not a day to come on
            raise Unclear
        case _ if concept in WEEKDAYS:
            when.weekdays.append(WEEKDAYS.index(concept))
        case _ if concept in PARTS:
            when.parts.append(PARTS[concept])
        case _ if concept not in CONNECTORS:
            when.rest.append(pieces[at])
    return at + 1


def _concept(pieces: Sequence[Piece], at: int) -> Concept | None:
    return pieces[at].concept if 0 <= at < len(pieces) else None


def _clock(when: When, pieces: Sequence[Piece], at: int) -> int | None:
    """A time or a span of hours at this place, and where it ends; None if there is none."""
    opens = pieces[at].concept
    if opens is C.PAIR and (span := pair(pieces[at].raw)):
        when.hours.append((*span, False))
        return at + 1
    begins = at + 1 if opens in (C.AFTER, C.BEFORE, C.BETWEEN, C.AT) else at
    first = _moment(when.language, pieces, begins)
    if first is None:
        return None
    minutes, sure, end = first
    joins = _concept(pieces, end)
    if joins in (C.AND, C.BEFORE, C.AT) and (second := _moment(when.language, pieces, end + 1)):
        when.hours.append((minutes, second[0], sure or second[1]))
        return second[2] + (_concept(pieces, second[2]) is C.BETWEEN)
    # some languages put "after" behind the time
    if joins in (C.AFTER, C.BEFORE) and when.language == "tr":
        opens, end = joins, end + 1
    match opens:
        case C.AFTER:
            when.hours.append((minutes, None, sure))
        case C.BEFORE:
            when.hours.append((None, minutes, sure))
        case C.AT:
            when.hours.append((minutes, minutes, sure))
        case _ if _is_time(pieces, at, end):
            when.hours.append((minutes, minutes, sure))
        case _:
            return None
    return end


def _is_time(pieces: Sequence[Piece], at: int, end: int) -> bool:
    """Whether a bare number is a time of day: `18:30`, `18 h`, `6 in the evening`."""
    marked = (
        pieces[at].concept is C.CLOCK or _concept(pieces, end - 1) is C.HOUR or _concept(pieces, end) in PARTS
    )
    return marked or not pieces[at].raw.isdecimal()


def _moment(language: str, pieces: Sequence[Piece], at: int) -> tuple[int, bool, int] | None:
    """A time in minutes, whether the half of the day is sure, and where it ends."""
    concept = _concept(pieces, at)
    if concept is C.CLOCK:
        minutes, sure = read_clock(pieces[at].raw, language, _concept(pieces, at + 1) is C.HOUR)
    elif concept is C.FIGURE and (found := BARE_HOUR.fullmatch(pieces[at].raw)) and int(found[1]) <= 24:
        minutes, sure = int(found[1]) * 60, False
    else:
        return None
    return minutes, sure, at + 1 + (_concept(pieces, at + 1) is C.HOUR)


def _written_date(when: When, raw: str) -> date:
    """`2026-06-17`, `17.6.`, `17/6`: in English 3/4 may be either, so it is unclear."""
    numbers = [
        int(part)
        for part in raw.replace(" ", "").replace("/", ".").replace("-", ".").split(".")
        if part.isdecimal()
    ]
    if len(numbers) == 3 and numbers[0] > 31:
        return _date(when.today, numbers[2], numbers[1])
    if "-" in raw or "–" in raw or len(numbers) < 2:
        raise Unclear
    day, month = numbers[:2]
    if len(numbers) == 3 and numbers[2] % 100 not in (when.today.year % 100, (when.today.year + 1) % 100):
        raise Unclear
    if when.language == "en":
        if day <= 12 and month <= 12 and day != month:
            raise Unclear
        day, month = (month, day) if month > 12 else (day, month)
    return _date(when.today, day, month)


def _date(today: date, day: int, month: int) -> date:
    """The next such day, if it is not too far away."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if today <= found <= today + timedelta(days=MOST_DAYS):
            return found
    raise Unclear


def _number(piece: Piece) -> int:
    if not piece.raw.isdecimal() or len(piece.raw) > 2:
        raise Unclear
    return int(piece.raw)


def _month(piece: Piece, language: str) -> int:
    return months(language)[folded(piece.raw)]
