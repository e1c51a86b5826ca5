"""Until when a change is possible: the shipper's notice before the van can be there, and where it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.kinds.base import KindRule, No, Place, Situation
from portal.domain.shipment import Status

# People read a clock, and an estimate that moves by a minute should not move what they were told.
STEP_MINUTES = 5


@dataclass(frozen=True, slots=True)
class CutOff:
    """The last moment for a change, None where there is none yet; `because` says why it is over."""

    until: datetime | None = None
    because: No | None = None


def cut_off(rule: KindRule, situation: Situation, now: datetime) -> CutOff:
    """The last moment for this kind of change, from the stop's place on its route and the shipper's rule."""
    if situation.turned_away:
        return CutOff()
    if situation.status is Status.MISSED:
        # It waits so long at least; whoever is later asks for nothing wrong.
        return CutOff(situation.act_by if situation.act_by and now < situation.act_by else None)
    if situation.status is Status.ON_VAN:
        return _on_the_van(rule, situation, now)
    return _judged(_before_the_van(rule, situation, now), now)


def _on_the_van(rule: KindRule, situation: Situation, now: datetime) -> CutOff:
    """Whoever is next is not changed any more (I10); the others until the van is a few stops before them."""
    place = situation.place or Place()
    if situation.heading_here or place.stops_before == 0:
        return CutOff(None, No.NEXT_STOP)
    if rule.before_loading:
        return CutOff(None, No.LOADED)
    stops = situation.rules.stops_for(rule.kind, rule.notice_stops)
    if place.stops_before is not None and place.stops_before < stops:
        return CutOff(None, No.TOO_LATE)
    arrives = place.expected_at or situation.window_start
    if arrives is None:
        return CutOff(None, No.ON_VAN)
    until = arrives - _notice(rule, situation)
    if 0 < stops <= len(place.earlier):
        until = min(until, place.earlier[stops - 1])
    return _judged(readable(until) if place.expected_at else until, now)


def _before_the_van(rule: KindRule, situation: Situation, now: datetime) -> datetime | None:
    """The notice before the window; what must stay off the van, or is among its first stops, until it departs."""
    if situation.window_start is None or (situation.window_end and situation.window_end <= now):
        return None
    until = situation.window_start - _notice(rule, situation)
    place = situation.place
    if place is None or place.departs_at is None:
        return until
    stops = situation.rules.stops_for(rule.kind, rule.notice_stops)
    early = place.stops_before is not None and place.stops_before < stops
    return min(until, place.departs_at) if rule.before_loading or early else until


def _notice(rule: KindRule, situation: Situation) -> timedelta:
    return timedelta(minutes=situation.rules.notice_for(rule.kind, rule.notice_minutes))


def _judged(until: datetime | None, now: datetime) -> CutOff:
    return CutOff(until, No.TOO_LATE if until is not None and now >= until else None)


def readable(at: datetime) -> datetime:
    """The last full five minutes before a moment."""
    return at.replace(minute=at.minute - at.minute % STEP_MINUTES, second=0, microsecond=0)
