"""Why somebody was told something by one way and not by the other: the rules of the voice, in sentences for agents."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from notifications.contact import Contact
from notifications.message import BECAUSE_OF, Channel, Message, Rule, Standing
from notifications.notice import RULES, TO_NEIGHBORS, TOPICS, Notice, Reach
from notifications.policy import DAY_BEGINS, DAY_ENDS, barred, next_decent

GOES_BY = {
    Reach.BOTH: "This news goes by text and by email.",
    Reach.ALL_KNOWN: "This news goes to every number and address on file, whatever was chosen.",
    Reach.TEXT_FIRST: "This news goes by text, and by email only where no text can be sent.",
    Reach.EMAIL_FIRST: "This news goes by email, and by text only where no email can be sent.",
    Reach.EMAIL_ONLY: "This news goes by email only.",
}
ONE_WAS_ENOUGH = {
    Reach.TEXT_FIRST: "One message is enough for this news, and a text comes first.",
    Reach.EMAIL_FIRST: "One message is enough for this news, and an email comes first.",
    Reach.EMAIL_ONLY: "This news goes by email only.",
}
NOTHING_ON_FILE = {
    Channel.SMS: "There is no phone number on file.",
    Channel.EMAIL: "There is no email address on file.",
}
PEOPLE = (Channel.SMS, Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class Way:
    """Whether a recipient can be told by this channel now; `because` says why not, or what to know of it.

    `quiet_until`: what is not urgent waits until then.
    """

    channel: Channel
    open: bool
    because: tuple[str, ...] = ()
    quiet_until: datetime | None = None


def notice_of(message: Message) -> Notice | None:
    """The news a message tells; None for answers to a text, and calls to dispatch."""
    return Notice(message.notice) if message.notice in NOTICES else None


NOTICES = frozenset(Notice)


def rule_of(message: Message) -> str:
    """By which ways this kind of news goes, in a sentence; empty where no rule of ours decides that."""
    notice = notice_of(message)
    return GOES_BY[RULES[notice].reach] if notice and not message.instead_of else ""


def ways(contact: Contact, now: datetime) -> list[Way]:
    """How this person can be told at this moment."""
    return [_way(channel, contact, now) for channel in PEOPLE]


def _way(channel: Channel, contact: Contact, now: datetime) -> Way:
    if not contact.address(channel):
        return Way(channel, False, (NOTHING_ON_FILE[channel],))
    if why := barred(channel, contact, Notice.OUT_FOR_DELIVERY):
        return Way(channel, False, (BECAUSE_OF[why],))
    if contact.channels and channel not in contact.channels:
        return Way(channel, False, (BECAUSE_OF[Rule.OTHER_CHANNEL_CHOSEN],))
    decent = next_decent(now, contact.timezone, contact.day)
    return Way(channel, True, tuple(_declined(contact)), decent if decent > now else None)


def _declined(contact: Contact) -> Iterator[str]:
    unwanted = [notice for notice, topic in TOPICS.items() if topic in contact.declined]
    if unwanted:
        yield f"They do not want news of: {', '.join(one.value.replace('_', ' ') for one in unwanted)}."


def hours_of(contact: Contact) -> tuple[str, bool]:
    """Between which hours at the door news that can wait is sent, and whether the person chose them."""
    begins, ends = contact.day or (DAY_BEGINS, DAY_ENDS)
    return f"{begins:%H:%M} to {ends:%H:%M}", contact.day is not None


def not_by(channel: Channel, message: Message, siblings: Collection[Channel], contact: Contact) -> str:
    """Why this message's news has none on the other `channel`; empty where it has one, or none was ever meant.

    `siblings` are the channels on which the same news was planned.
    """
    notice = notice_of(message)
    if notice is None or notice in TO_NEIGHBORS or channel in siblings:
        return ""
    reach = RULES[notice].reach
    if reach is Reach.EMAIL_ONLY and channel is Channel.SMS:
        return GOES_BY[reach]
    if not contact.address(channel):
        return NOTHING_ON_FILE[channel]
    told = message.standing is not Standing.STOPPED
    return ONE_WAS_ENOUGH.get(reach, "") if told else ""
