"""A shipment's life as its events tell it: the same events in any order give the same state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.events import DispatchEvent, Happening, How, Reason
from portal.domain.milestones import TOLD, Milestone


class Status(StrEnum):
    """Where a shipment stands."""

    ANNOUNCED = "announced"
    IN_TRANSIT = "in_transit"
    AT_DEPOT = "at_depot"
    ON_VAN = "on_van"
    MISSED = "missed"
    HELD = "held"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    DAMAGED = "damaged"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"


H, S = Happening, Status

# Where each happening leads. Happenings that are absent say something about the trip, not about the place.
LEADS_TO = {
    H.ANNOUNCED: S.ANNOUNCED,
    H.ACCEPTED: S.IN_TRANSIT,
    H.ARRIVED_AT_HUB: S.IN_TRANSIT,
    H.LEFT_HUB: S.IN_TRANSIT,
    H.AT_DEPOT: S.AT_DEPOT,
    H.OUT_FOR_DELIVERY: S.ON_VAN,
    H.ATTEMPT_FAILED: S.MISSED,
    H.HELD: S.HELD,
    H.READY_FOR_PICKUP: S.READY_FOR_PICKUP,
    H.COLLECTED: S.DELIVERED,
    H.DELIVERED: S.DELIVERED,
    H.DAMAGED: S.DAMAGED,
    H.LOST: S.LOST,
    H.RETURNING: S.RETURNING,
    H.RETURNED: S.RETURNED,
    H.CANCELLED: S.CANCELLED,
}

# A finished shipment moves on only by these; anything else after it is a stray scan and changes nothing.
FINAL = {S.DELIVERED, S.RETURNED, S.CANCELLED, S.LOST}
REOPENS = {
    S.DELIVERED: {S.RETURNING, S.RETURNED, S.DAMAGED},
    S.LOST: set(Status) - {S.ANNOUNCED},
    S.CANCELLED: {S.RETURNING, S.RETURNED},
    S.RETURNED: set(),
}

# News that move nothing: those of the trip are true while the parcel is on the van, the other while it waits.
TRIP_NEWS = {H.DELAYED, H.NEXT_STOP, H.NEARBY, H.NO_LONGER_HEADING}
PICKUP_NEWS = {H.PICKUP_EXPIRING}
NEWS_DURING = {**dict.fromkeys(TRIP_NEWS, S.ON_VAN), **dict.fromkeys(PICKUP_NEWS, S.READY_FOR_PICKUP)}

MAX_EVENTS = 500


@dataclass(frozen=True, slots=True)
class State:
    """What the events add up to. `story` holds the events that count, oldest first."""

    status: Status = Status.ANNOUNCED
    since: datetime | None = None
    heading: Happening | None = None
    reason: Reason | None = None
    how: How | None = None
    place: str = ""
    proof: str = ""
    trips: int = 0
    attempts: int = 0
    last: DispatchEvent | None = None
    story: tuple[DispatchEvent, ...] = ()

    @property
    def finished(self) -> bool:
        """Nothing more is expected."""
        return self.status in FINAL


@dataclass(frozen=True, slots=True)
class Step:
    """What one more event did: the new state, what to tell, or why it changed nothing."""

    state: State
    milestone: Milestone | None = None
    ignored: str = ""


def effective(events: Iterable[DispatchEvent]) -> list[DispatchEvent]:
    """The events that count, in their order; one that another corrects does not."""
    known = list(events)
    corrected = {event.corrects for event in known if event.corrects}
    return sorted(
        (event for event in known if event.event_id not in corrected), key=lambda event: event.order
    )


def fold(events: Iterable[DispatchEvent]) -> State:
    """The state that these events give, in whatever order they are handed over."""
    story = effective(events)
    reader = _Reader(State())
    for event in story:
        reader.read(event)
    return reader.state(tuple(story))


class _Reader:
    """Reads a story event by event; one state is made at the end (a thousand stories a second are read)."""

    __slots__ = ("attempts", "heading", "how", "last", "place", "proof", "reason", "since", "status", "trips")

    def __init__(self, state: State) -> None:
        self.status, self.since, self.last = state.status, state.since, state.last
        self.heading, self.reason, self.how = state.heading, state.reason, state.how
        self.place, self.proof = state.place, state.proof
        self.trips, self.attempts = state.trips, state.attempts

    def read(self, event: DispatchEvent) -> None:
        """One more event of the story, newer than those before."""
        happening = event.happening
        if (needed := NEWS_DURING.get(happening)) is not None:
            if self.status is needed:
                self.heading, self.last = happening, event
                self.reason = event.reason or self.reason
            return
        target = LEADS_TO.get(happening)
        if target is None or (self.status in FINAL and target not in REOPENS[self.status]):
            return
        self.trips += target is S.ON_VAN and self.status is not S.ON_VAN
        self.attempts += target is S.MISSED
        self.status, self.since, self.last = target, event.happened_at, event
        self.heading, self.reason = None, event.reason
        self.how = _how(event) if target is S.DELIVERED else None
        self.place, self.proof = event.place, event.proof

    def state(self, story: tuple[DispatchEvent, ...]) -> State:
        """What was read so far."""
        return State(
            status=self.status,
            since=self.since,
            heading=self.heading,
            reason=self.reason,
            how=self.how,
            place=self.place,
            proof=self.proof,
            trips=self.trips,
            attempts=self.attempts,
            last=self.last,
            story=story,
        )


def _how(event: DispatchEvent) -> How | None:
    match event.happening:
        case Happening.DELIVERED:
            return event.how or How.RECIPIENT
        case Happening.COLLECTED:
            return event.how or How.LOCKER
        case _:
            return None


def advance(before: State, events: Iterable[DispatchEvent], event: DispatchEvent) -> Step:
    """One more event beside those already known (`before` is what they add up to): the state and the milestone.

    A milestone is told only for news: the event must be the latest that counts, and the state must differ.
    """
    after = _with(before, events, event)
    if event.corrects and any(known.event_id == event.corrects for known in before.story):
        undone = before.status is S.DELIVERED and after.status is not S.DELIVERED
        return Step(after, Milestone.CORRECTED if undone else _told(before, after, event))
    if event.happening is H.WINDOW_PROMISED and not after.finished:
        return Step(after, Milestone.WINDOW_PROMISED)
    if after.last is None or after.last.event_id != event.event_id:
        return Step(after, ignored=_why_ignored(after, event))
    return Step(after, _told(before, after, event))


def _with(before: State, events: Iterable[DispatchEvent], event: DispatchEvent) -> State:
    # The usual case, an event newer than all others, needs no second reading of the whole story.
    newest = not before.story or before.story[-1].order < event.order
    if newest and not event.corrects and not any(known.corrects == event.event_id for known in before.story):
        reader = _Reader(before)
        reader.read(event)
        return reader.state((*before.story, event))
    return fold([*events, event])


def _told(before: State, after: State, event: DispatchEvent) -> Milestone | None:
    if after.last is None or after.last.event_id != event.event_id:
        return None
    same = (before.status, before.heading, before.how, before.trips, before.attempts)
    if (
        same == (after.status, after.heading, after.how, after.trips, after.attempts)
        and before.last is not None
    ):
        return None
    return TOLD.get(event.happening)


def _why_ignored(after: State, event: DispatchEvent) -> str:
    if all(known.event_id != event.event_id for known in after.story):
        return "A correction of this event was already received."
    if after.finished and after.since is not None and event.happened_at >= after.since:
        return f"The shipment is already {after.status.value.replace('_', ' ')}; send a correction if that was wrong."
    if event.happening in TRIP_NEWS and after.status is not S.ON_VAN:
        return "The shipment is not out for delivery."
    if event.happening in PICKUP_NEWS and after.status is not S.READY_FOR_PICKUP:
        return "The shipment is not waiting for pickup."
    return "A newer event is already known; this one was kept in the history."
