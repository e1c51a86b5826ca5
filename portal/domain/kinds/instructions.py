"""What the driver should know: the way to the door, and what the recipient needs there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.change import Aspect, Kind
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish


class Need(StrEnum):
    """What helps somebody at the door; nobody has to say why."""

    MORE_TIME = "more_time"
    NO_STAIRS = "no_stairs"
    LOWER_COMPARTMENT = "lower_compartment"
    TEXT_ONLY = "text_only"
    RING_LOUD = "ring_loud"
    DO_NOT_RING = "do_not_ring"


@dataclass(frozen=True, slots=True)
class GiveInstructions(Wish):
    """Gate code, floor, needs (`Need`) and a few words. The code and the words are shown to nobody with the link
    alone."""

    gate_code: str = ""
    floor: str = ""
    needs: tuple[str, ...] = ()
    words: str = ""
    kind = Kind.INSTRUCTIONS


def _wrong(wish: GiveInstructions, _situation: Situation, _choices: Choices, _now: datetime) -> No | None:
    said = wish.gate_code.strip() or wish.floor.strip() or wish.words.strip() or wish.needs
    return None if said and set(wish.needs) <= set(Need) else No.INSTRUCTIONS_EMPTY


INSTRUCTIONS = KindRule(
    Kind.INSTRUCTIONS,
    GiveInstructions,
    Aspect.DETAILS,
    notice_minutes=15,
    needs_code=False,
    waits=False,
    wrong=_wrong,
)
