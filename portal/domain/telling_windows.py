"""What is said to an agent about windows: each that was shown, from what, why it moved, and how it did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.domain.delivery import Promise
from portal.domain.pace import Basis
from portal.domain.telling import length, plain
from portal.domain.timeline import Entry, Step, Strand, Tone
from portal.domain.window import Because, Source

COMES_FROM: dict[str, str] = {
    Source.DISPATCH: "Planned by dispatch.",
    Source.LIVE: "Estimated live from the van.",
    Source.DISPATCH_LIVE: "Follows dispatch's own live estimate.",
    Source.ROUTE: "Worked out from the planned round, before the van left.",
    Source.TODAY: "Only the hours of the round: nothing narrower could be kept.",
    "recipient": "Chosen by the recipient and accepted by dispatch.",
}
MOVED_BECAUSE: dict[str, str] = {
    Because.FIRST: "The first window shown.",
    Because.NARROWED: "The van came closer.",
    Because.LATER: "The round takes longer than planned.",
    Because.SOONER: "The round goes faster than planned.",
    Because.RAN_OUT: "The window before was running out.",
    Because.ON_BREAK: "The driver is on a break.",
    Because.TOO_FAR: "Still many stops before this door.",
    Because.NO_POSITION: "Nothing was heard from the van for a while.",
    Because.OFF_PLAN: "The driver takes the stops in another order than planned.",
    Because.PLANNED: "The round was planned more closely.",
}
RESTS_ON: dict[str, str] = {
    Basis.DISPATCH: "Worked out from dispatch's own estimate.",
    Basis.PLAN: "Worked out from the times dispatch had planned.",
    Basis.ROADS: "Worked out from the roads between the stops.",
    Basis.TRAVEL: "Worked out from the distances between the stops.",
    Basis.USUAL: "Worked out from what a stop usually takes: some doors have no place on the map.",
}


@dataclass(frozen=True, slots=True)
class Promised:
    """A window as it was shown, and whether it held (`outcome`: inside, early, late, or None while open).

    `delivered_at` is when the driver was at the door, `origin` from what it was worked out (`Estimate.origin`), `id`
    its place in the ledger.
    """

    promise: Promise
    outcome: str | None = None
    delivered_at: datetime | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


KEPT = {"early": Tone.WARN, "late": Tone.BAD}
# A live window narrows and moves a little with every stop: what no caller would have noticed may be folded away.
LITTLE = timedelta(minutes=30)


def of_windows(promised: Sequence[Promised]) -> Iterator[Entry]:
    """Each window that was shown, what it did to the one before, why, and how it ended; oldest first in."""
    before: Promise | None = None
    for number, shown in enumerate(promised, 1):
        promise = shown.promise
        quiet = before is not None and number < len(promised) and _moved_little(before, promise)
        yield Entry(
            at=promise.updated_at,
            strand=Strand.WINDOW,
            key=f"window-{shown.id or number}",
            title="Window promised" if before is None else _moved(before, promise),
            span=(promise.start, promise.end),
            facts=(*_window_facts(promise), *_worked_out(shown.origin)),
            steps=tuple(_kept(shown)),
            tone=Tone.PLAIN if quiet else KEPT.get(shown.outcome or "", Tone.PLAIN),
            by=promise.source,
            quiet=quiet,
        )
        before = promise


def _moved_little(before: Promise, after: Promise) -> bool:
    return abs(after.start - before.start) < LITTLE and abs(after.end - before.end) < LITTLE


def _moved(before: Promise, after: Promise) -> str:
    if before.start <= after.start and after.end <= before.end:
        same = (before.start, before.end) == (after.start, after.end)
        return "Window confirmed" if same else "Window narrowed"
    shift = (after.end - before.end) if after.end != before.end else (after.start - before.start)
    return f"Window moved {length(shift)} {'later' if shift > timedelta() else 'earlier'}"


def _window_facts(promise: Promise) -> Iterator[str]:
    if why := MOVED_BECAUSE.get(
        promise.because, f"Why: {plain(promise.because)}." if promise.because else ""
    ):
        yield why
    yield COMES_FROM.get(promise.source, f"From: {plain(promise.source)}.")
    if promise.level:
        yield f"Set so that {promise.level} of 100 such windows hold."
    if promise.stops_before is not None:
        yield f"{promise.stops_before} stops before this door."


def _worked_out(origin: Mapping[str, Any]) -> Iterator[str]:
    if basis := RESTS_ON.get(origin.get("basis", "")):
        yield basis
    if minutes := origin.get("minutes_left"):
        yield f"By the estimate, {length(timedelta(minutes=minutes))} were left."
    if (pace := origin.get("pace", 1.0)) != 1.0:
        yield f"The driver took {pace:g} times as long as usual that day."
    if waits := origin.get("known_minutes"):
        yield f"{length(timedelta(minutes=waits))} of announced breaks and waits are in it."
    if origin.get("on_break"):
        yield "The driver was on a break."
    if not origin.get("in_order", True):
        yield "The driver did not keep to the planned order."
    if origin.get("stale"):
        yield "The van's last position was old."


def _kept(shown: Promised) -> Iterator[Step]:
    promise, at = shown.promise, shown.delivered_at
    match shown.outcome:
        case "inside":
            yield Step("Kept", at, Tone.GOOD)
        case "early":
            by = f"by {length(promise.start - at)}" if at else ""
            yield Step(f"Not kept: too early {by}".strip(), at, Tone.WARN)
        case "late":
            by = f"by {length(at - promise.end)}" if at else ""
            yield Step(f"Not kept: too late {by}".strip(), at, Tone.BAD)
