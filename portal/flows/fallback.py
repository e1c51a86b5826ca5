"""When a message did not get through, the other channel says it: once, while it is still true."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.message import BECAUSE_OF, Channel, Message, Rule, Standing
from notifications.policy import stand_in
from portal.flows import announce
from portal.flows.announce import Voice
from portal.store import fallbacks, gathering, outbox, shipments

BATCH = 200
NAMES = {Channel.SMS: "text", Channel.EMAIL: "email"}


def take_over(session: Session, voice: Voice, now: datetime, limit: int = BATCH) -> int:
    """Say on the other channel what failed, was held back or was not confirmed in time. Returns how many were due.

    Safe to run twice and at once: a message stands in for another one only once.
    """
    due = fallbacks.due(session, now, limit)
    if not due:
        return 0
    old = gathering.outdated(session, due)
    lost = [
        one
        for one in due
        if one.standing not in fallbacks.NEEDS_NO_OTHER and one.shipment_id and one.id not in old
    ]
    spoken = _spoken(session, voice, lost, now)
    outbox.put(session, spoken)
    fallbacks.looked_at(session, due)
    announce.nudge(session, voice, spoken)
    return len(due)


def _spoken(session: Session, voice: Voice, lost: Iterable[Message], now: datetime) -> list[Message]:
    lost = list(lost)
    whom = shipments.by_ids(session, (one.shipment_id for one in lost if one.shipment_id))
    reached = announce.contacts_of(session, voice, whom.values(), now)
    shippers = voice.shippers(session)
    found = (
        stand_in(
            one,
            reached[one.shipment_id],
            voice.renderer,
            now,
            because(one),
            prices=voice.prices,
            wordings=shippers[one.shipper_id].wordings,
        )
        for one in lost
        if one.shipment_id in reached
    )
    return [message for message in found if message is not None]


def because(lost: Message) -> str:
    """Why the other channel speaks, for agents to read."""
    name = NAMES[lost.channel]
    match lost.standing:
        case Standing.FAILED:
            said = f" {lost.error_text}" if lost.error_text else ""
            return f"The {name} could not be delivered.{said}"
        case Standing.STOPPED:
            return f"The {name} was held back. {BECAUSE_OF[Rule(lost.stopped_by)]}"
        case _:
            return f"Nobody had confirmed in time that the {name} arrived."
