"""Visits around the nights when clocks change, and when each is to be reminded of, reckoned without our own rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

REMINDED_AT = time(17)
ZONES = (
    "Europe/Berlin", "Europe/London", "Atlantic/Azores", "America/New_York", "America/Los_Angeles",
    "America/St_Johns", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Tehran", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Apia",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Season:
    """Days around a change of clocks: visits on each of `days`, ticks from `begins` to `ends`."""

    name: str
    first: date
    days: int

    @property
    def begins(self) -> datetime:
        """Four hours before the first eve shows 17:00 somewhere."""
        return datetime.combine(self.first, time(), UTC) - timedelta(hours=24)

    @property
    def ends(self) -> datetime:
        """When 17:00 on the last eve, that of a visit that moved, is past everywhere."""
        return datetime.combine(self.first, time(), UTC) + timedelta(days=self.days, hours=3)


SEASONS = (
    Season("clocks go forward in America", date(2026, 3, 8), 3),
    Season("clocks go forward in Europe", date(2026, 3, 28), 3),
    Season("clocks change on Lord Howe, by half an hour", date(2026, 4, 4), 3),
    Season("clocks go back in Europe", date(2026, 10, 24), 3),
    Season("clocks go back in America", date(2026, 10, 31), 3),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit in a zone, and what becomes of it: `kept`, `moved` before its reminder, or `cancelled`."""

    number: int
    zone: str
    day: date
    fate: str

    @property
    def reference(self) -> str:
        return f"V-{self.number:05d}"

    @property
    def phone(self) -> str:
        return f"+49151{30_000_000 + self.number}"

    def window(self, moved: bool = False) -> dict[str, str]:
        """Between nine and eleven at the door, with the offset of that day."""
        day = self.day + timedelta(days=moved)
        zone = ZoneInfo(self.zone)
        return {
            name: datetime.combine(day, time(hour), zone).isoformat()
            for name, hour in (("start", 9), ("end", 11))
        }

    @property
    def reminded_at(self) -> datetime | None:
        """When they are to be told, UTC; None: not at all."""
        if self.fate == "cancelled":
            return None
        return eve(self.day + timedelta(days=self.fate == "moved"), self.zone)

    def shipment(self, moved: bool = False) -> dict[str, object]:
        """As dispatch tells it."""
        door = {"lines": [f"{self.number} Mill Lane"], "locality": "Harbourton", "postcode": "12345"}
        return {
            "reference": self.reference,
            "parcels": [{"code": f"P-{self.reference}"}],
            "recipient": {"name": f"Person {self.number}", "phone": self.phone, "language": "en"},
            "address": door | {"country": "DE", "timezone": self.zone},
            "window": self.window(moved),
        }


@cache
def eve(day: date, zone: str) -> datetime:
    """The moment of the day before at which a clock on the wall there shows 17:00: looked for, minute by minute."""
    before, there = day - timedelta(days=1), ZoneInfo(zone)
    at = datetime.combine(before, time(), UTC) - timedelta(hours=15)
    while True:
        local = at.astimezone(there)
        if local.date() == before and local.time() == REMINDED_AT:
            return at
        at += timedelta(minutes=1)


def visits(season: Season, people: int) -> Iterator[Visit]:
    """So many people in every zone and on every day; of ten, one visit is moved and one is called off."""
    fates = ("kept",) * 4 + ("moved",) + ("kept",) * 4 + ("cancelled",)
    number = 0
    for nth in range(season.days):
        for zone in ZONES:
            for _ in range(people):
                yield Visit(number, zone, season.first + timedelta(days=nth), fates[number % len(fates)])
                number += 1
