"""What dispatch needs to know of a wish before it answers: a few lines by kind, as plain facts with their labels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.change import Change, Kind
from portal.domain.neighbors import NeighborAsk, Way
from portal.domain.telling import plain
from portal.domain.telling_changes import day_in_words

NEEDS = {
    "more_time": "more time at the door",
    "no_stairs": "no stairs",
    "lower_compartment": "a lower compartment",
    "text_only": "text only, no calls",
    "ring_loud": "ring loud",
    "do_not_ring": "do not ring",
}
# How it is known who said yes.
KNOWN_BY = {
    Way.SMS: "on a link we sent by text",
    Way.EMAIL: "on a link we sent by email",
    Way.PASSED_ON: "on a link the recipient passed on",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. `before` is what holds now; `span` and `span_before` are windows, written on the door's clock."""

    label: str
    text: str = ""
    before: str = ""
    span: tuple[datetime, datetime] | None = None
    span_before: tuple[datetime, datetime] | None = None


def lines(change: Change, ask: NeighborAsk | None = None) -> tuple[Line, ...]:
    """The lines of this change, in the order in which they are read; `ask` is what its neighbor was asked."""
    told = {key: value for key, value in change.to.items() if value not in ("", None, [], False)}
    said = tuple(BY_KIND.get(change.kind, _as_told)(change, told))
    return (*said, consent(ask)) if change.kind is Kind.NEIGHBOR else said


def _words(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "yes" if value is True else str(value)


def _as_told(_change: Change, told: dict[str, Any]) -> Iterator[Line]:
    """A kind without lines of its own: everything that was told."""
    for name, value in told.items():
        if isinstance(value, (str, int, list, tuple)):
            yield Line(plain(name).capitalize(), _words(value))


def _neighbor(_change: Change, told: dict[str, Any]) -> Iterator[Line]:
    yield Line("Neighbor", str(told.get("name", "")))
    yield Line("House number", str(told.get("house_number", "")))


def consent(ask: NeighborAsk | None) -> Line:
    """Whether the neighbor said yes, and how it is known who did."""
    if ask is None or ask.answered_at is None:
        return Line("Consent", "nobody asked the neighbor; the recipient named them")
    said = "said yes" if ask.agreed else plain(ask.answer.value)
    return Line("Consent", f"{said}, {KNOWN_BY[ask.way]}")


def _locker(_change: Change, told: dict[str, Any]) -> Iterator[Line]:
    yield Line("Locker", str(told.get("name") or told.get("locker", "")))
    if told.get("address"):
        yield Line("Address", str(told["address"]))
    if told.get("compartment"):
        yield Line("Compartment", _words(told["compartment"]))
    if told.get("low"):
        yield Line("Compartment", "one that is reached without lifting")
    if told.get("overflow_m"):
        yield Line("If it is full", f"another one within {told['overflow_m']} m will do")


def _safe_place(_change: Change, told: dict[str, Any]) -> Iterator[Line]:
    spot = plain(str(told.get("spot", "")))
    yield Line(
        "Place", ", ".join(filter(None, ("" if spot == "other" else spot, str(told.get("words", "")))))
    )
    yield Line("Bell", "ring first" if told.get("ring") else "do not ring")


def _new_window(change: Change, told: dict[str, Any]) -> Iterator[Line]:
    new = (change.window_start, change.window_end) if change.window_start and change.window_end else None
    yield Line(
        "Window", "" if new else str(told.get("slot", "")), span=new, span_before=_window_before(change)
    )


def _window_before(change: Change) -> tuple[datetime, datetime] | None:
    window = change.came_from.get("window")
    try:
        return datetime.fromisoformat(window["start"]), datetime.fromisoformat(window["end"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        return None


def _instructions(_change: Change, told: dict[str, Any]) -> Iterator[Line]:
    for name, label in (("gate_code", "Gate code"), ("floor", "Floor")):
        if told.get(name):
            yield Line(label, str(told[name]))
    if needs := told.get("needs"):
        yield Line("Needs", ", ".join(NEEDS.get(one, plain(str(one))) for one in needs))
    if told.get("words"):
        yield Line("Says", str(told["words"]))


def _address(change: Change, told: dict[str, Any]) -> Iterator[Line]:
    before = change.came_from.get("lines")
    new = ", ".join(filter(None, (str(told.get("line", "")), str(told.get("addition", "")))))
    yield Line("Address", new, before=_words(before) if isinstance(before, (list, tuple)) else "")


def _hold(change: Change, told: dict[str, Any]) -> Iterator[Line]:
    yield Line("Keep until", day_in_words(str(told.get("until", ""))))
    if change.window_start and change.window_end:
        yield Line("Then", span=(change.window_start, change.window_end), span_before=_window_before(change))


BY_KIND: dict[Kind, Callable[[Change, dict[str, Any]], Iterator[Line]]] = {
    Kind.NEIGHBOR: _neighbor,
    Kind.LOCKER: _locker,
    Kind.SAFE_PLACE: _safe_place,
    Kind.NEW_WINDOW: _new_window,
    Kind.INSTRUCTIONS: _instructions,
    Kind.ADDRESS_CORRECTION: _address,
    Kind.HOLD: _hold,
}
