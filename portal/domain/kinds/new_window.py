"""Another time: a slot that dispatch offered, with a place in it."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.change import Aspect, Kind
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish
from portal.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class PickNewWindow(Wish):
    """Bring it in this slot instead."""

    slot: str
    kind = Kind.NEW_WINDOW


def slot_no(slot: Slot, now: datetime) -> No | None:
    """Why this slot cannot be chosen."""
    if now >= slot.closes_at or now >= slot.start:
        return No.SLOT_CLOSED
    return No.SLOT_FULL if slot.taken >= slot.capacity else None


def _wrong(wish: PickNewWindow, situation: Situation, choices: Choices, now: datetime) -> No | None:
    slot = next((known for known in choices.slots if known.key == wish.slot), None)
    if slot is None:
        return No.SLOT_UNKNOWN
    if (slot.start, slot.end) == (situation.window_start, situation.window_end):
        # a form sent twice, or the plan as it is: nothing to ask anybody
        return No.SLOT_YOURS
    return slot_no(slot, now)


def _none_left(_situation: Situation, choices: Choices, now: datetime) -> No | None:
    return None if any(slot_no(slot, now) is None for slot in choices.slots) else No.NO_SLOTS


NEW_WINDOW = KindRule(
    Kind.NEW_WINDOW,
    PickNewWindow,
    Aspect.WHEN,
    notice_minutes=120,
    notice_stops=4,
    wrong=_wrong,
    none_left=_none_left,
)
