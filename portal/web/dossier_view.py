"""The dossier and the desk in local words: times on the door's clock, with its zone named, grouped by day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from portal.domain.telling import length
from portal.domain.timeline import Entry, Strand, Timeline
from portal.web.local import Local, opening, zone_of

STRANDS = {
    Strand.EVENT: "Events",
    Strand.DOOR: "At the door",
    Strand.WINDOW: "Windows",
    Strand.MESSAGE: "Messages",
    Strand.REPLY: "Replies",
    Strand.CHANGE: "Changes",
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
    """The entries of one day at the door, newest first."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A strand that can be shown alone; `value` empty for all."""

    value: str
    label: str
    count: int
    here: bool


def days_of(timeline: Timeline, at_door: Clock) -> list[Day]:
    """The timeline by day."""
    grouped = groupby(timeline.entries, key=lambda entry: at_door.local.date(entry.at))
    return [
        Day(opening(at_door.local.day(entries[0].at)), entries)
        for entries in (tuple(day) for _, day in grouped)
    ]


def filters_of(timeline: Timeline, only: Strand | None) -> list[Filter]:
    """One filter for all, and one for each strand that has entries."""
    everything = Filter("", "Everything", timeline.total, only is None)
    return [everything] + [
        Filter(strand.value, label, timeline.counts.get(strand, 0), only is strand)
        for strand, label in STRANDS.items()
        if timeline.counts.get(strand) or only is strand
    ]
