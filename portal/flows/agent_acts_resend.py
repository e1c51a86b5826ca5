"""An agent sends a message again: the same words on the same channel, or the same news on the other one."""

import re
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from notifications.contact import Contact
from notifications.message import BECAUSE_OF, Channel, Message, Rule
from notifications.notice import RULES, TO_NEIGHBORS, Notice, Reach
from notifications.policy import barred, stand_in
from portal.domain.access import LINK_LENGTH
from portal.domain.delivery import Shipment
from portal.flows import announce, told
from portal.flows.agent_acts import LONGEST_WHY, SAY_WHY, Done, Sorry, record
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.store import contacts, outbox, shipments
from portal.store.agents import Agent
from portal.store.outbox import Told

ONE_RESEND_IN = timedelta(minutes=1)
RESENT = "resend:"
# These went to somebody else, and go there again; all others go to the contact that is on file now.
TO_OTHERS = {*TO_NEIGHBORS, Notice.CONTACT_CHANGED}
NAMES = {Channel.SMS: "text", Channel.EMAIL: "email"}
OTHER = {Channel.SMS: Channel.EMAIL, Channel.EMAIL: Channel.SMS}


def resend(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment_id: int,
    message_id: str,
    now: datetime,
    *,
    by_other: bool = False,
    why: str = "",
) -> Done | Sorry | None:
    """Send a message again, `by_other`: on the other channel. None: no such message in the agent's scope.

    The shipment is locked first, so that two presses at once are one message.
    """
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    former = outbox.find(session, agent.shipper_id, message_id)
    if shipment is None or former is None or former.message.shipment_id != shipment.id:
        return None
    if len(why) > LONGEST_WHY:
        return Sorry(SAY_WHY)
    if because := told.why_not_again(former.message, now):
        return Sorry(because)
    all_said = outbox.of_shipment(session, shipment.shipper_id, shipment.id)
    if _resent_lately(all_said, now):
        return Sorry("A message was sent again less than a minute ago. Please wait a moment.")
    contact = announce.contacts_of(session, voice, [shipment], now)[shipment.id]
    because = f"Sent again by {actor(agent)}{': ' + why if why else '.'}"
    if by_other:
        words = _on_the_other(voice, session, former.message, all_said, contact, because, now)
    else:
        words = _to_whom(session, former.message, contact)
    if isinstance(words, Sorry):
        return words
    again = _again(voice, shipment, words, former.message, because, now)
    outbox.put(session, [again])
    detail = {"channel": again.channel.value, "notice": again.notice} | ({"why": why} if why else {})
    record(session, agent, shipment, "resent", now, **detail)
    announce.nudge(session, voice, [again])
    return Done(
        "The message is on its way again." if not by_other else f"It goes by {NAMES[again.channel]} now."
    )


def _to_whom(session: Session, message: Message, contact: Contact) -> Message | Sorry:
    """The message to the contact that is on file now."""
    if not for_recipient(message):
        stopped = (message.channel, message.to) in contacts.stopped(session, [message.to])
        return Sorry(BECAUSE_OF[Rule.OPTED_OUT]) if stopped else message
    to = contact.address(message.channel)
    if not to:
        return Sorry(
            f"There is no {'phone number' if message.channel is Channel.SMS else 'email'} on file now."
        )
    if rule := _barred(message, message.channel, contact):
        return Sorry(BECAUSE_OF[rule])
    return replace(message, to=to)


def _on_the_other(
    voice: Voice,
    session: Session,
    message: Message,
    all_said: list[Told],
    contact: Contact,
    because: str,
    now: datetime,
) -> Message | Sorry:
    """The same news in the words of the other channel: those that were written then, else written now."""
    other = OTHER[message.channel]
    if not for_recipient(message) or message.notice not in list(Notice):
        return Sorry("This can go again only the way it went.")
    notice = Notice(message.notice)
    if other is Channel.SMS and RULES[notice].reach is Reach.EMAIL_ONLY:
        return Sorry("This news is told by email only.")
    if not contact.address(other):
        return Sorry(f"There is no {'phone number' if other is Channel.SMS else 'email'} on file.")
    if rule := _barred(message, other, contact):
        return Sorry(BECAUSE_OF[rule])
    if written := _written_then(message, other, all_said):
        return replace(written, to=contact.address(other))
    only = replace(
        contact,
        phone=contact.phone if other is Channel.SMS else None,
        email=contact.email if other is Channel.EMAIL else None,
        language=_language(voice, message, contact),
        declined=frozenset(),
    )
    own = voice.shippers(session)[message.shipper_id].wordings
    found = stand_in(message, only, voice.renderer, now, because, prices=voice.prices, wordings=own)
    return found or Sorry(
        "The facts of this message were not kept, so it cannot be worded for the other way."
    )


def _language(voice: Voice, message: Message, contact: Contact) -> str:
    """The language in which it was said, with the recipient's own habits where they still speak it."""
    same = voice.renderer.language(contact.language) == message.language
    return contact.language if same else message.language


def _written_then(message: Message, channel: Channel, all_said: list[Told]) -> Message | None:
    found = (
        one.message
        for one in all_said
        if one.message.channel is channel
        and (one.message.notice, one.message.language) == (message.notice, message.language)
        and (
            one.message.created_at == message.created_at
            or message.instead_of == one.message.id
            or one.message.instead_of == message.id
        )
    )
    return next(found, None)


def _barred(message: Message, channel: Channel, contact: Contact) -> Rule | None:
    """What forbids the channel; an answer to a text was asked for, and needs no consent."""
    if message.notice in list(Notice):
        return barred(channel, contact, Notice(message.notice))
    return Rule.OPTED_OUT if channel in contact.stopped else None


def for_recipient(message: Message) -> bool:
    """Whether the message is meant for the recipient, and not for a neighbor or a replaced contact."""
    return message.notice not in TO_OTHERS


def _again(
    voice: Voice, shipment: Shipment, words: Message, former: Message, because: str, now: datetime
) -> Message:
    """The same words, written anew: nothing has come of them yet, and their link is the one that opens."""
    if for_recipient(words):
        words = with_link(voice, shipment, words)
    return Message(
        id=str(uuid.uuid4()),
        shipper_id=words.shipper_id,
        shipment_id=words.shipment_id,
        channel=words.channel,
        notice=words.notice,
        language=words.language,
        to=words.to,
        text=words.text,
        because=because,
        not_before=now,
        expires_at=former.expires_at,
        dedupe_key=f"{RESENT}{former.id}:{now.isoformat(timespec='minutes')}",
        created_at=now,
        subject=words.subject,
        html=words.html,
        calendar=words.calendar,
        headers=words.headers,
        segments=words.segments,
        # the recipient asked for it this way, whatever way they chose before
        instead_of=former.id if words.channel is not former.channel else "",
        cost_micros=words.cost_micros,
    )


def with_link(voice: Voice, shipment: Shipment, words: Message) -> Message:
    """The words with the link that opens the page now, should it have been renewed since they were written."""
    page = re.compile(rf"{re.escape(voice.public_url)}/t/[\w-]{{{LINK_LENGTH}}}")
    link = voice.link(shipment)
    text, html, calendar = (page.sub(link, one) for one in (words.text, words.html, words.calendar))
    facts = words.facts and {
        name: page.sub(link, value) if isinstance(value, str) else value
        for name, value in words.facts.items()
    }
    return replace(words, text=text, html=html, calendar=calendar, facts=facts)


def _resent_lately(all_said: list[Told], now: datetime) -> bool:
    return any(
        one.message.dedupe_key.startswith(RESENT) and now - one.message.created_at < ONE_RESEND_IN
        for one in all_said
    )
