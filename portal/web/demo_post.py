"""The demo's phone and mailbox as values: what was sent and what was answered, and what was not sent and why."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from markupsafe import Markup, escape

from notifications.message import Channel, Message
from portal.domain.delivery import Shipment
from portal.domain.telling import plain
from portal.domain.telling_replies import NOTHING, Said, came_of_it, taken_for
from portal.store.outbox import Told
from portal.web.demo_states import ARRIVED, NAMES, NOT_SENT, Circumstances, State, state_of
from portal.web.local import Local

ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
Shown = TypeVar("Shown")
TEXTS_SHOWN, MAILS_SHOWN, UNSENT_SHOWN = 60, 60, 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be chosen."""

    shipment_id: int
    name: str
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text on the phone: an SMS of ours, or `typed` by the person, whose `state` is what it was taken for."""

    name: str
    words: Markup
    state: State
    language: str
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """An email in the list, or opened."""

    id: str
    name: str
    to: str
    sender: str
    subject: str
    state: State
    language: str
    words: Markup


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that was not sent, and the sentence that says why."""

    time: str
    what: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Post:
    """Phone and mailbox of one person or of the whole town, newest first."""

    people: tuple[Person, ...]
    chosen: Person | None
    texts: tuple[Text, ...]
    mails: tuple[Mail, ...]
    unsent: tuple[Unsent, ...]
    opened: Mail | None


@dataclass(frozen=True, slots=True)
class Names:
    """How shipments and shippers are called on the page, and the clock on its wall."""

    known: Mapping[int, Shipment]
    brands: Mapping[int, str]
    local: Local

    def person(self, message: Message) -> str:
        """Whom a message is for."""
        shipment = self.known.get(message.shipment_id or 0)
        return shipment.recipient.name if shipment else message.to

    def sender(self, message: Message) -> str:
        """In whose name it goes."""
        return message.headers.get("from_name") or self.brands.get(message.shipper_id, "")


def post(
    told: Sequence[Told],
    said: Iterable[Said],
    names: Names,
    around: Circumstances,
    people: Sequence[Person],
    chosen: Person | None,
    mail_id: str = "",
) -> Post:
    """Arrange what was told (to everybody, or to the chosen one) and what the chosen one said."""
    inside = [one for one in told if one.message.standing not in NOT_SENT]
    texts = [(_when(one), _text(one, names, around)) for one in inside if _is(one, Channel.SMS)]
    texts += [(_moment(one.at), _typed(one, chosen, names.local)) for one in said]
    mails = [(_when(one), _mail(one, names, around)) for one in inside if _is(one, Channel.EMAIL)]
    held = [one for one in told if one.message.standing in NOT_SENT]
    unsent = [(_when(one), _unsent(one, names, around)) for one in held]
    shown = _newest(mails, MAILS_SHOWN)
    opened = next((mail for mail in shown if mail.id == mail_id), None) or next(iter(shown), None)
    held_back = _newest(unsent, UNSENT_SHOWN)
    return Post(tuple(people), chosen, _newest(texts, TEXTS_SHOWN), shown, held_back, opened)


def _newest(dated: Iterable[tuple[tuple[bool, datetime], Shown]], most: int) -> tuple[Shown, ...]:
    return tuple(one for _, one in sorted(dated, key=lambda pair: pair[0], reverse=True))[:most]


def _when(told: Told) -> tuple[bool, datetime]:
    """What has not arrived stands after all that has."""
    message = told.message
    arrived = message.standing in ARRIVED
    return (not arrived, (message.sent_at if arrived else None) or message.created_at)


def _moment(at: datetime) -> tuple[bool, datetime]:
    return (False, at)


def _is(told: Told, channel: Channel) -> bool:
    return told.message.channel is channel


def _text(told: Told, names: Names, around: Circumstances) -> Text:
    message = told.message
    state = state_of(told, around, names.local)
    return Text(names.person(message), linked(message.text), state, message.language)


def _typed(said: Said, chosen: Person | None, local: Local) -> Text:
    note = f"{taken_for(said)} {came_of_it(said.became)}".strip()
    tone = "warn" if said.understood == NOTHING else ""
    words = linked(said.text) or Markup("…")
    return Text(
        chosen.name if chosen else said.sender, words, State(local.time(said.at), note, tone), "", True
    )


def _mail(told: Told, names: Names, around: Circumstances) -> Mail:
    message = told.message
    return Mail(
        message.id,
        names.person(message),
        message.to,
        names.sender(message),
        message.subject,
        state_of(told, around, names.local),
        message.language,
        linked(message.text),
    )


def _unsent(told: Told, names: Names, around: Circumstances) -> Unsent:
    message = told.message
    what = f"{NAMES[message.channel].capitalize()}: {plain(message.notice).replace('.', ' ')}"
    at = names.local.time(message.settled_at or message.created_at)
    return Unsent(at, what, names.person(message), state_of(told, around, names.local).note)


def linked(text: str) -> Markup:
    """The text with its addresses as links, everything else escaped."""
    parts, last = [], 0
    for found in ADDRESS.finditer(text):
        shown = escape(found.group())
        parts += [escape(text[last : found.start()]), Markup('<a href="{0}">{0}</a>').format(shown)]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])
