"""What a shipper makes good and how far each role may go: read, judged and set as a whole, and audited."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.goodwill import (
    LONGEST_CODE,
    LONGEST_UNIT,
    LONGEST_WORDS,
    MOST_HUNDREDTHS,
    Ceiling,
    Gift,
    Reason,
)
from portal.domain.roles import Role
from portal.flows.wordings import LINK
from portal.store import audit
from portal.store import goodwill as store

MOST_REASONS = 30
CODE = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
GIVERS = (Role.AGENT, Role.LEAD, Role.ADMIN)


def reasons(session: Session, shipper_id: int, *, retired: bool = False) -> list[Reason]:
    """What a shipper makes good; `retired`: those that are offered no longer as well."""
    return [one for one in store.reasons(session, shipper_id) if retired or not one.retired]


def set_reasons(
    session: Session, shipper_id: int, wanted: Sequence[Reason], by: str, now: datetime
) -> list[str]:
    """These are a shipper's reasons from now on. What is wrong with them, as sentences; empty: they are kept."""
    wrong = [sentence for one in wanted for sentence in _wrong(one)]
    codes = [one.code for one in wanted]
    wrong += [f"{code!r} is there twice." for code in sorted({one for one in codes if codes.count(one) > 1})]
    if len(wanted) > MOST_REASONS:
        wrong.append(f"A shipper has at most {MOST_REASONS} reasons.")
    if not wrong:
        store.put_reasons(session, shipper_id, wanted)
        audit.record(session, by, "goodwill_reasons_set", now, shipper_id=shipper_id, reasons=codes)
    return wrong


def ceilings(session: Session, shipper_id: int) -> list[Ceiling]:
    """How far each role may go; a role without one may give what the shipper's reasons say."""
    return store.ceilings(session, shipper_id)


def set_ceilings(
    session: Session, shipper_id: int, wanted: Sequence[Ceiling], by: str, now: datetime
) -> list[str]:
    """These are a shipper's ceilings from now on. What is wrong with them, as sentences; empty: they are kept."""
    places = [(one.role, one.unit) for one in wanted]
    wrong = [f"A {one.role.value} makes nothing good." for one in wanted if one.role not in GIVERS]
    wrong += [sentence for one in wanted for sentence in _wrong_amount(one.hundredths, one.unit, least=0)]
    if len(set(places)) < len(places):
        wrong.append("A role has one ceiling a unit.")
    if not wrong:
        store.put_ceilings(session, shipper_id, wanted)
        set_to = [f"{one.role.value} {one.hundredths} {one.unit}" for one in wanted]
        audit.record(session, by, "goodwill_ceilings_set", now, shipper_id=shipper_id, ceilings=set_to)
    return wrong


def given(session: Session, shipper_id: int | None, since: datetime) -> list[Gift]:
    """What was given since then, oldest first, what was taken back too, within a scope (None: the operator's)."""
    return store.given(session, shipper_id, since)


def hundredths_of(typed: str) -> int | None:
    """`5`, `5.5` or `5,50` in hundredths; None where it is no amount."""
    found = re.fullmatch(r"(\d{1,7})(?:[.,](\d{1,2}))?", typed.strip())
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def _wrong(reason: Reason) -> list[str]:
    wrong = _wrong_amount(reason.hundredths, reason.unit, least=1)
    if not CODE.match(reason.code) or len(reason.code) > LONGEST_CODE:
        wrong.append(
            f"{reason.code!r}: a code is small letters, digits and hyphens, at most {LONGEST_CODE} of them."
        )
    if not 0 < len(reason.words) <= LONGEST_WORDS:
        wrong.append(f"{reason.code!r}: its words have 1 to {LONGEST_WORDS} characters.")
    if LINK.search(reason.words):
        wrong.append(f"{reason.code!r}: recipients read its words, and mail programs make a link of them.")
    return wrong


def _wrong_amount(hundredths: int, unit: str, least: int) -> list[str]:
    wrong = []
    if not least <= hundredths <= MOST_HUNDREDTHS:
        wrong.append(f"An amount lies between {least / 100:g} and {MOST_HUNDREDTHS // 100:,}.")
    if not 0 < len(unit) <= LONGEST_UNIT:
        wrong.append(f"A unit has 1 to {LONGEST_UNIT} characters, such as EUR or points.")
    return wrong
