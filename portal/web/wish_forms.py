"""A wish from a form, kept in the browser's signed session while its owner fetches the code."""

from collections.abc import Mapping
from typing import Any

from flask import session

from portal.domain.access import fingerprint
from portal.domain.kinds.base import Wish
from portal.domain.kinds.packing import pack, unpack
from portal.web.clean import clean_line

LONGEST = 200


def wish_of(form: Mapping[str, Any]) -> Wish | None:
    """The wish in a form, or in what `keep` kept; None where there is none."""
    return unpack(
        {
            name: clean_line(value)[:LONGEST] if isinstance(value, str) else value
            for name, value in form.items()
        }
    )


def fields(wish: Wish) -> dict[str, Any]:
    """The wish as the form would send it."""
    return pack(wish)


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
