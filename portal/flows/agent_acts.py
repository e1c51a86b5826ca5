"""What an agent does for a caller: send a message again, write a note. Every act is audited."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from notifications.message import Message
from portal.db import after_commit
from portal.domain.delivery import Shipment
from portal.flows import told
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.store import audit, contacts, outbox, shipments
from portal.store.agents import Agent

ONE_RESEND_IN = timedelta(minutes=1)
LONGEST_NOTE = 2_000
RESENT = "resend:"


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; the sentence says what."""

    what: str


@dataclass(frozen=True, slots=True)
class Sorry:
    """It was not done; the sentence says why."""

    because: str


def note(session: Session, agent: Agent, shipment_id: int, text: str, now: datetime) -> Done | Sorry | None:
    """Keep a note about a shipment in the agent's scope. None: there is no such shipment there."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    if not text:
        return Sorry("Please write something first.")
    if len(text) > LONGEST_NOTE:
        return Sorry(f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(text):,}.")
    audit.add_note(session, shipment.id, actor(agent), text, now)
    _record(session, agent, shipment, "noted", now)
    return Done("Your note is saved.")


def resend(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, message_id: str, now: datetime
) -> Done | Sorry | None:
    """Send the same words again over the same channel. None: no such message in the agent's scope.

    The shipment is locked first, so that two presses at once are one message.
    """
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    former = outbox.find(session, agent.shipper_id, message_id)
    if shipment is None or former is None or former.message.shipment_id != shipment.id:
        return None
    message = former.message
    if because := told.why_not_again(message, now):
        return Sorry(because)
    if (message.channel, message.to) in contacts.stopped(session, [message.to]):
        return Sorry("The recipient asked us not to use this number or address.")
    if _resent_lately(session, shipment, now):
        return Sorry("A message was sent again less than a minute ago. Please wait a moment.")
    again = _again(message, agent, now)
    outbox.put(session, [again])
    _record(session, agent, shipment, "resent", now, channel=message.channel.value, notice=message.notice)
    after_commit(session, f"nudge:{message.channel}", lambda: voice.nudge(message.channel))
    return Done("The message is on its way again.")


def _again(message: Message, agent: Agent, now: datetime) -> Message:
    """The same words, written anew: nothing has come of them yet."""
    return Message(
        id=str(uuid.uuid4()),
        shipper_id=message.shipper_id,
        shipment_id=message.shipment_id,
        channel=message.channel,
        notice=message.notice,
        language=message.language,
        to=message.to,
        text=message.text,
        because=f"Sent again by {actor(agent)}.",
        not_before=now,
        expires_at=message.expires_at,
        dedupe_key=f"{RESENT}{message.id}:{now.isoformat(timespec='minutes')}",
        created_at=now,
        subject=message.subject,
        html=message.html,
        calendar=message.calendar,
        headers=message.headers,
        segments=message.segments,
    )


def _resent_lately(session: Session, shipment: Shipment, now: datetime) -> bool:
    return any(
        one.message.dedupe_key.startswith(RESENT) and now - one.message.created_at < ONE_RESEND_IN
        for one in outbox.of_shipment(session, shipment.shipper_id, shipment.id)
    )


def _record(
    session: Session, agent: Agent, shipment: Shipment, action: str, now: datetime, **detail: str
) -> None:
    audit.record(
        session,
        actor(agent),
        action,
        now,
        shipper_id=shipment.shipper_id,
        shipment_id=shipment.id,
        **detail,
    )
