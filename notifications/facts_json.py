"""Facts as they are kept beside a message, so that its words can be made anew; and back."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from notifications.notice import Facts

USUAL = {field.name: field.default for field in fields(Facts)}
MOMENTS = {"window_start", "window_end", "happened_at", "pickup_until", "change_until"}


def facts_json(facts: Facts) -> dict[str, Any]:
    """What differs from the usual; times in ISO 8601 with offset."""
    told = {name: getattr(facts, name) for name in USUAL}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in told.items()
        if value != USUAL[name]
    }


def facts_from(kept: Mapping[str, Any]) -> Facts:
    """The facts that were kept; names that no longer exist are left out."""
    told = {name: value for name, value in kept.items() if name in USUAL}
    for name in MOMENTS & told.keys():
        told[name] = datetime.fromisoformat(told[name])
    return Facts(**told)
