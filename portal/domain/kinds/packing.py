"""A wish as plain JSON and back: kept while its code is waited for, read from a form or from a caller."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from portal.domain.change import Kind
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import Wish


def pack(wish: Wish) -> dict[str, Any]:
    """The wish with its kind."""
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(wish).items()}
    return {"kind": wish.kind.value, **plain}


def unpack(packed: Mapping[str, Any]) -> Wish | None:
    """The wish again; None for what is none. Fields that are missing or of another type are left as usual."""
    try:
        form = KINDS[Kind(str(packed.get("kind")))].wish
    except ValueError:
        return None
    given: dict[str, Any] = {}
    for field in fields(form):
        value = packed.get(field.name)
        if field.type is str or field.type == "str":
            given[field.name] = value if isinstance(value, str) else ""
        elif isinstance(value, (list, tuple)):
            given[field.name] = tuple(str(one) for one in value)
        elif isinstance(value, int):
            given[field.name] = value
    found: Wish = form(**given)
    return found
