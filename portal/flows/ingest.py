"""Events from dispatch arrived: the shipments move on, and what is news is told. Whole batches at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.delivery import Shipment
from portal.domain.events import DispatchEvent, Happening
from portal.domain.milestones import Milestone
from portal.domain.shipment import MAX_EVENTS, State, Status, Step, advance
from portal.flows import aftermath, announce, live
from portal.flows.announce import News, Voice
from portal.store import shipments
from portal.store.shipments import Ref


class Outcome(StrEnum):
    """What became of an event."""

    TAKEN = "taken"
    SEEN = "seen"
    IGNORED = "ignored"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reported:
    """An event as a shipper's dispatch reported it."""

    shipper_id: int
    reference: str
    event: DispatchEvent

    @property
    def ref(self) -> Ref:
        """What the shipment is known by."""
        return (self.shipper_id, self.reference)


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to one event; `field` is what a rejection is about."""

    outcome: Outcome
    because: str = ""
    field: str = "event_id"


@dataclass(slots=True)
class Progress:
    """A shipment while a batch is read: its state so far and what is new."""

    shipment: Shipment
    events: list[DispatchEvent]
    state: State
    before: State
    new: list[DispatchEvent] = field(default_factory=list)
    told: list[tuple[Milestone, DispatchEvent]] = field(default_factory=list)

    @property
    def now_is(self) -> Shipment:
        """The shipment as it stands after the batch."""
        live = None if window_is_over(self.state) else self.shipment.live
        return replace(self.shipment, state=self.state, live=live)


def ingest(
    session: Session, voice: Voice, reports: Sequence[Reported], now: datetime
) -> tuple[list[Taken], dict[int, Progress]]:
    """Take a batch of events: answers in the order of `reports`, and the shipments that moved, by id."""
    known = shipments.by_references(session, (report.ref for report in reports), lock=True)
    seen = _seen(session, reports)
    moving: dict[Ref, Progress] = {}
    answers = []
    for report in reports:
        if report.ref not in known:
            sentence = f"There is no shipment {report.reference!r}; send it first."
            answers.append(Taken(Outcome.REJECTED, sentence, "shipment"))
            continue
        if report.ref not in moving:
            found = known[report.ref]
            state = found.shipment.state
            moving[report.ref] = Progress(found.shipment, list(found.events), state, state)
        answers.append(_take(moving[report.ref], report.event, seen.setdefault(report.shipper_id, {})))
    moved = {progress.shipment.id: progress for progress in moving.values() if progress.new}
    _keep(session, moved.values(), now)
    aftermath.follow(session, voice, moved.values(), now)
    changed = [one.shipment.id for one in moved.values() if one.before.status != one.state.status]
    windows = live.stops_done(session, voice, changed, now)
    told = [news for progress in moved.values() for news in _news(progress, windows)]
    announce.tell(session, voice, told, now)
    return answers, moved


def _seen(session: Session, reports: Sequence[Reported]) -> dict[int, dict[str, int]]:
    by_shipper: dict[int, list[str]] = {}
    for report in reports:
        by_shipper.setdefault(report.shipper_id, []).append(report.event.event_id)
    return {shipper: shipments.seen_events(session, shipper, ids) for shipper, ids in by_shipper.items()}


def _take(progress: Progress, event: DispatchEvent, seen: dict[str, int]) -> Taken:
    owner = seen.get(event.event_id)
    if owner is not None:
        return _again(progress, event, owner)
    if len(progress.events) >= MAX_EVENTS:
        return Taken(Outcome.REJECTED, f"A shipment holds at most {MAX_EVENTS} events.")
    step: Step = advance(progress.state, progress.events, event)
    seen[event.event_id] = progress.shipment.id
    progress.state = step.state
    progress.events.append(event)
    progress.new.append(event)
    if step.milestone:
        progress.told.append((step.milestone, event))
    return Taken(Outcome.IGNORED, step.ignored) if step.ignored else Taken(Outcome.TAKEN)


def _again(progress: Progress, event: DispatchEvent, owner: int) -> Taken:
    if owner != progress.shipment.id:
        return Taken(Outcome.REJECTED, "This event_id was used for another shipment; choose a new one.")
    same = next((known for known in progress.events if known.event_id == event.event_id), None)
    if same is not None and same != event:
        return Taken(
            Outcome.REJECTED,
            "This event_id came before with other content; send a new event that names it in `corrects`.",
        )
    return Taken(Outcome.SEEN)


def _keep(session: Session, moved: Iterable[Progress], now: datetime) -> None:
    moved = list(moved)
    new = [(progress.shipment, event) for progress in moved for event in progress.new]
    shipments.add_events(session, new, now)
    states = (
        (progress.shipment.id, progress.state, progress.events, window_is_over(progress.state))
        for progress in moved
    )
    shipments.save_states(session, states, now)


WINDOW_LIVES = {Status.ANNOUNCED, Status.IN_TRANSIT, Status.AT_DEPOT, Status.ON_VAN}


def window_is_over(state: State) -> bool:
    """Whether a live window says nothing any more: the van is not on its way to this door."""
    return state.status not in WINDOW_LIVES or state.heading is Happening.NO_LONGER_HEADING


def _news(progress: Progress, windows: live.Windows) -> Iterable[News]:
    """What is told of a batch: its last milestone; "out for delivery" of a delivered parcel helps nobody."""
    shipment = progress.now_is
    if fresh := windows.get(shipment.id):
        shipment = replace(shipment, live=fresh)
    for milestone, event in progress.told[-1:]:
        yield News(
            shipment,
            Notice(milestone.value),
            occurrence=event.event_id,
            because=f"Dispatch reported {event.happening.value.replace('_', ' ')} ({event.event_id}).",
            happened_at=event.happened_at,
            facts={"reason": event.reason, "how": event.how, "place": event.place},
        )
