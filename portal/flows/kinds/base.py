"""What a kind of change brings about: what dispatch reads, what is taken and given back, and how it becomes true."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, No
from portal.flows.announce import Voice

Span = tuple[datetime, datetime]


def window_json(start: datetime, end: datetime) -> dict[str, str]:
    """A window as dispatch reads it."""
    return {"start": start.isoformat(), "end": end.isoformat()}


def takes_nothing(
    _session: Session, _shipment: Shipment, _change: Change, _wish: Any, _choices: Choices, _now: datetime
) -> No | None:
    """Nothing has to be reserved."""
    return None


def gives_nothing_back(_session: Session, _change: Change, _now: datetime) -> None:
    """Nothing was reserved."""


def stays_as_it_is(
    _session: Session, _voice: Voice, _shipment: Shipment, _change: Change, _now: datetime
) -> None:
    """Nothing of ours changes; the driver does it."""


def no_window(_wish: Any, _shipment: Shipment, _choices: Choices) -> Span | None:
    """The wish names no time."""
    return None


def came_from_nowhere(_shipment: Shipment) -> dict[str, Any]:
    """Nothing of the shipment but its window stands to change."""
    return {}


def as_it_is(wish: Any, _shipment: Shipment) -> Any:
    """The wish needs no reading."""
    return wish


def no_facts(_change: Change) -> dict[str, Any]:
    """Messages need no more than its kind."""
    return {}


@dataclass(frozen=True, slots=True)
class Effect:
    """`target` is what dispatch gets as `to`; `window` the time it names; `came_from` what holds again when it is
    taken back, beside the window. `take` reserves what it needs and says why
    it cannot, `release` gives that back, `make_true` follows when it is accepted and `unmake` when an accepted one is
    taken back or replaced; `facts` are for the words of messages.

    `asked` tells who else is to hear that it was asked; `follow` whoever has a part in it, at each close and end.

    `clean` reads what was typed into what the rule judges, before anything else.

    `hold`, where there is one, keeps what the wish needs until a moment while somebody decides (one hold a
    shipment), and says why it cannot; `take` then uses the shipment's own hold.

    `asks_first`, where there is one, asks somebody else before dispatch hears of it; it returns until when they may
    answer, and None when nobody has to be asked.
    """

    target: Callable[[Any, Shipment, Choices], dict[str, Any]]
    window: Callable[[Any, Shipment, Choices], Span | None] = no_window
    came_from: Callable[[Shipment], dict[str, Any]] = came_from_nowhere
    take: Callable[[Session, Shipment, Change, Any, Choices, datetime], No | None] = takes_nothing
    asked: Callable[[Session, Voice, Shipment, Change, datetime], None] = stays_as_it_is
    release: Callable[[Session, Change, datetime], None] = gives_nothing_back
    make_true: Callable[[Session, Voice, Shipment, Change, datetime], None] = stays_as_it_is
    unmake: Callable[[Session, Voice, Shipment, Change, datetime], None] = stays_as_it_is
    facts: Callable[[Change], dict[str, Any]] = no_facts
    hold: Callable[[Session, Shipment, Any, Choices, datetime, datetime], No | None] | None = None
    asks_first: Callable[[Session, Voice, Shipment, Change, Any, datetime], datetime | None] | None = None
    clean: Callable[[Any, Shipment], Any] = as_it_is
    follow: Callable[[Session, Voice, Shipment, Change, datetime], None] = stays_as_it_is
