"""A van on its round, as a pure value: where it is at a moment, and what has happened on the way there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import atan2, degrees, dist

from portal.demo import paths
from portal.demo.streets import Graph, Point

# Town traffic, lights and parking included.
METERS_PER_SECOND = 22 / 3.6


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the driver goes next, for which shipment, and how long the hand-over takes."""

    reference: str
    foot: Point
    service: timedelta


@dataclass(frozen=True, slots=True)
class Leg:
    """A drive; until `leaves_at` the van stands at the first point, after `arrives_at` at the last."""

    way: tuple[Point, ...]
    leaves_at: datetime

    @property
    def arrives_at(self) -> datetime:
        """When the van is there."""
        return self.leaves_at + timedelta(seconds=paths.length(self.way) / METERS_PER_SECOND)

    def at(self, now: datetime) -> tuple[Point, float]:
        """The point at this moment and the heading in degrees from north."""
        left = max(0.0, (now - self.leaves_at).total_seconds()) * METERS_PER_SECOND
        for (x, y), (u, v) in pairwise(self.way):
            step = dist((x, y), (u, v))
            if left < step:
                share = left / step
                return (x + (u - x) * share, y + (v - y) * share), _heading(u - x, v - y)
            left -= step
        return self.way[-1], 0.0

    def moving(self, now: datetime) -> bool:
        """On the road at this moment."""
        return self.leaves_at < now < self.arrives_at

    def halted(self, now: datetime, until: datetime) -> "Leg":
        """The same drive, interrupted now and continued at `until`."""
        here, left = self.at(now)[0], max(0.0, (now - self.leaves_at).total_seconds()) * METERS_PER_SECOND
        ahead = 0.0
        for place in range(1, len(self.way)):
            ahead += dist(self.way[place - 1], self.way[place])
            if ahead > left:
                return Leg((here, *self.way[place:]), max(until, self.leaves_at))
        return self


def _heading(east: float, north: float) -> float:
    return round(degrees(atan2(east, north)) % 360, 1)


class Did(StrEnum):
    """What a driver did."""

    SET_OFF = "set_off"
    ARRIVED = "arrived"
    HANDED_OVER = "handed_over"
    CAME_BACK = "came_back"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a driver did, for which stop, at which moment."""

    did: Did
    stop: Stop | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Van:
    """A van at a moment: its drive, the stop it serves or heads for, and those after it."""

    name: str
    route: str
    depot: Point
    leg: Leg
    heading_for: Stop | None
    todo: tuple[Stop, ...]
    rests: Mapping[str, timedelta]
    busy_until: datetime | None = None
    back: bool = False

    def fix(self, now: datetime) -> tuple[Point, float, float]:
        """Where the van is: the point, meters per second, heading in degrees."""
        point, heading = self.leg.at(now)
        return point, METERS_PER_SECOND if self.leg.moving(now) else 0.0, heading

    def without(self, reference: str) -> "Van":
        """The same round without this stop; the one being driven to stays."""
        return replace(self, todo=tuple(stop for stop in self.todo if stop.reference != reference))

    def via(self, reference: str, foot: Point) -> "Van":
        """The same round, but this shipment is brought to another place."""
        return replace(
            self, todo=tuple(replace(s, foot=foot) if s.reference == reference else s for s in self.todo)
        )

    def turned_round(self, graph: Graph, now: datetime) -> "Van":
        """The driver leaves the plan: the stop after the next one comes first."""
        if self.heading_for is None or not self.todo or self.busy_until:
            return self
        first, *rest = self.todo
        here = self.leg.halted(now, now).way
        back = paths.shortest(graph, here[1] if len(here) > 1 else here[0], first.foot)
        return replace(
            self, leg=Leg((here[0], *back), now), heading_for=first, todo=(self.heading_for, *rest)
        )

    def halted(self, now: datetime, until: datetime) -> "Van":
        """Standing still until then, whatever it was doing."""
        if self.busy_until:
            return replace(self, busy_until=self.busy_until + (until - now))
        return replace(self, leg=self.leg.halted(now, until))


def at_depot(
    name: str,
    route: str,
    depot: Point,
    departs_at: datetime,
    stops: tuple[Stop, ...],
    rests: Mapping[str, timedelta] | None = None,
) -> Van:
    """A loaded van that waits for its departure; `rests` are breaks after a stop, by reference."""
    return Van(name, route, depot, Leg((depot,), departs_at), None, stops, rests or {}, busy_until=departs_at)


def next_at(van: Van) -> datetime | None:
    """When the driver does the next thing; None once the van is back."""
    return None if van.back else van.busy_until or van.leg.arrives_at


def step(van: Van, graph: Graph) -> tuple[Van, list[Deed]]:
    """The van after the next thing its driver does, and what that was."""
    if van.busy_until:
        return _leave(van, van.busy_until, graph)
    arrived = van.leg.arrives_at
    if van.heading_for is None:
        return replace(van, back=True), [Deed(Did.CAME_BACK, None, arrived)]
    stop = van.heading_for
    return replace(van, busy_until=arrived + stop.service), [Deed(Did.ARRIVED, stop, arrived)]


def drive(van: Van, graph: Graph, now: datetime) -> tuple[Van, list[Deed]]:
    """The van at `now`, and everything its driver did since, in order."""
    deeds: list[Deed] = []
    while (at := next_at(van)) and at <= now:
        van, more = step(van, graph)
        deeds += more
    return van, deeds


def _leave(van: Van, now: datetime, graph: Graph) -> tuple[Van, list[Deed]]:
    """The hand-over, the loading or the break is done: rest if a break is due, else drive on."""
    served = van.heading_for
    deeds = [Deed(Did.HANDED_OVER, served, now)] if served else []
    if served and (rest := van.rests.get(served.reference)):
        return replace(van, heading_for=None, busy_until=now + rest), deeds
    following, todo = (van.todo[0], van.todo[1:]) if van.todo else (None, ())
    way = paths.shortest(graph, van.leg.way[-1], following.foot if following else van.depot)
    van = replace(van, leg=Leg(way, now), heading_for=following, todo=todo, busy_until=None)
    return van, [*deeds, Deed(Did.SET_OFF, following, now)]
