"""How long a van needs from place to place, and what an ordinary stop takes: one profile per kind of town."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from portal.domain.geo import Point, distance_m


class TravelTimes(Protocol):
    """Seconds of driving (and walking) from one place to another."""

    def seconds(self, start: Point, end: Point) -> float:
        """Never negative."""
        ...

    def by_road(self, start: Point, end: Point) -> bool:
        """Whether roads say so, or only the distance."""
        ...


class Roads(Protocol):
    """What is known of the roads, by a map or a routing server. Nobody waits, but in `find`."""

    def seconds(self, start: Point, end: Point) -> float | None:
        """Seconds by road, with the steps to the doors; None where nothing is known."""
        ...

    def expect(self, way: Sequence[Point]) -> None:
        """These places will be asked for one after the other: whoever has to find out may begin."""
        ...

    def find(self, way: Sequence[Point]) -> None:
        """As `expect`, and wait for it. Not for a page, nor while a transaction is open."""
        ...


@dataclass(frozen=True, slots=True)
class StraightLine:
    """The straight line times a detour, at an even speed. Detour factor measured: 1.42."""

    kmh: float
    detour: float = 1.4

    def seconds(self, start: Point, end: Point) -> float:
        """Seconds for the way as a road would take it."""
        return distance_m(start, end) * self.per_meter

    def by_road(self, start: Point, end: Point) -> bool:
        """Never."""
        return False

    @property
    def per_meter(self) -> float:
        """Seconds a straight meter takes."""
        return self.detour * 3.6 / self.kmh


# How fast a straight line with its detour is really driven: legs of 300 m to 2 km between addresses of Liechtenstein.
DRIVEN_KMH = 22.0
# Looking for a door, parking and turning grow with the first kilometer of a leg, not with the tenth.
SLOWNESS_ENDS_M = 1_000.0


@dataclass(frozen=True, slots=True)
class ByRoad:
    """Roads where they are known, else the straight line, leg by leg.

    A profile's line may be slower than any drive, since it was fitted to whole rounds and holds what else takes time.
    That slowness is added to the roads' seconds, so that the two agree on an ordinary leg of a town.
    """

    roads: Roads
    line: StraightLine

    def seconds(self, start: Point, end: Point) -> float:
        """The roads' seconds and the profile's slowness, or the straight line's."""
        driven = self.roads.seconds(start, end)
        if driven is None:
            return self.line.seconds(start, end)
        slowness = max(self.line.per_meter - self.line.detour * 3.6 / DRIVEN_KMH, 0.0)
        return driven + slowness * min(distance_m(start, end), SLOWNESS_ENDS_M)

    def by_road(self, start: Point, end: Point) -> bool:
        """Whether the roads know this leg."""
        return self.roads.seconds(start, end) is not None


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


def on_roads(profile: Profile, roads: Roads | None) -> Profile:
    """The profile with these roads under its wheels; itself without any."""
    if roads is None or not isinstance(profile.travel, StraightLine):
        return profile
    return replace(profile, travel=ByRoad(roads, profile.travel))
