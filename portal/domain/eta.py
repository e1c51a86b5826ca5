"""How many minutes are left to each open stop of a round, from what is known now and nothing later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.pace import Basis, Leg, leg, pace_today, usual_minutes
from portal.domain.round import Fix, Round, RoundStop, gaps, keeps_to_plan
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


class Confidence(StrEnum):
    """How much of the estimate was known rather than assumed."""

    FIRM = "firm"
    FAIR = "fair"
    ROUGH = "rough"


@dataclass(frozen=True, slots=True)
class Estimate:
    """When the van will be done at one stop. `stops_before` counts the doors in between, 0 for the next one.

    `pace` is the driver's today (1 is ordinary); `in_order` is False once the count of stops is not to be
    believed.
    """

    shipment_id: int
    at: datetime
    minutes_left: float
    stops_before: int
    source: Basis
    confidence: Confidence
    phase: Phase
    pace: float = 1.0
    on_break: bool = False
    in_order: bool = True

    @property
    def stops_away(self) -> int:
        """1 for the next stop."""
        return self.stops_before + 1


@dataclass(frozen=True, slots=True)
class _Moment:
    """What holds for the whole round right now."""

    round: Round
    now: datetime
    van: Fix | None
    profile: Profile
    last: RoundStop | None
    pace: float
    usual: float
    pauses: dict[int, float]

    def leg(self, start: RoundStop | None, end: RoundStop) -> Leg:
        return leg(start, end, self.profile, self.usual)

    def until(self, at: datetime | None) -> float:
        return 0.0 if at is None else (at - self.now).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class _First:
    minutes: float
    phase: Phase
    on_break: bool = False


def estimate(planned: Round, now: datetime, van: Fix | None, profile: Profile) -> tuple[Estimate, ...]:
    """One estimate for each open stop, in the planned order.

    Legs are multiplied by the driver's pace today; pauses the plan knows of and time windows are waited for.
    The source of an estimate is its weakest leg's.
    """
    done, still_open = planned.done(), planned.open()
    if not still_open:
        return ()
    usual = usual_minutes(done, profile)
    pace = pace_today(gaps(done, planned.breaks), profile, usual)
    pauses = {pause.after_seq: pause.minutes for pause in planned.breaks}
    moment = _Moment(planned, now, van, profile, done[-1] if done else None, pace, usual, pauses)
    first = _first(moment, still_open[0], len(done))
    in_order = keeps_to_plan(planned.stops)
    return tuple(
        Estimate(
            shipment_id=stop.shipment_id,
            at=now + timedelta(minutes=minutes),
            minutes_left=minutes,
            stops_before=place,
            source=basis,
            confidence=_confidence(basis, in_order, first.phase, place),
            phase=first.phase,
            pace=pace,
            on_break=first.on_break,
            in_order=in_order,
        )
        for place, (stop, minutes, basis) in enumerate(_arrivals(moment, still_open, first.minutes))
    )


WEAKNESS = {basis: place for place, basis in enumerate(Basis)}


def _arrivals(
    moment: _Moment, stops: list[RoundStop], minutes: float
) -> Iterator[tuple[RoundStop, float, Basis]]:
    before = moment.last
    weakest = Basis.PLAN
    for place, stop in enumerate(stops):
        way = moment.leg(before, stop)
        if place and before is not None:
            # The plan's own times already hold the pause.
            pause = 0.0 if way.basis is Basis.PLAN else moment.pauses.get(before.seq, 0.0)
            minutes += way.minutes * moment.pace + pause
        minutes = max(minutes, moment.until(stop.not_before))
        weakest = max(weakest, way.basis, key=WEAKNESS.__getitem__)
        yield stop, minutes, weakest
        before = stop


def _first(moment: _Moment, stop: RoundStop, done: int) -> _First:
    """Minutes to the very next stop, and the phase that this makes for all that follow."""
    if moment.last is None or moment.last.done_at is None:
        return _First(_before_first(moment, stop), Phase.START)
    way = moment.leg(moment.last, stop)
    whole = way.minutes * moment.pace
    since = max(-moment.until(moment.last.done_at), 0.0)
    pause = moment.pauses.get(moment.last.seq, 0.0)
    gone = max(since - pause, 0.0)
    left = max(
        _left(moment, way, stop, gone),
        min(_lingers(whole, gone), whole) if gone < whole else _lingers(whole, gone),
    )
    if gone > OVERDUE_AFTER * whole:
        phase = Phase.OVERDUE
    elif gone > JUST_DONE_MINUTES:
        phase = Phase.UNDERWAY
    else:
        phase = Phase.START if done <= FIRST_STOPS else Phase.STOP_DONE
    return _First(left + max(pause - since, 0.0), phase, since < pause)


def _left(moment: _Moment, way: Leg, stop: RoundStop, gone: float) -> float:
    """The leg less the time gone; with a fresh fix, the way to go and the rest of the time at the door."""
    whole = way.minutes * moment.pace
    travel = _travel_left(moment, stop)
    if travel is None:
        return whole - gone
    service, travel = way.service_minutes * moment.pace, travel * moment.pace
    gone_at_door = max(gone - max(whole - service - travel, 0.0), 0.0)
    return travel + service - gone_at_door


def _lingers(whole: float, gone: float) -> float:
    if gone <= 0:
        return 0.0
    return max(STILL_NEEDS * whole, min(LINGERS * gone, LINGERS_AT_MOST_MINUTES))


def _before_first(moment: _Moment, stop: RoundStop) -> float:
    way = moment.leg(None, stop)
    if moment.round.departed_at is None:
        if stop.planned_at is not None:
            return max(moment.until(stop.planned_at), way.service_minutes)
        return max(moment.until(moment.round.departs_at), 0.0) + way.minutes
    travel = _travel_left(moment, stop)
    if travel is not None:
        return travel + way.service_minutes
    return max(way.minutes + moment.until(moment.round.departed_at), STILL_NEEDS * way.minutes)


def _travel_left(moment: _Moment, stop: RoundStop) -> float | None:
    van = moment.van
    if van is None or stop.point is None or moment.now - van.at > FIX_GOES_STALE:
        return None
    return moment.profile.travel.seconds(van.point, stop.point) / 60


def _confidence(basis: Basis, in_order: bool, phase: Phase, place: int) -> Confidence:
    if not in_order or basis is Basis.USUAL:
        return Confidence.ROUGH
    return Confidence.FAIR if phase is Phase.OVERDUE or place >= 10 else Confidence.FIRM
