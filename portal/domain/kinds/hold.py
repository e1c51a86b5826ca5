"""Kept at the depot for a while: a holiday, and delivered on the day the recipient is back."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal.domain.change import Aspect, Kind
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish


@dataclass(frozen=True, slots=True)
class KeepForAWhile(Wish):
    """Keep it and bring it on `until`, a day (ISO 8601) at the door."""

    until: str
    kind = Kind.HOLD


def day_of(text: str) -> date | None:
    """The day a form or a caller named; None for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _wrong(wish: KeepForAWhile, situation: Situation, _choices: Choices, now: datetime) -> No | None:
    zone = ZoneInfo(situation.address.timezone if situation.address else "UTC")
    today, day = now.astimezone(zone).date(), day_of(wish.until)
    if day is None or day <= today:
        return No.HOLD_DATES
    return No.HOLD_TOO_LONG if (day - today).days > situation.rules.hold_days else None


HOLD = KindRule(
    Kind.HOLD,
    KeepForAWhile,
    Aspect.WHEN,
    notice_minutes=120,
    before_loading=True,
    wrong=_wrong,
)
