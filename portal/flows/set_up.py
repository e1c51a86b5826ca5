"""What every change of set-up has in common: it is written down, what was and what is, and it makes a secret once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.domain.masking import contact
from portal.flows.operate_terms import Wrong
from portal.store import audit, sent_forms, shippers
from portal.store.audit import Entry

ACTION = "set_up"
# Who changes things by a command.
OPERATOR = "operator"
# What else belongs to set-up, and is written down by those who do it.
ALSO = (
    *("worded", "goodwill_reasons_set", "goodwill_ceilings_set"),
    *("agent_added", "agent_role_changed", "agent_left", "agent_sessions_ended", "agent_password_reset"),
    "second_factor_removed",
)
REACHES = {"support_phone", "support_email"}
LONGEST_SHOWN = 200
FORMS_ARE_KEPT_FOR = timedelta(days=7)


class SentBefore(Exception):
    """This form was sent before; the words say what came of it."""


def note(
    session: Session,
    by: str,
    owner: int,
    noun: str,
    now: datetime,
    *,
    name: str = "",
    done: str = "changed",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> bool:
    """Write down what somebody changed of a noun (`brand`, `key`), of a shipper or the operator (`owner` 0).

    `before` and `after` are the values that were and are, without secrets. False when nothing is different.
    """
    changes = differences(before or {}, after or {})
    if done == "changed" and not changes:
        return False
    detail: dict[str, Any] = {"noun": noun, "name": name[:LONGEST_SHOWN], "done": done, "changes": changes}
    audit.record(session, by, ACTION, now, shipper_id=owner or None, **detail)
    return True


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """The values that differ, by name: as they were, as they are."""
    names = sorted({*before, *after})
    return {
        name: [_said(name, before.get(name)), _said(name, after.get(name))]
        for name in names
        if (before.get(name) or "") != (after.get(name) or "")
    }


def _said(name: str, value: Any) -> str:
    text = "" if value is None else str(value)
    return contact(text) if text and name in REACHES else text[:LONGEST_SHOWN]


def history(session: Session, owner: int, older_than: int = 0, limit: int = 50) -> list[tuple[int, Entry]]:
    """What was changed for a shipper, or for the operator (`owner` 0), newest first, with the number of each."""
    return audit.of_no_shipment(session, owner or None, (ACTION, *ALSO), older_than, limit)


def line(entry: Entry) -> str:
    """An entry of the history as a command prints it."""
    detail = entry.detail
    what = (
        [str(detail.get(part, "")) for part in ("noun", "name", "done")]
        if "noun" in detail
        else [entry.action]
    )
    moves = [
        f"{name}: {was or 'empty'} -> {now or 'empty'}"
        for name, (was, now) in detail.get("changes", {}).items()
    ]
    said = " ".join(part for part in what if part)
    return "  ".join([f"{entry.at:%Y-%m-%d %H:%M} UTC", entry.actor, said, *moves])


def hold(session: Session, owner: int) -> None:
    """Wait for whoever changes the set-up of this shipper, or of the operator (0), just now."""
    shippers.hold(session, owner)


def once(session: Session, form: str, now: datetime) -> None:
    """Take a form that makes a secret for the first time; raise `SentBefore` for the second."""
    if not 16 <= len(form) <= 100:
        raise Wrong("this page is too old; open it again.")
    if not sent_forms.first(session, fingerprint(form), now):
        raise SentBefore(sent_forms.made(session, fingerprint(form)))


def made(session: Session, form: str, what: str) -> None:
    """Remember what came of a form, for whoever sends it again."""
    if form:
        sent_forms.note(session, fingerprint(form), what)


def forget_forms(session: Session, now: datetime) -> None:
    """Forget forms that nobody sends again."""
    sent_forms.forget(session, now - FORMS_ARE_KEPT_FOR)
