"""A neighbor takes it: somebody on the same street, known by name and number."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.change import Aspect, Kind
from portal.domain.events import How
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish


@dataclass(frozen=True, slots=True)
class LeaveWithNeighbor(Wish):
    """Hand it to this neighbor on the same street; `contact` is a number or email by which they are asked.

    Without one, the recipient passes the link on.
    """

    name: str
    house_number: str
    contact: str = ""
    kind = Kind.NEIGHBOR


def _wrong(wish: LeaveWithNeighbor, _situation: Situation, _choices: Choices, _now: datetime) -> No | None:
    if not wish.name.strip():
        return No.NEIGHBOR_NAME
    return None if wish.house_number.strip() else No.NEIGHBOR_NUMBER


NEIGHBOR = KindRule(
    Kind.NEIGHBOR,
    LeaveWithNeighbor,
    Aspect.WHERE,
    notice_minutes=30,
    notice_stops=2,
    to_others=True,
    wrong=_wrong,
    handed_as=frozenset({How.NEIGHBOR}),
)
