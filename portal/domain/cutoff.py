"""Until when a change is possible: the shipper's notice before the van can be there, and where it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.kinds.base import KindRule, No, Situation
from portal.domain.shipment import Status


@dataclass(frozen=True, slots=True)
class CutOff:
    """The last moment for a change, None where there is none yet; `because` says why it is over."""

    until: datetime | None = None
    because: No | None = None


def cut_off(rule: KindRule, situation: Situation, now: datetime) -> CutOff:
    """The last moment for this kind of change, from the stop's place on its route and the shipper's rule."""
    if situation.status is Status.ON_VAN:
        if situation.heading_here:
            return CutOff(None, No.NEXT_STOP)
        if rule.before_loading:
            return CutOff(None, No.LOADED)
    until = _until(rule, situation)
    if until is None:
        return CutOff(None, No.ON_VAN if situation.status is Status.ON_VAN else None)
    return CutOff(until, No.TOO_LATE if now >= until else None)


def _until(rule: KindRule, situation: Situation) -> datetime | None:
    if situation.window_start is None or situation.status is Status.MISSED:
        return None
    notice = timedelta(minutes=situation.rules.notice_for(rule.kind, rule.notice_minutes))
    until = situation.window_start - notice
    place = situation.place
    if rule.before_loading and place and place.departs_at:
        until = min(until, place.departs_at)
    return until
