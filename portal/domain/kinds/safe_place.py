"""A safe place at the recipient's own door."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.change import Aspect, Kind
from portal.domain.events import How
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish


class Spot(StrEnum):
    """Where at the door; OTHER needs words."""

    PORCH = "porch"
    GARAGE = "garage"
    SHED = "shed"
    TERRACE = "terrace"
    STAIRWELL = "stairwell"
    MAILBOX = "mailbox"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LeaveInSafePlace(Wish):
    """Leave it there; `spot` is one of `Spot`, `words` say it more exactly, `ring` asks to ring the bell first."""

    spot: str
    words: str = ""
    ring: bool = True
    kind = Kind.SAFE_PLACE


def _wrong(wish: LeaveInSafePlace, _situation: Situation, _choices: Choices, _now: datetime) -> No | None:
    if wish.spot not in set(Spot):
        return No.PLACE_WHERE
    return No.PLACE_WORDS if wish.spot == Spot.OTHER and not wish.words.strip() else None


SAFE_PLACE = KindRule(
    Kind.SAFE_PLACE,
    LeaveInSafePlace,
    Aspect.WHERE,
    notice_minutes=30,
    to_others=True,
    wrong=_wrong,
    handed_as=frozenset({How.SAFE_PLACE, How.MAILBOX}),
)
