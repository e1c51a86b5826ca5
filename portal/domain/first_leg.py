"""The way to the very next stop: what is left of it, now that some of it has passed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.pace import Basis, Leg, leg
from portal.domain.round import Break, Fix, Round, RoundStop
from portal.domain.travel import Profile

FIX_GOES_STALE = timedelta(minutes=5)
FIRST_STOPS = 3

# Seen on 541 real gaps: a stop that should be over by now needs 0.6 of its usual time more, and the longer it
# has taken, the longer it will (the driver is at lunch): half of what has passed already.
STILL_NEEDS = 0.6
LINGERS = 0.5
LINGERS_AT_MOST_MINUTES = 60.0
OVERDUE_AFTER = 1.5
JUST_DONE_MINUTES = 1.0


class Phase(StrEnum):
    """Where in the round an estimate was made: each is wrong in its own way, and is calibrated apart."""

    START = "start"
    STOP_DONE = "stop_done"
    UNDERWAY = "underway"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Pause:
    """Declared minutes between two stops; `started_at` where the driver said so, else they begin with the leg."""

    minutes: float
    started_at: datetime | None = None


def declared(breaks: Iterable[Break]) -> dict[int, Pause]:
    """The pauses by the seq they follow; of several in one place the minutes add up."""
    found: dict[int, Pause] = {}
    for one in breaks:
        before = found.get(one.after_seq, Pause(0.0))
        found[one.after_seq] = Pause(before.minutes + one.minutes, before.started_at or one.started_at)
    return found


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds for a whole round right now; `pauses` are declared by the seq they follow."""

    round: Round
    now: datetime
    van: Fix | None
    profile: Profile
    last: RoundStop | None
    pace: float
    usual: float
    pauses: dict[int, Pause]

    def way(self, start: RoundStop | None, end: RoundStop) -> tuple[Leg, float]:
        """The leg between two stops and the declared pause in it, which the plan's own times already hold."""
        found = leg(start, end, self.profile, self.usual)
        declared = self.pauses.get(start.seq) if start is not None else None
        pause = declared.minutes if declared else 0.0
        if found.basis is Basis.PLAN and 0 < pause < found.minutes:
            without = found.minutes - pause
            found = Leg(without, min(found.service_minutes, without), Basis.PLAN)
        return found, pause

    def rested(self, since: float) -> float:
        """Minutes of the declared pause after the last stop that have passed, `since` minutes after it."""
        pause = self.pauses.get(self.last.seq) if self.last else None
        if pause is None:
            return 0.0
        passed = since if pause.started_at is None else max(-self.until(pause.started_at), 0.0)
        return min(passed, pause.minutes, since)

    def until(self, at: datetime | None) -> float:
        """Minutes from now until then; 0 for no time at all."""
        return 0.0 if at is None else (at - self.now).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class FirstLeg:
    """Minutes to the next stop, `known_minutes` of them a declared pause, and the phase that this makes."""

    minutes: float
    phase: Phase
    known_minutes: float = 0.0

    @property
    def on_break(self) -> bool:
        """The driver is on a declared pause."""
        return self.known_minutes > 0


def first_leg(moment: Moment, stop: RoundStop, done: int) -> FirstLeg:
    """What is left to the next stop, `done` stops into the round."""
    if moment.last is None or moment.last.done_at is None:
        return FirstLeg(_before_first(moment, stop), Phase.START)
    way, pause = moment.way(moment.last, stop)
    whole = way.minutes * moment.pace
    since = max(-moment.until(moment.last.done_at), 0.0)
    rested = moment.rested(since)
    gone, pause_left = since - rested, pause - rested
    left = max(_left(moment, way, stop, gone), _still(whole, gone))
    return FirstLeg(left + pause_left, _phase(gone, whole, done), pause_left)


def _phase(gone: float, whole: float, done: int) -> Phase:
    if gone > OVERDUE_AFTER * whole:
        return Phase.OVERDUE
    if gone > JUST_DONE_MINUTES:
        return Phase.UNDERWAY
    return Phase.START if done <= FIRST_STOPS else Phase.STOP_DONE


def _left(moment: Moment, way: Leg, stop: RoundStop, gone: float) -> float:
    """The leg less the time gone; with a fresh fix, the way to go and the rest of the time at the door."""
    whole = way.minutes * moment.pace
    travel = _travel_left(moment, stop)
    if travel is None:
        return whole - gone
    service, travel = way.service_minutes * moment.pace, travel * moment.pace
    gone_at_door = max(gone - max(whole - service - travel, 0.0), 0.0)
    return travel + service - gone_at_door


def _still(whole: float, gone: float) -> float:
    """The least that is left, whatever the clock says."""
    if gone <= 0:
        return 0.0
    lingers = max(STILL_NEEDS * whole, min(LINGERS * gone, LINGERS_AT_MOST_MINUTES))
    return min(lingers, whole) if gone < whole else lingers


def _before_first(moment: Moment, stop: RoundStop) -> float:
    way, _ = moment.way(None, stop)
    departed_at = moment.round.departed_at
    if departed_at is None:
        if stop.planned_at is not None:
            return max(moment.until(stop.planned_at), way.service_minutes)
        return max(moment.until(moment.round.departs_at), 0.0) + way.minutes
    travel = _travel_left(moment, stop)
    if travel is not None:
        return travel + way.service_minutes
    planned = moment.until(stop.planned_at)
    return max(planned or way.minutes + moment.until(departed_at), STILL_NEEDS * way.minutes)


def _travel_left(moment: Moment, stop: RoundStop) -> float | None:
    van = moment.van
    if van is None or stop.point is None or stop.rough or moment.now - van.at > FIX_GOES_STALE:
        return None
    return moment.profile.travel.seconds(van.point, stop.point) / 60
