"""A locker or a pickup point takes it, in a compartment that fits."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.change import Aspect, Kind
from portal.domain.events import How
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish
from portal.domain.lockers import Locker, Misfit, misfit


@dataclass(frozen=True, slots=True)
class LeaveInLocker(Wish):
    """Put it into this locker. `low`: only a compartment one can reach without lifting; `overflow_m`: if it turns
    out to be full, another one within this distance will do (0: no other)."""

    locker: str
    low: bool = False
    overflow_m: int = 0
    kind = Kind.LOCKER


# What a page says of one locker.
NO_OF = {
    Misfit.TOO_BIG: No.TOO_BIG,
    Misfit.TOO_HEAVY: No.TOO_HEAVY,
    Misfit.NOT_LOW: No.NOT_LOW,
    Misfit.FULL: No.LOCKER_FULL,
}


def locker_no(locker: Locker, situation: Situation, low: bool = False) -> No | None:
    """Why this locker cannot take the shipment; `low`: into a compartment one reaches without lifting."""
    reason = misfit(situation.parcels, locker, low)
    return NO_OF[reason] if reason else None


def _wrong(wish: LeaveInLocker, situation: Situation, choices: Choices, _now: datetime) -> No | None:
    locker = next((known for known in choices.lockers if known.key == wish.locker), None)
    return locker_no(locker, situation, wish.low) if locker else No.LOCKER_UNKNOWN


def _none_left(situation: Situation, choices: Choices, _now: datetime) -> No | None:
    reasons = set()
    for locker in choices.lockers:
        if (reason := locker_no(locker, situation)) is None:
            return None
        reasons.add(reason)
    if not reasons:
        return No.NO_LOCKERS
    # a locker that is full today may be free tomorrow: the reason that could pass is the one that is told
    if No.LOCKER_FULL in reasons:
        return No.LOCKERS_FULL
    return No.TOO_HEAVY if No.TOO_HEAVY in reasons else No.TOO_BIG


LOCKER = KindRule(
    Kind.LOCKER,
    LeaveInLocker,
    Aspect.WHERE,
    notice_minutes=120,
    notice_stops=4,
    elsewhere=True,
    to_others=True,
    wrong=_wrong,
    none_left=_none_left,
    handed_as=frozenset({How.LOCKER}),
)
