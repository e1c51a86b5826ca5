"""The agent's own clock beside the door's: that of their account, or the one that their browser told."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from flask import request

from portal.web.dossier_view import Clock, clock

# Set by js/own-clock.js: the name of a zone and nothing else.
COOKIE = "doorstep-zone"


@dataclass(frozen=True, slots=True)
class TwoClocks:
    """The door's clock, and the agent's own where one is known."""

    door: Clock
    own: Clock | None

    def own_time(self, at: datetime) -> str:
        """The agent's own time of a moment, with its day where that differs; empty where both clocks show the same."""
        own, door = self.own, self.door
        if own is None or at.astimezone(own.tz).utcoffset() == at.astimezone(door.tz).utcoffset():
            return ""
        same_day = own.local.date(at) == door.local.date(at)
        return own.time(at) if same_day else f"{at.astimezone(own.tz):%a} {own.time(at)}"

    @property
    def differs(self) -> bool:
        """Whether the two show different times at this moment."""
        return bool(self.own_time(self.door.local.now))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def two_clocks(door: Clock, of_account: str) -> TwoClocks:
    """The clocks of this request; `of_account` is the zone an agent has chosen, empty for none."""
    zone = of_account or request.cookies.get(COOKIE, "")
    return TwoClocks(door, clock(zone, door.local.country, door.local.now) if zone in _zones() else None)
