"""The address put right: a number, a floor, a name on the bell. Never another street."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.change import Aspect, Kind
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish
from portal.domain.parcel import Address


@dataclass(frozen=True, slots=True)
class CorrectAddress(Wish):
    """`line` is street and house number, `addition` what else stands on the bell or door."""

    line: str
    addition: str = ""
    kind = Kind.ADDRESS_CORRECTION


def corrected_lines(address: Address, line: str, addition: str) -> tuple[str, ...]:
    """The address lines put right; without an addition what stood below the first line stays."""
    return (line.strip(), *((addition.strip(),) if addition.strip() else address.lines[1:]))


def same_street(one: str, other: str) -> bool:
    """Whether two address lines name the same street, whatever their numbers."""
    return _street(one) == _street(other) != ""


def _street(line: str) -> str:
    words = line.casefold().replace(",", " ").split()
    return " ".join(word for word in words if not any(char.isdigit() for char in word) and len(word) > 1)


def _wrong(wish: CorrectAddress, situation: Situation, _choices: Choices, _now: datetime) -> No | None:
    if not wish.line.strip():
        return No.ADDRESS_EMPTY
    if situation.address is None:
        return None
    if not same_street(wish.line, situation.address.street):
        return No.ADDRESS_ELSEWHERE
    known = tuple(line.strip() for line in situation.address.lines)
    asked = corrected_lines(situation.address, wish.line, wish.addition)
    return No.ADDRESS_SAME if asked == known else None


ADDRESS_CORRECTION = KindRule(
    Kind.ADDRESS_CORRECTION,
    CorrectAddress,
    Aspect.DETAILS,
    notice_minutes=60,
    notice_stops=2,
    elsewhere=True,
    wrong=_wrong,
)
