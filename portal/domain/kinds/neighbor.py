"""A neighbor takes it: somebody on the same street, known by name and number, who says yes first."""

import re
from dataclasses import dataclass
from datetime import datetime

from portal.domain.change import Aspect, Kind
from portal.domain.events import How
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish

# What a number (E.164) or an address looks like once it was read; whether it exists is not asked here.
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


@dataclass(frozen=True, slots=True)
class LeaveWithNeighbor(Wish):
    """Hand it to this neighbor on the same street; `contact` is a number or email by which they are asked.

    Without one, the recipient passes the link on.
    """

    name: str
    house_number: str
    contact: str = ""
    kind = Kind.NEIGHBOR


def is_number(contact: str) -> bool:
    """Whether a contact is a number in E.164."""
    return NUMBER.fullmatch(contact) is not None


def _wrong(wish: LeaveWithNeighbor, _situation: Situation, _choices: Choices, _now: datetime) -> No | None:
    if not wish.name.strip():
        return No.NEIGHBOR_NAME
    if not wish.house_number.strip():
        return No.NEIGHBOR_NUMBER
    readable = not wish.contact or is_number(wish.contact) or ADDRESS.fullmatch(wish.contact)
    return None if readable else No.NEIGHBOR_CONTACT


NEIGHBOR = KindRule(
    Kind.NEIGHBOR,
    LeaveWithNeighbor,
    Aspect.WHERE,
    notice_minutes=30,
    notice_stops=2,
    elsewhere=True,
    to_others=True,
    wrong=_wrong,
    handed_as=frozenset({How.NEIGHBOR}),
)
