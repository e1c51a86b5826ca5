"""The demo's phone and mailbox as values: what was sent, to whom, with links one can press."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from notifications.message import Channel, Message, Standing
from portal.domain.delivery import Shipment
from portal.web.local import Local

ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
ARRIVED = {Standing.SENT, Standing.DELIVERED}
TEXTS_SHOWN, MAILS_SHOWN = 60, 60


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be chosen; `chosen` is the one whose phone and mailbox are shown."""

    shipment_id: int
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Text:
    """An SMS on the phone."""

    name: str
    to: str
    words: Markup
    time: str
    sender: str
    language: str


@dataclass(frozen=True, slots=True)
class Mail:
    """An email in the list, or opened."""

    id: str
    name: str
    to: str
    sender: str
    subject: str
    time: str
    language: str
    words: Markup


@dataclass(frozen=True, slots=True)
class Post:
    """Phone and mailbox of one person or of the whole town, newest first."""

    people: tuple[Person, ...]
    texts: tuple[Text, ...]
    mails: tuple[Mail, ...]
    opened: Mail | None


def post(
    messages: Sequence[Message],
    known: Mapping[int, Shipment],
    brands: Mapping[int, str],
    local: Local,
    who: int = 0,
    mail_id: str = "",
) -> Post:
    """Arrange messages (newest first); `who` is the shipment whose recipient is chosen, 0 for everybody."""
    arrived = [one for one in messages if one.standing in ARRIVED]
    mine = [one for one in arrived if who in (0, one.shipment_id)]
    texts = [one for one in mine if one.channel is Channel.SMS][:TEXTS_SHOWN]
    mails = [_mail(one, known, brands, local) for one in mine if one.channel is Channel.EMAIL][:MAILS_SHOWN]
    opened = next((mail for mail in mails if mail.id == mail_id), None) or next(iter(mails), None)
    return Post(
        _people(arrived, known, who),
        tuple(_text(one, known, brands, local) for one in texts),
        tuple(mails),
        opened,
    )


def _people(messages: Iterable[Message], known: Mapping[int, Shipment], who: int) -> tuple[Person, ...]:
    ids = {one.shipment_id for one in messages if one.shipment_id in known} | ({who} & set(known))
    named = sorted((known[one].recipient.name, one) for one in ids if one is not None)
    return tuple(Person(shipment_id, name, shipment_id == who) for name, shipment_id in named)


def _name(message: Message, known: Mapping[int, Shipment]) -> str:
    shipment = known.get(message.shipment_id or 0)
    return shipment.recipient.name if shipment else message.to


def _text(message: Message, known: Mapping[int, Shipment], brands: Mapping[int, str], local: Local) -> Text:
    return Text(
        _name(message, known),
        message.to,
        linked(message.text),
        local.time(message.sent_at or message.created_at),
        brands.get(message.shipper_id, ""),
        message.language,
    )


def _mail(message: Message, known: Mapping[int, Shipment], brands: Mapping[int, str], local: Local) -> Mail:
    return Mail(
        message.id,
        _name(message, known),
        message.to,
        message.headers.get("from_name") or brands.get(message.shipper_id, ""),
        message.subject,
        local.time(message.sent_at or message.created_at),
        message.language,
        linked(message.text),
    )


def linked(text: str) -> Markup:
    """The text with its addresses as links, everything else escaped."""
    parts, last = [], 0
    for found in ADDRESS.finditer(text):
        shown = escape(found.group())
        parts += [escape(text[last : found.start()]), Markup('<a href="{0}">{0}</a>').format(shown)]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])
