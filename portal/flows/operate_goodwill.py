"""What an operator does by command about making good: reasons, ceilings, and what was given."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.goodwill import Ceiling, Gift, Reason
from portal.domain.roles import Role
from portal.flows import goodwill
from portal.flows.operate import shipper_named
from portal.flows.operate_terms import SpeakingKit, Wrong
from portal.flows.set_up import OPERATOR


def listed(kit: SpeakingKit, slug: str) -> list[str]:
    """A shipper's reasons and ceilings, to print. Raises `Wrong`."""
    with kit.transaction() as session:
        return _listed(session, shipper_named(session, slug).id)


def put_reason(
    kit: SpeakingKit, slug: str, code: str, words: str, amount: str, unit: str, told: bool
) -> list[str]:
    """Add or change a reason; returns what to print. Raises `Wrong`."""
    reason = Reason(code, " ".join(words.split()), _hundredths(amount), " ".join(unit.split()), told)
    with kit.transaction() as session:
        owner = shipper_named(session, slug).id
        others = [one for one in goodwill.reasons(session, owner) if one.code != code]
        _or_wrong(goodwill.set_reasons(session, owner, [*others, reason], OPERATOR, kit.now()))
        return _listed(session, owner)


def remove_reason(kit: SpeakingKit, slug: str, code: str) -> list[str]:
    """Offer a reason no longer; returns what to print. Raises `Wrong`."""
    with kit.transaction() as session:
        owner = shipper_named(session, slug).id
        known = goodwill.reasons(session, owner)
        if code not in {one.code for one in known}:
            raise Wrong(f"there is no reason {code!r}.")
        left = [one for one in known if one.code != code]
        _or_wrong(goodwill.set_reasons(session, owner, left, OPERATOR, kit.now()))
        return _listed(session, owner)


def put_ceiling(kit: SpeakingKit, slug: str, role: str, amount: str, unit: str) -> list[str]:
    """Set a role's ceiling, or take it away with `none`; returns what to print. Raises `Wrong`."""
    wanted = Ceiling(Role(role), " ".join(unit.split()), 0)
    with kit.transaction() as session:
        owner = shipper_named(session, slug).id
        kept = [
            one
            for one in goodwill.ceilings(session, owner)
            if (one.role, one.unit) != (wanted.role, wanted.unit)
        ]
        if amount != "none":
            kept.append(replace(wanted, hundredths=_hundredths(amount)))
        _or_wrong(goodwill.set_ceilings(session, owner, kept, OPERATOR, kit.now()))
        return _listed(session, owner)


def given(kit: SpeakingKit, slug: str, since: datetime) -> list[Gift]:
    """What was given since then, oldest first. Raises `Wrong`."""
    with kit.transaction() as session:
        return goodwill.given(session, shipper_named(session, slug).id, since)


def _listed(session: Session, owner: int) -> list[str]:
    lines = [
        f"{one.code}: {one.words}, {one.amount}{'' if one.told else ', the recipient is not told'}"
        for one in goodwill.reasons(session, owner)
    ]
    most = [
        f"{one.role.value}: at most {one.hundredths / 100:.2f} {one.unit} a shipment"
        for one in goodwill.ceilings(session, owner)
    ]
    return (lines + most) or ["Nothing is made good yet."]


def _hundredths(amount: str) -> int:
    found = goodwill.hundredths_of(amount)
    if found is None:
        raise Wrong(f"{amount!r} is no amount; give it like 5 or 7.50.")
    return found


def _or_wrong(sentences: list[str]) -> None:
    if sentences:
        raise Wrong(sentences[0][0].lower() + sentences[0][1:])
