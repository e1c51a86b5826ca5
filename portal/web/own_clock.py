"""The agent's own clock beside the door's: the zone that their browser told, or that they chose."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from flask import Response, request

from portal.web.dossier_view import Clock, clock
from portal.wiring import kit

COOKIE = "doorstep-zone"
# They want to see the door's clock alone; it is also what the browser's script leaves alone.
DOOR_ONLY = "door"
A_YEAR_S = 365 * 24 * 3600
COMMON = (
    "UTC",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Warsaw",
    "Europe/Istanbul",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Africa/Johannesburg",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Tokyo",
    "Australia/Sydney",
)


@dataclass(frozen=True, slots=True)
class TwoClocks:
    """The door's clock, and the agent's own where one is known; `chosen` is what the choice on the page shows."""

    door: Clock
    own: Clock | None
    chosen: str

    def own_time(self, at: datetime) -> str:
        """The agent's own time of a moment, with its day where that differs; empty where both clocks show the same."""
        if (
            self.own is None
            or at.astimezone(self.own.tz).utcoffset() == at.astimezone(self.door.tz).utcoffset()
        ):
            return ""
        same_day = self.own.local.date(at) == self.door.local.date(at)
        return self.own.time(at) if same_day else self.own.local.short(at)

    @property
    def differs(self) -> bool:
        """Whether the two show different times at this moment."""
        return bool(self.own_time(self.door.local.now))


def zone_known(name: str) -> bool:
    """Whether there is such a zone."""
    return len(name) <= 64 and name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def two_clocks(door: Clock) -> TwoClocks:
    """The clocks of this request."""
    chosen = request.cookies.get(COOKIE, "")
    known = chosen != DOOR_ONLY and zone_known(chosen)
    own = clock(chosen, door.local.country, door.local.now) if known else None
    return TwoClocks(door, own, chosen if known else "")


def remember(response: Response, zone: str) -> None:
    """Keep a choice in the agent's browser: a zone, or the door's clock alone."""
    response.set_cookie(
        COOKIE, zone, max_age=A_YEAR_S, path="/console", samesite="Lax", secure=kit().settings.in_public
    )
