"""A wish from a form, kept in the browser's signed session while its owner fetches the code."""

from collections.abc import Mapping
from typing import Any

from flask import session

from portal.domain.access import fingerprint
from portal.domain.change import Kind, LeaveInLocker, LeaveWithNeighbor, PickNewWindow, Wish
from portal.web.clean import clean_line

LONGEST = {"name": 120, "house_number": 20, "locker": 80, "slot": 80}


def wish_of(form: Mapping[str, Any]) -> Wish | None:
    """The wish in a form, or in what `keep` kept; None where there is none."""
    text = {name: clean_line(str(form.get(name) or ""))[:most] for name, most in LONGEST.items()}
    match form.get("kind"):
        case Kind.NEIGHBOR:
            return LeaveWithNeighbor(text["name"], text["house_number"])
        case Kind.LOCKER:
            return LeaveInLocker(text["locker"])
        case Kind.NEW_WINDOW:
            return PickNewWindow(text["slot"])
        case _:
            return None


def fields(wish: Wish) -> dict[str, str]:
    """The wish as the form would send it."""
    match wish:
        case LeaveWithNeighbor(name, house_number):
            return {"kind": wish.kind, "name": name, "house_number": house_number}
        case LeaveInLocker(locker):
            return {"kind": wish.kind, "locker": locker}
        case PickNewWindow(slot):
            return {"kind": wish.kind, "slot": slot}


def _mark(code: str) -> str:
    return fingerprint(code)[:16]


def keep(code: str, **what: Any) -> None:
    """Remember `wish`, `sent` or `proof` for this link. The cookie is signed and lives with the browser."""
    kept = session.get("link")
    known = dict(kept) if kept and kept.get("of") == _mark(code) else {"of": _mark(code)}
    session["link"] = {name: value for name, value in {**known, **what}.items() if value}


def kept(code: str, name: str) -> Any:
    """What was kept under this name for this link; None for another link or a lost session."""
    found = session.get("link")
    return found.get(name) if found and found.get("of") == _mark(code) else None
