"""What recipients choose about our messages: kept for the person, and as evidence where it is a yes or a no."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from notifications.message import Channel, Message
from notifications.notice import Topic
from portal.domain.delivery import Shipment
from portal.flows import announce
from portal.flows.announce import Voice
from portal.flows.contacts import ways
from portal.store import consents, contacts, outbox, preferences
from portal.store.consents import Statement
from portal.store.marks import fingerprint
from portal.store.preferences import Preference

# the US revocation rule: a confirming text follows within minutes or not at all
CONFIRMED_WITHIN = timedelta(minutes=5)
YESES_A_DAY, A_DAY = 5, timedelta(days=1)
PAGE, ONE_CLICK, TAKEN_BACK = "preferences page", "one-click unsubscribe", "unsubscribe page, taken back"


@dataclass(frozen=True, slots=True)
class Wished:
    """What a recipient chose on the page. `agreed` is the sentence beside the texts, where one was shown."""

    channels: frozenset[Channel] | None
    language: str
    declined: frozenset[Topic]
    day: tuple[time, time] | None
    agreed: str = ""


def choose(session: Session, voice: Voice, shipment: Shipment, wished: Wished, now: datetime) -> None:
    """Keep a choice for the person behind a shipment, under its number and its address.

    A channel chosen although it was refused, never agreed to or found not to work is a yes to it.
    """
    before = announce.contacts_of(session, voice, [shipment], now)[shipment.id]
    addresses = ways(shipment)
    kept = Preference(wished.channels, wished.language, wished.declined, wished.day, PAGE, now)
    preferences.save(session, shipment.shipper_id, (to for _, to in addresses), kept)
    chosen = wished.channels or frozenset()
    agreed = []
    for channel, to in addresses:
        if channel in chosen & before.unreachable:
            contacts.forget_unreachable(session, channel, to)
        asks = channel in chosen & (before.withdrawn | before.unconsented)
        if asks and _may_agree(session, channel, fingerprint(to), now):
            words = wished.agreed if channel is Channel.SMS else ""
            agreed.append(Statement(channel, fingerprint(to), True, PAGE, now, shipment.shipper_id, words))
    consents.append(session, agreed, now)


def stop_texts(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> bool:
    """No more texts to the number on file, from anybody in the house; whether that is new.

    One text confirms it and says how to take it back: somebody else may hold the link.
    """
    phone = shipment.recipient.phone
    before = announce.contacts_of(session, voice, [shipment], now)[shipment.id]
    if not phone or not contacts.stop(session, Channel.SMS, phone, PAGE, now):
        return False
    if Channel.SMS not in before.unreachable | before.unconsented:
        confirmed = _confirmation(session, voice, shipment, before.language, now)
        outbox.put(session, [confirmed])
        announce.nudge(session, voice, [confirmed])
    return True


def _confirmation(
    session: Session, voice: Voice, shipment: Shipment, language: str, now: datetime
) -> Message:
    words = voice.renderer.reply("reply_stop", language, voice.shippers(session)[shipment.shipper_id].name)
    message_id = str(uuid4())
    return Message(
        id=message_id,
        shipper_id=shipment.shipper_id,
        shipment_id=shipment.id,
        channel=Channel.SMS,
        notice="reply_stop",
        language=words.language,
        to=shipment.recipient.phone,
        text=words.text,
        because="All texts were stopped on the page of preferences.",
        not_before=now,
        # people read in real minutes, also where a day is played faster
        expires_at=now + max(CONFIRMED_WITHIN, voice.code_lasts / 2),
        dedupe_key=f"stopped:{message_id}",
        created_at=now,
        segments=words.segments,
        cost_micros=voice.prices.of(Channel.SMS, shipment.recipient.phone, words.segments),
    )


def unsubscribed(session: Session, shipper_id: int, mark: str) -> bool:
    """Whether this shipper is to send no emails to the address with this fingerprint."""
    key = (shipper_id, Channel.EMAIL, mark)
    return consents.said_last(session, [key]).get(key) is False


def unsubscribe(session: Session, shipper_id: int, mark: str, now: datetime) -> None:
    """This shipper's emails end; pressing again changes nothing."""
    if not unsubscribed(session, shipper_id, mark):
        _say(session, shipper_id, mark, False, ONE_CLICK, now)


def subscribe_again(session: Session, shipper_id: int, mark: str, now: datetime) -> None:
    """Whoever pressed by mistake gets them again."""
    if unsubscribed(session, shipper_id, mark) and _may_agree(session, Channel.EMAIL, mark, now):
        _say(session, shipper_id, mark, True, TAKEN_BACK, now)


def _may_agree(session: Session, channel: Channel, mark: str, now: datetime) -> bool:
    """Every statement is kept for ever, so who goes to and fro all day is not believed for the rest of it."""
    return consents.yeses(session, channel, mark, now - A_DAY) < YESES_A_DAY


def _say(session: Session, shipper_id: int, mark: str, given: bool, source: str, now: datetime) -> None:
    consents.append(session, [Statement(Channel.EMAIL, mark, given, source, now, shipper_id)], now)
