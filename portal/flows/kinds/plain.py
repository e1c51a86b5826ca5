"""Kinds that need nothing reserved: the wish itself, without what is empty, is what dispatch reads."""

from dataclasses import asdict
from typing import Any

from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices
from portal.flows.kinds.base import Effect


def target(wish: Any, _shipment: Shipment, _choices: Choices) -> dict[str, Any]:
    """The wish's own fields as JSON; what was left empty is left out."""
    fields = (
        (name, list(value) if isinstance(value, tuple) else value) for name, value in asdict(wish).items()
    )
    return {name: value for name, value in fields if value not in ("", [])}


SAFE_PLACE = Effect(target)
INSTRUCTIONS = Effect(target)
