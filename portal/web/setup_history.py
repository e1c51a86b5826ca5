"""What was changed in set-up, as people read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.store.audit import Entry

DONE = {
    "agent_added": "added a person",
    "agent_role_changed": "gave a person another role",
    "agent_left": "let a person go",
    "agent_sessions_ended": "signed a person out everywhere",
    "agent_password_reset": "gave a person a new password",
    "second_factor_removed": "took a person's second factor away",
    "goodwill_reasons_set": "set what is made good",
    "goodwill_ceilings_set": "set how far roles may go in making good",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One change: who, when, what in a sentence, and each value as (name, was, is)."""

    at: datetime
    who: str
    what: str
    moves: tuple[tuple[str, str, str], ...]


def told(entry: Entry) -> Told:
    """An audited change as people read it."""
    detail = entry.detail
    if entry.action == "worded":
        what = f"changed the words of {_plain(detail.get('notice'))} in {detail.get('language', '')}"
        return Told(entry.at, entry.actor, what, ())
    if entry.action != "set_up":
        return Told(entry.at, entry.actor, DONE.get(entry.action, _plain(entry.action)), _facts(detail))
    noun, done, name = (str(detail.get(key, "")) for key in ("noun", "done", "name"))
    moves = tuple((_plain(field), was, now) for field, (was, now) in detail.get("changes", {}).items())
    return Told(entry.at, entry.actor, f"{noun} {name} {done}".replace("  ", " "), moves)


def _facts(detail: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """What else is known of an act: numbers of people, roles, codes of reasons."""
    former = str(detail.get("former", ""))
    return tuple(
        (_plain(name), former if name == "role" else "", _text(value))
        for name, value in detail.items()
        if name != "former"
    )


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(name: Any) -> str:
    return str(name or "").replace("_", " ")
