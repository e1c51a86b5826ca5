"""An agent writes to the recipient in their own words: judged, counted and worded like every message of ours."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from notifications.contact import Contact
from notifications.fraud_words import sounds_like_fraud
from notifications.message import BECAUSE_OF, Channel, Message, Rule, Standing
from notifications.notice import Notice
from notifications.policy import compose
from notifications.sms_text import EXTENDED, is_gsm7
from portal.domain.delivery import Shipment
from portal.flows import announce
from portal.flows.agent_acts import Done, Sorry, record
from portal.flows.agents import actor
from portal.flows.announce import News, Voice
from portal.flows.wordings import LINK
from portal.store import gathering, inbound, outbox, shipments
from portal.store.agents import Agent

MOST_SEGMENTS = 3
LONGEST_WORDS = 450
ALONE, ALONE_UNUSUAL = 160, 70
GOES_BY = {Channel.SMS: "text message", Channel.EMAIL: "email"}


@dataclass(frozen=True, slots=True)
class Draft:
    """How an agent's words would read and leave. `left` is how many characters more fit one SMS (below 0: too long).

    `unusual` are the characters that make an SMS dear. `leaves_at` is later than now where it is night at the door.
    `sorry` says why it would not be sent; empty: it would.
    """

    channel: Channel
    subject: str
    text: str
    segments: int
    left: int
    unusual: str
    leaves_at: datetime
    sorry: str = ""


def draft(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment_id: int,
    words: str,
    by: Channel | None,
    now: datetime,
) -> Draft | Sorry | None:
    """How these words (one clean line) would go. `by` None: as the recipient likes. None: no such shipment in scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    contact = _reached(session, voice, shipment, by, now)
    if because := why_not(words, voice.renderer.language(contact.language)):
        return Sorry(because)
    return _read(_worded(session, voice, agent, shipment, contact, words, now))


def write(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment_id: int,
    words: str,
    by: Channel | None,
    now: datetime,
    answers: int | None = None,
) -> Done | Sorry | None:
    """Send these words (one clean line); `answers` is the text they answer. None: no such shipment or text in scope.

    The same words twice within a day are sent once.
    """
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    answered = inbound.find(session, agent.shipper_id, answers) if answers is not None else None
    if answers is not None and (answered is None or answered.shipment_id != shipment.id):
        return None
    contact = _reached(session, voice, shipment, by, now)
    if because := why_not(words, voice.renderer.language(contact.language)):
        return Sorry(because)
    going = _worded(session, voice, agent, shipment, contact, words, now, answered.at if answered else None)
    said = _read(going)
    if said.sorry:
        return Sorry(said.sorry)
    later = " once it is day at the door" if said.leaves_at > now else ""
    done = Done(f"Your words go by {GOES_BY[said.channel]}{later}.")
    if gathering.told_before(session, [going.dedupe_key]):
        return done
    outbox.put(session, [going])
    record(session, agent, shipment, "wrote", now, channel=said.channel.value)
    if answered and answered.handled_at is None:
        inbound.handle(session, answered.id, actor(agent), now)
    announce.nudge(session, voice, [going])
    return done


def why_not(words: str, language: str) -> str:
    """What is wrong with an agent's words to somebody of this language; empty: nothing. English is judged as well."""
    if not words:
        return "Please write something first."
    if len(words) > LONGEST_WORDS:
        return f"A message has at most {LONGEST_WORDS} characters; this one has {len(words):,}."
    if linked := LINK.search(words):
        near = re.search(rf"\S*{re.escape(linked[0])}\S*", words)
        shown = near[0] if near else linked[0]
        return f"“{shown}” reads as a link or an address. Put a space after a stop, and leave links out."
    for spoken in dict.fromkeys((language, "en")):
        if word := sounds_like_fraud(spoken, words):
            return f"“{word}” is a word that cheats use, and filters stop it. Please say it another way."
    return ""


def _reached(
    session: Session, voice: Voice, shipment: Shipment, by: Channel | None, now: datetime
) -> Contact:
    contact = announce.contacts_of(session, voice, [shipment], now)[shipment.id]
    if by is None:
        return contact
    # who asks for it this way on the phone has chosen
    return replace(
        contact,
        phone=contact.phone if by is Channel.SMS else None,
        email=contact.email if by is Channel.EMAIL else None,
        channels=None,
    )


def _worded(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment: Shipment,
    contact: Contact,
    words: str,
    now: datetime,
    answers: datetime | None = None,
) -> Message:
    shipper = voice.shippers(session)[shipment.shipper_id]
    because = f"Written by {actor(agent)}{', in answer to a text' if answers else ''}."
    same = sha256(f"{words}|{answers or ''}|{now:%Y-%m-%d}".encode()).hexdigest()[:32]
    news = News(shipment, Notice.AGENT_WRITES, f"words:{same}", because, now, {"said": words, "parcels": 1})
    occasion = announce.occasion_of(voice, shipper, news)
    planned = compose(occasion, contact, voice.renderer, now, prices=voice.prices)
    return next((one for one in planned if one.standing is Standing.QUEUED), planned[0])


def _read(message: Message) -> Draft:
    unusual = (
        "" if is_gsm7(message.text) else "".join(sorted({char for char in message.text if not is_gsm7(char)}))
    )
    length = len(message.text) + sum(map(message.text.count, EXTENDED))
    room = ALONE_UNUSUAL if unusual else ALONE
    sorry = ""
    if message.stopped_by:
        sorry = BECAUSE_OF[Rule(message.stopped_by)]
    elif message.segments > MOST_SEGMENTS:
        sorry = f"This would be {message.segments} SMS. At most {MOST_SEGMENTS} go; an email may say more."
    return Draft(
        channel=message.channel,
        subject=message.subject,
        text=message.text,
        segments=message.segments,
        left=room - length,
        unusual=unusual,
        leaves_at=message.not_before,
        sorry=sorry,
    )
