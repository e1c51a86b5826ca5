"""How long a van needs from place to place, and what an ordinary stop takes: one profile per kind of town."""

from dataclasses import dataclass
from typing import Protocol

from portal.domain.geo import Point, distance_m


class TravelTimes(Protocol):
    """Seconds of driving (and walking) from one place to another."""

    def seconds(self, start: Point, end: Point) -> float:
        """Never negative."""
        ...


@dataclass(frozen=True, slots=True)
class StraightLine:
    """The straight line times a detour, at an even speed. Detour factor measured: 1.42."""

    kmh: float
    detour: float = 1.4

    def seconds(self, start: Point, end: Point) -> float:
        """Seconds for the way as a road would take it."""
        return distance_m(start, end) * self.detour * 3.6 / self.kmh


@dataclass(frozen=True, slots=True)
class Profile:
    """What is usual here: seconds at a door, travel, and minutes from door to door for an unknown place."""

    name: str
    service_seconds: float
    travel: TravelTimes
    usual_gap_minutes: float


# Couriers of a small town: 8 minutes a stop and 11 a straight kilometer, fitted to 29 real rounds.
SMALL_TOWN = Profile("small_town", 480.0, StraightLine(kmh=1.4 * 60 / 11), 12.0)

# Dense van rounds: a stop cycle of 139 s of which 52 s are driven (median), from 93 hours of van GPS.
DENSE_VAN = Profile("dense_van", 100.0, StraightLine(kmh=20.0), 2.4)

PROFILES = {profile.name: profile for profile in (SMALL_TOWN, DENSE_VAN)}
