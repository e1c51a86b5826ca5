"""What is asked of a message once more in the moment it leaves: is it still true, still wanted, still paid for?"""

from dataclasses import dataclass
from datetime import datetime

from notifications.contact import ALL_THE_SAME
from notifications.message import Channel, Message, Rule
from notifications.notice import CODES, RULES, TOPICS, Notice, Reach, Topic

REPLY = "reply_"
# The answer to STOP goes to somebody who just said stop; the others of its kind cannot come after one.
ANSWERS_STOP = {"reply_stop", "reply_start", "reply_help"}
# Somebody waits for the code, or must hear that a stranger may have asked: neither counts, neither is counted out.
BEYOND_CAPS = {
    *CODES,
    Notice.CHANGE_ASKED,
    Notice.CHANGE_WITHDRAWN,
    Notice.CONTACT_CHANGED,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose after a message was planned; None and empty: nothing that concerns it."""

    channels: frozenset[Channel] | None = None
    declined: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a message's address and purse as it leaves.

    `outdated`: newer news came since. `withdrawn`: the shipper was told not to use it. `sent_today` counts what
    went there in the last day, `cap` is how many may; `money_left` is in micros, None where there is no ceiling.
    """

    outdated: bool = False
    stopped: bool = False
    withdrawn: bool = False
    unreachable: bool = False
    choice: Choice | None = None
    sent_today: int = 0
    cap: int = 0
    money_left: int | None = None


def last_look(message: Message, seen: Seen, now: datetime) -> Rule | None:
    """The rule that stops a message in its last moment; None lets it go."""
    if message.expires_at and message.expires_at <= now:
        return Rule.TOO_LATE
    if message.channel is Channel.WEBHOOK:
        return None
    if seen.outdated:
        return Rule.REPLACED
    if seen.stopped and message.notice not in ANSWERS_STOP:
        return Rule.OPTED_OUT
    if message.notice.startswith(REPLY):
        return None
    if seen.withdrawn and message.notice not in ALL_THE_SAME[message.channel]:
        return Rule.OPTED_OUT
    if seen.unreachable:
        return Rule.UNREACHABLE
    return _unwanted(message, seen.choice) or _counted_out(message, seen)


def _unwanted(message: Message, choice: Choice | None) -> Rule | None:
    """A choice made since the message was planned."""
    notice = Notice(message.notice)
    if choice is None:
        return None
    if TOPICS.get(notice) in choice.declined:
        return Rule.NOT_WANTED
    if message.instead_of:
        return None
    free = choice.channels is None or message.channel in choice.channels
    return None if free or RULES[notice].reach is Reach.ALL_KNOWN else Rule.OTHER_CHANNEL_CHOSEN


def _counted_out(message: Message, seen: Seen) -> Rule | None:
    if message.notice in BEYOND_CAPS:
        return None
    # one that went out before and failed is counted already
    if message.sent_at is None and seen.cap and seen.sent_today >= seen.cap:
        return Rule.DAILY_CAP
    # a message that was tried before is paid for already, and an email costs next to nothing
    unpaid = message.channel is Channel.SMS and message.attempts == 0
    if unpaid and seen.money_left is not None and message.cost_micros > seen.money_left:
        return Rule.MONEY_CEILING
    return None
