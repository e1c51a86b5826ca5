"""A locker or a pickup point takes it, in a compartment that fits."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.change import Aspect, Kind
from portal.domain.events import How
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish
from portal.domain.lockers import Locker, smallest_fitting


@dataclass(frozen=True, slots=True)
class LeaveInLocker(Wish):
    """Put it into this locker. `low`: only a compartment one can reach without lifting; `overflow_m`: if it turns
    out to be full, another one within this distance will do (0: no other)."""

    locker: str
    low: bool = False
    overflow_m: int = 0
    kind = Kind.LOCKER


def locker_no(locker: Locker, situation: Situation) -> No | None:
    """Why this locker cannot take the shipment."""
    fitting = smallest_fitting(situation.parcels, locker)
    if not fitting:
        return No.TOO_BIG
    return None if any(compartment.free > 0 for compartment in fitting) else No.LOCKER_FULL


def _wrong(wish: LeaveInLocker, situation: Situation, choices: Choices, _now: datetime) -> No | None:
    locker = next((known for known in choices.lockers if known.key == wish.locker), None)
    return locker_no(locker, situation) if locker else No.LOCKER_UNKNOWN


def _none_left(situation: Situation, choices: Choices, _now: datetime) -> No | None:
    reasons = {locker_no(locker, situation) for locker in choices.lockers}
    if not reasons:
        return No.NO_LOCKERS
    if None in reasons:
        return None
    return No.TOO_BIG if reasons == {No.TOO_BIG} else No.LOCKERS_FULL


LOCKER = KindRule(
    Kind.LOCKER,
    LeaveInLocker,
    Aspect.WHERE,
    notice_minutes=120,
    notice_stops=4,
    to_others=True,
    wrong=_wrong,
    none_left=_none_left,
    handed_as=frozenset({How.LOCKER}),
)
