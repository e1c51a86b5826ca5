"""The dossier and the desk in local words: times on the door's clock, with its zone named, grouped by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from portal.domain.folding import Run, folded
from portal.domain.telling import length
from portal.domain.timeline import Choice, Entry, Strand, Timeline
from portal.store.dossier import LinkKnown
from portal.web.local import Local, opening, zone_of

STRANDS = {
    Strand.EVENT: "Events",
    Strand.DOOR: "At the door",
    Strand.WINDOW: "Windows",
    Strand.MESSAGE: "Messages",
    Strand.REPLY: "Replies",
    Strand.CHANGE: "Changes",
    Strand.DISPATCH: "Dispatch",
    Strand.CODE: "Codes",
    Strand.VIEW: "Page views",
    Strand.NOTE: "Notes",
    Strand.AGENT: "Agents",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """The door's clock as an agent reads it, in English."""

    local: Local

    @property
    def tz(self) -> tzinfo:
        """The zone."""
        return zone_of(self.local.zone)

    @property
    def zone(self) -> str:
        """The zone by name and by its letters at this moment, such as `Europe/Berlin (CEST)`."""
        return f"{self.local.zone.replace('_', ' ')} ({self.letters(self.local.now)})"

    def letters(self, at: datetime) -> str:
        """What the zone is called at that moment, such as `CEST`."""
        return f"{at.astimezone(zone_of(self.local.zone)):%Z}"

    def time(self, at: datetime) -> str:
        """The time alone."""
        return self.local.time(at)

    def full(self, at: datetime) -> str:
        """Day and time."""
        return self.local.at(at)

    def opening(self, at: datetime) -> str:
        """Day and time at the beginning of a line."""
        return opening(self.local.at(at))

    def beside(self, at: datetime, other: datetime) -> str:
        """The time, with its day only where that is not the day of `other`."""
        same = self.local.date(at) == self.local.date(other)
        return self.local.time(at) if same else self.local.at(at)

    def window(self, start: datetime, end: datetime) -> str:
        """A window at the beginning of a line."""
        return opening(self.local.between(start, end))

    def ago(self, at: datetime) -> str:
        """How long ago, or how long until, in minutes or hours, without a sign."""
        gone = abs(self.local.now - at)
        return "less than a minute" if gone < timedelta(seconds=30) else length(gone)


def clock(zone: str, country: str, now: datetime) -> Clock:
    """The clock of a door."""
    return Clock(Local(zone, "en", country, now))


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day at the door, newest first; runs of quiet ones are one item."""

    label: str
    items: Sequence[Entry | Run]


@dataclass(frozen=True, slots=True)
class Filter:
    """A strand that can be shown or left out; `strands` and `problems` are what is asked for then."""

    label: str
    count: int
    here: bool
    strands: tuple[str, ...] = ()
    problems: bool = False
    key: str = ""


KEYS = {Strand.MESSAGE: "m", Strand.CHANGE: "c", Strand.EVENT: "e", Strand.DISPATCH: "i"}


def days_of(timeline: Timeline, at_door: Clock, *, fold: bool = True) -> list[Day]:
    """The timeline by day; `fold`: long runs of quiet entries become one item."""
    grouped = groupby(timeline.entries, key=lambda entry: at_door.local.date(entry.at))
    return [
        Day(opening(at_door.local.day(entries[0].at)), folded(entries) if fold else entries)
        for entries in (tuple(day) for _, day in grouped)
    ]


def choice_of(shown: Iterable[str], problems: str) -> Choice:
    """What an address asks to see; unknown names are left out."""
    known = frozenset(Strand(name) for name in shown if name in list(Strand))
    return Choice(known, bool(problems))


def filters_of(timeline: Timeline, choice: Choice) -> list[Filter]:
    """One filter for all, one for what is not well, and one for each strand that has entries: each adds or leaves."""
    asked = tuple(sorted(choice.strands))
    everything = Filter("Everything", timeline.total, choice.everything, key="a")
    troubled = Filter("Problems only", timeline.problems, choice.problems, asked, not choice.problems, "o")
    return [everything, troubled] + [
        Filter(
            label,
            timeline.counts.get(strand, 0),
            strand in choice.strands,
            tuple(sorted(choice.strands ^ {strand})),
            choice.problems,
            KEYS.get(strand, ""),
        )
        for strand, label in STRANDS.items()
        if timeline.counts.get(strand) or strand in choice.strands
    ]


def link_says(links: Sequence[LinkKnown], at_door: Clock) -> str:
    """How the recipient's link stands, in a sentence."""
    if not links:
        return "There is none."
    newest, now = links[-1], at_door.local.now
    if newest.revoked_at:
        return f"Revoked {at_door.full(newest.revoked_at)}: it opens nothing any more."
    if newest.expires_at and newest.expires_at <= now:
        return f"Expired {at_door.full(newest.expires_at)}: it opens nothing any more."
    until = f", until {at_door.full(newest.expires_at)}" if newest.expires_at else ""
    renewed = f" It is number {len(links)}; those before open nothing." if len(links) > 1 else ""
    return f"It opens their page{until}.{renewed}"
