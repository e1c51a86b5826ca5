"""Making good: what a shipper gives for which trouble, and how far each role may go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.roles import RANK, Role

TAKEN_BACK_WITHIN = timedelta(minutes=10)
LONGEST_WORDS = 80
LONGEST_UNIT = 20
LONGEST_CODE = 40
MOST_HUNDREDTHS = 100_000_00


@dataclass(frozen=True, slots=True)
class Reason:
    """Something a shipper makes good. `hundredths` of `unit` are given: 500 EUR-hundredths are 5 EUR.

    `words` are what the recipient reads; `told`: they are told. `retired` ones are offered no longer.
    """

    code: str
    words: str
    hundredths: int
    unit: str
    told: bool = True
    id: int = 0
    retired: bool = False

    @property
    def amount(self) -> str:
        """What is given, such as `5.00 EUR` or `200 points`."""
        return amount(self.hundredths, self.unit)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that a person of this role may let one shipment get in all, in this unit."""

    role: Role
    unit: str
    hundredths: int


@dataclass(frozen=True, slots=True)
class Gift:
    """What was given for a shipment, as its reason stood then. Times are aware, UTC."""

    id: str
    shipper_id: int
    shipment_id: int
    reason_id: int
    code: str
    words: str
    hundredths: int
    unit: str
    told: bool
    why: str
    by: str
    at: datetime
    taken_back_at: datetime | None = None
    taken_back_by: str = ""

    @property
    def amount(self) -> str:
        """What is given, such as `5.00 EUR` or `200 points`."""
        return amount(self.hundredths, self.unit)

    def until(self) -> datetime:
        """Until when it can be taken back."""
        return self.at + TAKEN_BACK_WITHIN


def amount(hundredths: int, unit: str) -> str:
    """An amount with its unit; whole numbers of what is no currency stand without cents."""
    whole, rest = divmod(hundredths, 100)
    is_money = len(unit) == 3 and unit.isascii() and unit.isupper()
    number = f"{whole}.{rest:02d}" if rest or is_money else str(whole)
    return f"{number} {unit}"


def needed_role(reason: Reason, gifts: Iterable[Gift], ceilings: Iterable[Ceiling]) -> Role:
    """The least role that may give this besides what the shipment got. Without a ceiling a role may give it."""
    total = reason.hundredths + sum(one.hundredths for one in standing(gifts) if one.unit == reason.unit)
    most = {one.role: one.hundredths for one in ceilings if one.unit == reason.unit}
    roles = (Role.AGENT, Role.LEAD, Role.ADMIN)
    return next((role for role in roles if total <= _most(role, most, total)), Role.ADMIN)


def _most(role: Role, most: Mapping[Role, int], total: int) -> int:
    """A role may give at least what those before it may."""
    if role not in most:
        return total
    return max(value for other, value in most.items() if RANK[other] <= RANK[role])


def why_not(reason: Reason, role: str, gifts: Iterable[Gift], ceilings: Iterable[Ceiling]) -> str:
    """Why somebody of this role may not give this now; empty when they may."""
    gifts = list(gifts)
    if any(one.reason_id == reason.id for one in standing(gifts)):
        return f"“{reason.words}” was made good for this shipment already."
    if reason.retired:
        return f"“{reason.words}” is offered no longer."
    needed = needed_role(reason, gifts, ceilings)
    if role not in RANK or RANK[Role(role)] < RANK[needed]:
        person = {Role.LEAD: "a lead", Role.ADMIN: "an administrator"}.get(needed, "an agent")
        return f"With {reason.amount} this shipment would get more than you may give. Please ask {person}."
    return ""


def why_not_back(gift: Gift, now: datetime) -> str:
    """Why it cannot be taken back any more; empty when it can."""
    if now >= gift.until():
        minutes = int(TAKEN_BACK_WITHIN.total_seconds() // 60)
        return f"It can be taken back for {minutes} minutes only; the shipper counts on it now."
    return ""


def standing(gifts: Iterable[Gift]) -> list[Gift]:
    """Those that were not taken back."""
    return [one for one in gifts if one.taken_back_at is None]
