"""Events from dispatch arrived: the shipments move on, and what is news is told. Whole batches at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.events import DispatchEvent, Happening
from portal.domain.handover import Shown
from portal.domain.milestones import Milestone
from portal.domain.shipment import MAX_EVENTS, State, Status, Step, advance, fold
from portal.flows import aftermath, announce, attentions, handover, live, remind
from portal.flows.announce import News, Voice
from portal.store import shipments
from portal.store.shipments import Ref, Story


class Outcome(StrEnum):
    """What became of an event."""

    TAKEN = "taken"
    SEEN = "seen"
    IGNORED = "ignored"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reported:
    """An event as a shipper's dispatch reported it; `shown` is what the driver's device sent beside it."""

    shipper_id: int
    reference: str
    event: DispatchEvent
    shown: Shown | None = None

    @property
    def ref(self) -> Ref:
        """What the shipment is known by."""
        return (self.shipper_id, self.reference)


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to one event; `field` is what a rejection is about, `pin_right` whether the typed PIN was right."""

    outcome: Outcome
    because: str = ""
    field: str = "event_id"
    pin_right: bool | None = None


@dataclass(slots=True)
class Progress:
    """A shipment while a batch is read: its state so far and what is new."""

    story: Story
    shipper_id: int
    events: list[DispatchEvent]
    state: State
    before: State
    new: list[DispatchEvent] = field(default_factory=list)
    told: list[tuple[Milestone, DispatchEvent]] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The shipment's."""
        return self.story.id


def ingest(
    session: Session, voice: Voice, reports: Sequence[Reported], now: datetime
) -> tuple[list[Taken], dict[int, Progress]]:
    """Take a batch of events: answers in the order of `reports`, and the shipments that moved, by id."""
    known = shipments.stories(session, (report.ref for report in reports))
    seen = _seen(session, reports)
    moving: dict[Ref, Progress] = {}
    answers = []
    for report in reports:
        if report.ref not in known:
            sentence = f"There is no shipment {report.reference!r}; send it first."
            answers.append(Taken(Outcome.REJECTED, sentence, "shipment"))
            continue
        if report.ref not in moving:
            story = known[report.ref]
            state = fold(story.events)
            moving[report.ref] = Progress(story, report.shipper_id, list(story.events), state, state)
        story, event = moving[report.ref].story, report.event
        # of somebody who was forgotten only what happened is kept; the words of it would name them again
        event = replace(event, place="", note="", proof="") if story.erased else event
        answers.append(_take(moving[report.ref], event, seen.setdefault(report.shipper_id, {})))
    moved = {progress.id: progress for progress in moving.values() if progress.new}
    _keep(session, moved.values(), now)
    attentions.corrections_came(session, ((one.id, one.new) for one in moved.values()), now)
    answers = _with_proof(session, voice, reports, answers, moving)
    said = aftermath.follow(session, voice, moved.values(), now)
    live.stops_done(session, voice, [one.id for one in moved.values() if _moves_the_round(one)], now)
    _tell(session, voice, [one for one in moved.values() if one.told and not _is_said(one, said)], now)
    return answers, moved


def _with_proof(
    session: Session,
    voice: Voice,
    reports: Sequence[Reported],
    answers: list[Taken],
    moving: dict[Ref, Progress],
) -> list[Taken]:
    """Keep what the door showed, and answer whether the PIN was right, also when it is sent again."""
    known = handover.note(
        session,
        voice,
        (
            (report, moving[report.ref].id, answer.outcome is not Outcome.SEEN)
            for report, answer in zip(reports, answers, strict=True)
            if answer.outcome is not Outcome.REJECTED and not moving[report.ref].story.erased
        ),
    )
    if not known:
        return answers
    shown = [known.get((report.shipper_id, report.event.event_id)) for report in reports]
    return [
        replace(answer, pin_right=there.pin_right)
        if there and answer.outcome is not Outcome.REJECTED
        else answer
        for answer, there in zip(answers, shown, strict=True)
    ]


def _is_said(progress: Progress, said: set[int]) -> bool:
    """Whether a delivery not as asked was told already, with how it was handed over."""
    return progress.id in said and progress.told[-1][0] is Milestone.DELIVERED


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
    seen[event.event_id] = progress.id
    progress.state = step.state
    progress.events.append(event)
    progress.new.append(event)
    if step.milestone:
        progress.told.append((step.milestone, event))
    return Taken(Outcome.IGNORED, step.ignored) if step.ignored else Taken(Outcome.TAKEN)


def _again(progress: Progress, event: DispatchEvent, owner: int) -> Taken:
    if owner != progress.id:
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
    new = [(progress.shipper_id, progress.id, event) for progress in moved for event in progress.new]
    shipments.add_events(session, new, now)
    states = (
        (progress.story, progress.state, progress.new, window_is_over(progress.state)) for progress in moved
    )
    shipments.save_states(session, states, now)


# On demand nothing goes on before the recipient has booked a window: this news asks for it.
INVITES = {Milestone.ANNOUNCED, Milestone.AT_DEPOT}
WINDOW_LIVES = {Status.ANNOUNCED, Status.IN_TRANSIT, Status.AT_DEPOT, Status.ON_VAN}


def _moves_the_round(one: Progress) -> bool:
    """A stop was done or opened, or the van heads to a door again that it had turned away from."""
    return one.before.status != one.state.status or window_is_over(one.before) > window_is_over(one.state)


def window_is_over(state: State) -> bool:
    """Whether a live window says nothing any more: the van is not on its way to this door."""
    return state.status not in WINDOW_LIVES or state.heading is Happening.NO_LONGER_HEADING


def _tell(session: Session, voice: Voice, told: Sequence[Progress], now: datetime) -> None:
    """Of a batch, the last milestone of each is told; "out for delivery" of a delivered parcel helps nobody."""
    if not told:
        return
    whom = shipments.by_ids(session, (progress.id for progress in told))
    stays = remind.stays_end(session, whom.values())
    news = []
    for progress in told:
        milestone, event = progress.told[-1]
        reported = f"Dispatch reported {event.happening.value.replace('_', ' ')} ({event.event_id})."
        because = event.note if event.ours else reported
        facts: dict[str, Any] = {"reason": event.reason, "how": event.how, "place": event.place}
        facts |= {"pickup_until": stays.get(progress.id)}
        shipment, notice, occurrence = whom[progress.id], Notice(milestone.value), event.event_id
        if shipment.awaits_first_window and milestone in INVITES:
            # once a day is enough, whatever is scanned
            notice, occurrence = Notice.CHOOSE_WINDOW, f"choose:{event.happened_at.date().isoformat()}"
        news.append(News(shipment, notice, occurrence, because, event.happened_at, facts))
    announce.tell(session, voice, news, now)
    invited = [one.shipment for one in news if one.notice is Notice.CHOOSE_WINDOW]
    remind.asked_to_choose(session, invited, now)
