"""What is said to an agent about events: each becomes an entry of the timeline."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.events import DispatchEvent, Happening, How, Reason
from portal.domain.timeline import Entry, Strand, Tone

H = Happening
HAPPENED = {
    H.ANNOUNCED: "Announced by the sender",
    H.ACCEPTED: "Taken over from the sender",
    H.ARRIVED_AT_HUB: "Arrived at a sorting center",
    H.LEFT_HUB: "Left the sorting center",
    H.AT_DEPOT: "At the depot",
    H.WINDOW_PROMISED: "Window set by dispatch",
    H.OUT_FOR_DELIVERY: "Out for delivery",
    H.DELAYED: "Delayed",
    H.NEXT_STOP: "Next stop of the van",
    H.NEARBY: "The van is near",
    H.NO_LONGER_HEADING: "The van is no longer heading there",
    H.ATTEMPT_FAILED: "Delivery attempt failed",
    H.HELD: "Held",
    H.READY_FOR_PICKUP: "Ready for pickup",
    H.PICKUP_EXPIRING: "Pickup time is running out",
    H.COLLECTED: "Collected",
    H.DELIVERED: "Delivered",
    H.DAMAGED: "Damaged",
    H.LOST: "Lost",
    H.RETURNING: "On its way back to the sender",
    H.RETURNED: "Back at the sender",
    H.CANCELLED: "Cancelled",
}
EVENT_TONE = {
    **dict.fromkeys((H.DELIVERED, H.COLLECTED), Tone.GOOD),
    **dict.fromkeys((H.DELAYED, H.NO_LONGER_HEADING, H.HELD, H.PICKUP_EXPIRING, H.RETURNING), Tone.WARN),
    **dict.fromkeys((H.ATTEMPT_FAILED, H.DAMAGED, H.LOST), Tone.BAD),
}
HANDED_TO = {
    How.RECIPIENT: "to the recipient",
    How.HOUSEHOLD: "to someone in the household",
    How.NEIGHBOR: "to a neighbor",
    How.SAFE_PLACE: "to a safe place",
    How.MAILBOX: "into the mailbox",
    How.LOCKER: "into a locker",
    How.RECEPTION: "to the reception",
}
NOTEWORTHY_DELAY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Received:
    """An event and when it reached us; `id` is its place among all events, the same for ever."""

    event: DispatchEvent
    received_at: datetime
    id: int = 0


def plain(code: str) -> str:
    """A code such as `consignee_not_home` as words."""
    return code.replace("_", " ")


def because_of(reason: Reason) -> str:
    """A reason as dispatch named it, in words; the party that caused it comes first in its name."""
    return f"Reason given by dispatch: {plain(reason.value)}."


def of_events(received: Iterable[Received]) -> Iterator[Entry]:
    """Every event, also those that a later one took back; in the order in which they reached us."""
    known = list(received)
    corrected = {item.event.corrects: item for item in known if item.event.corrects}
    for number, item in enumerate(known, 1):
        event = item.event
        title = HAPPENED[event.happening]
        if event.how:
            title += f" {HANDED_TO[event.how]}"
        undone_by = corrected.get(event.event_id)
        yield Entry(
            at=event.happened_at,
            strand=Strand.EVENT,
            key=f"event-{item.id or number}",
            title=title,
            facts=tuple(_event_facts(item, undone_by)),
            words=event.note,
            tone=EVENT_TONE.get(event.happening, Tone.PLAIN),
            undone=undone_by is not None,
            by="doorstep" if event.ours else "dispatch",
        )


def _event_facts(item: Received, undone_by: Received | None) -> Iterator[str]:
    event = item.event
    if undone_by:
        yield f"Taken back by dispatch (event {undone_by.event.event_id})."
    if event.corrects:
        yield f"Corrects the earlier event {event.corrects}."
    if event.reason:
        yield because_of(event.reason)
    if event.place:
        yield f"Place: {event.place}"
    if event.proof:
        yield f"Proof: {event.proof}"
    late = item.received_at - event.happened_at
    if late > NOTEWORTHY_DELAY:
        yield f"Reached us {length(late)} later."


def length(duration: timedelta) -> str:
    """A duration in the words an agent would say, such as `25 min` or `3 h 5 min`."""
    minutes = round(abs(duration).total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{round(hours / 24)} days"
    return f"{hours} h {minutes} min" if hours and minutes else f"{hours} h" if hours else f"{minutes} min"
