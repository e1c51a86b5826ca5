"""A van's round as the estimate sees it: stops in order, breaks, the last fix, and what was driven so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from portal.domain.geo import Point


@dataclass(frozen=True, slots=True)
class RoundStop:
    """One door of a round. `done_at`: when delivered or tried; `known_at`: when we first heard of it.

    `not_before` and `not_after` are the door's time window, `eta_at` is dispatch's own estimate of `eta_sent_at`.
    `rough`: the place is only thought to be somewhere there (places.py), good for an estimate and for nothing else.
    """

    shipment_id: int
    seq: int
    point: Point | None = None
    service_seconds: float | None = None
    planned_at: datetime | None = None
    not_before: datetime | None = None
    done_at: datetime | None = None
    known_at: datetime | None = None
    not_after: datetime | None = None
    eta_at: datetime | None = None
    eta_sent_at: datetime | None = None
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A pause the plan knows of, taken once the stop `after_seq` is done; `started_at` once it has begun."""

    after_seq: int
    minutes: float
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """Where the van was last seen, and when."""

    point: Point
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """Stops in the planned order. `departs_at` is the planned, `departed_at` the real departure."""

    stops: tuple[RoundStop, ...]
    breaks: tuple[Break, ...] = ()
    departs_at: datetime | None = None
    departed_at: datetime | None = None

    def done(self) -> list[RoundStop]:
        """The finished stops in the order in which they were really done."""
        return _in_order_done(self.stops)

    def open(self) -> list[RoundStop]:
        """The stops still to come, in the planned order."""
        return sorted((stop for stop in self.stops if stop.done_at is None), key=lambda stop: stop.seq)

    def way(self) -> list[Point]:
        """The places of the round where they are known, as driven so far and then as planned."""
        return [stop.point for stop in (*self.done(), *self.open()) if stop.point is not None]


def _in_order_done(stops: Sequence[RoundStop]) -> list[RoundStop]:
    timed = [(stop.done_at, stop.seq, place) for place, stop in enumerate(stops) if stop.done_at is not None]
    return [stops[place] for _, _, place in sorted(timed)]


@dataclass(frozen=True, slots=True)
class Gap:
    """From one finished stop to the next: what the clock said, and whether a declared pause lay between."""

    minutes: float
    start: RoundStop
    end: RoundStop
    with_break: bool


def gaps(done: Sequence[RoundStop], breaks: Sequence[Break]) -> list[Gap]:
    """The gaps between finished stops, in the order really driven."""
    pauses = {pause.after_seq for pause in breaks}
    return [
        Gap(minutes, start, end, start.seq in pauses)
        for start, end in pairwise(done)
        if (minutes := _minutes_between(start, end)) is not None
    ]


def _minutes_between(start: RoundStop, end: RoundStop) -> float | None:
    if start.done_at is None or end.done_at is None:
        return None
    return (end.done_at - start.done_at).total_seconds() / 60


def keeps_to_plan(stops: Sequence[RoundStop]) -> bool:
    """False once the driver left the planned order twice in the last five stops."""
    done = _in_order_done(stops)
    return (
        sum(_leapt(stops, done[:place], stop) for place, stop in enumerate(done) if place >= len(done) - 5)
        < 2
    )


def _leapt(stops: Sequence[RoundStop], before: Sequence[RoundStop], stop: RoundStop) -> bool:
    """Whether `stop` was not the planned next: the first one after the stop just done that was open then.

    One that was told only after it was done could be in no plan.
    """
    if not _was_known(stop, stop):
        return False
    finished = {earlier.seq for earlier in before}
    waiting = [other.seq for other in stops if other.seq not in finished and _was_known(other, stop)]
    last_seq = before[-1].seq if before else 0
    return stop.seq != min([seq for seq in waiting if seq > last_seq] or waiting)


def _was_known(stop: RoundStop, when: RoundStop) -> bool:
    return stop.known_at is None or when.done_at is None or stop.known_at <= when.done_at
