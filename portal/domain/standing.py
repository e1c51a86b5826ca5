"""The answer an agent gives first: how a shipment stands, what is being waited for, and what looks wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.domain.change import Change
from portal.domain.delivery import Promise, Shipment
from portal.domain.events import Happening
from portal.domain.follow_up import MATTERS, FollowUp
from portal.domain.shipment import Status
from portal.domain.telling import HANDED_TO, plain
from portal.domain.telling_changes import wished
from portal.domain.timeline import Tone


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that is being waited for, until when if that is known."""

    text: str
    until: datetime | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Standing:
    """How a shipment stands: since when, what is waited for (most urgent first), which window counts."""

    headline: str
    since: datetime | None
    tone: Tone
    waits: tuple[Wait, ...]
    window: Promise | None = None


S, H = Status, Happening
STANDS = {
    S.ANNOUNCED: ("Announced, not yet with us", Tone.PLAIN),
    S.IN_TRANSIT: ("On its way to the depot", Tone.PLAIN),
    S.AT_DEPOT: ("At the depot", Tone.PLAIN),
    S.ON_VAN: ("On the van", Tone.PLAIN),
    S.MISSED: ("Delivery attempt failed", Tone.BAD),
    S.HELD: ("Held", Tone.WARN),
    S.READY_FOR_PICKUP: ("Ready for pickup", Tone.WARN),
    S.DELIVERED: ("Delivered", Tone.GOOD),
    S.DAMAGED: ("Damaged", Tone.BAD),
    S.LOST: ("Lost", Tone.BAD),
    S.RETURNING: ("On its way back to the sender", Tone.WARN),
    S.RETURNED: ("Back at the sender", Tone.PLAIN),
    S.CANCELLED: ("Cancelled", Tone.PLAIN),
}
ON_THE_WAY = {
    H.DELAYED: ("On the van, delayed", Tone.WARN),
    H.NEXT_STOP: ("On the van, next stop", Tone.GOOD),
    H.NEARBY: ("On the van, near the door", Tone.GOOD),
    H.NO_LONGER_HEADING: ("The van is no longer heading to this door", Tone.WARN),
}
WAITS_FOR = {
    S.ANNOUNCED: "The sender has to hand it over.",
    S.IN_TRANSIT: "It has to reach the depot.",
    S.AT_DEPOT: "It has to be loaded onto a van.",
    S.ON_VAN: "The van has to reach the door.",
    S.MISSED: "Dispatch has to plan the next attempt, or the recipient chooses another way.",
    S.HELD: "Dispatch has to release it.",
    S.READY_FOR_PICKUP: "The recipient has to collect it.",
    S.DAMAGED: "Dispatch has to say what happens next.",
    S.RETURNING: "It has to reach the sender.",
}
BEFORE_THE_DOOR = {S.ANNOUNCED, S.IN_TRANSIT, S.AT_DEPOT, S.ON_VAN}


def standing(
    shipment: Shipment, changes: Sequence[Change], now: datetime, matters: Sequence[FollowUp] = ()
) -> Standing:
    """The answer at this moment; `matters` are those that somebody looks after or has looked after."""
    state = shipment.state
    headline, tone = STANDS[state.status]
    if state.status is S.ON_VAN and state.heading in ON_THE_WAY:
        headline, tone = ON_THE_WAY[state.heading]
    if state.how:
        headline += f" {HANDED_TO[state.how]}"
    if state.reason:
        headline += f": {plain(state.reason.value)}"
    waits = (*_waits(shipment, changes, now), *_matters(matters))
    return Standing(headline, state.since, tone, waits, _window(shipment))


def _window(shipment: Shipment) -> Promise | None:
    """A missed or held parcel keeps the window of its failed visit until another is planned."""
    state, window = shipment.state, shipment.window
    if window is None or state.heading is H.NO_LONGER_HEADING:
        return None
    next_visit = state.status in (S.MISSED, S.HELD) and state.since is not None and window.start > state.since
    return window if state.status in BEFORE_THE_DOOR or next_visit else None


def _waits(shipment: Shipment, changes: Sequence[Change], now: datetime) -> list[Wait]:
    status, window = shipment.state.status, shipment.window
    waits = [
        Wait(
            f"{'Dispatch' if change.open else 'The neighbor'} has to answer a change ({wished(change)}).",
            change.expires_at,
            Tone.WARN,
        )
        for change in changes
        if change.waits
    ]
    if status in BEFORE_THE_DOOR and window and window.end < now:
        waits.append(Wait("The window is over and nothing was reported. Ask dispatch.", None, Tone.BAD))
    if status in WAITS_FOR:
        until = window.end if window and status is S.ON_VAN and window.end >= now else None
        waits.append(Wait(WAITS_FOR[status], until))
    return waits


def _matters(matters: Sequence[FollowUp]) -> list[Wait]:
    """What somebody has to look after still."""
    return [
        Wait(
            ": ".join(filter(None, (MATTERS[one.matter][0], one.words.rstrip("."))))
            + f". {MATTERS[one.matter][1]}",
            None,
            Tone.BAD,
        )
        for one in matters
        if one.closed_at is None
    ]
