"""A wish from a form, kept in the browser's signed session while its owner reads it again or fetches the code."""

from typing import Any

from flask import session

from portal.domain.access import fingerprint
from portal.domain.change import Kind
from portal.domain.kinds.base import Wish
from portal.domain.kinds.packing import pack, unpack
from portal.web.kinds import FORMS
from portal.web.kinds.base import FormData

MOST_TOGETHER = 20


def wish_of(form: FormData) -> Wish | None:
    """The wish in a form; None where it names no kind that we know."""
    try:
        return FORMS[Kind(form.get("kind", ""))].read(form)
    except ValueError:
        return None


def forget_wish(code: str) -> None:
    """The wish was asked, refused or let go: the browser keeps nothing of it."""
    keep(code, wish=None, also=None, held=None, sent=None)


def kept_wish(code: str) -> Wish | None:
    """The wish that this browser is about to make, if any."""
    return unpack(kept(code, "wish") or {})


def fields(wish: Wish) -> dict[str, Any]:
    """The wish as the form would send it."""
    return pack(wish)


def _mark(code: str) -> str:
    return fingerprint(code)[:16]


def keep(code: str, **what: Any) -> None:
    """Remember `wish`, `also`, `held`, `sent` or `proof` for this link, in a signed cookie of this visit."""
    kept = session.get("link")
    known = dict(kept) if kept and kept.get("of") == _mark(code) else {"of": _mark(code)}
    session["link"] = {name: value for name, value in {**known, **what}.items() if value}


def kept(code: str, name: str) -> Any:
    """What was kept under this name for this link; None for another link or a lost session."""
    found = session.get("link")
    return found.get(name) if found and found.get("of") == _mark(code) else None
