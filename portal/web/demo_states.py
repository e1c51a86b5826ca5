"""Where a message of the demo stands, in words for a stranger who watches the voice at work."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.message import Channel, Message, Standing
from portal.flows.told_why import why_not_sent
from portal.store.outbox import Told
from portal.web.local import Local

NAMES = {Channel.SMS: "text", Channel.EMAIL: "email"}
NOT_SENT = {Standing.FAILED, Standing.EXPIRED, Standing.STOPPED}
ARRIVED = {Standing.SENT, Standing.DELIVERED}
# News of several parcels is gathered for less than this; whatever waits longer waits for the day.
GATHERING_TAKES = timedelta(minutes=2)
ORDINALS = {2: "second", 3: "third"}


@dataclass(frozen=True, slots=True)
class State:
    """Where a message stands in a few words, and in a sentence where there is more to say."""

    words: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the message.

    `resting`: the channels on which no account may send now, and until when; `second`: the accounts that only take
    over; `told`: the other messages, one of which may tell the same.
    """

    resting: Mapping[Channel, datetime | None]
    second: Set[str]
    told: Sequence[Message]

    def beside(self, message: Message) -> Message | None:
        """What tells the same news on the other channel, and is not held back itself."""
        same = (message.shipment_id, message.notice)
        twins = (
            one
            for one in self.told
            if (one.shipment_id, one.notice) == same
            and one.channel is not message.channel
            and one.standing not in NOT_SENT
            and (one.instead_of == message.id or one.because == message.because)
        )
        return next(twins, None)


def state_of(told: Told, around: Circumstances, local: Local) -> State:
    """Where this message stands."""
    message = told.message
    match message.standing:
        case Standing.SENT | Standing.DELIVERED:
            return _arrived(told, around, local)
        case Standing.QUEUED:
            return _waits(message, around, local)
        case Standing.SENDING:
            return State("on its way", _instead_of(message))
        case Standing.UNKNOWN:
            asked = f"The provider's answer was lost. It is asked from {local.time(message.not_before)} on"
            return State("perhaps arrived", f"{asked}, before anything is sent again.", "warn")
        case _:
            return State("not sent", f"{_why(message)} {_then(message, around)}".strip(), "bad")


def _arrived(told: Told, around: Circumstances, local: Local) -> State:
    message, outcomes = told.message, Counter(one.outcome for one in told.attempts)
    notes = [_instead_of(message)]
    if outcomes["found"]:
        notes.append("The provider's answer was lost. Asked later, it had it: nothing was sent again.")
    elif outcomes["not_found"]:
        notes.append("The provider's answer was lost. Asked later, it did not have it: sent once more.")
    elif outcomes["temporary"]:
        tries = len(told.attempts)
        notes.append(f"Taken at the {ORDINALS.get(tries, f'{tries}th')} try.")
    if message.provider in around.second:
        notes.append("By the second sender.")
    return State(
        f"arrived {local.time(message.sent_at or message.created_at)}", " ".join(filter(None, notes))
    )


def _waits(message: Message, around: Circumstances, local: Local) -> State:
    if message.not_before > local.now:
        until = _at(message.not_before, local)
        if message.attempts:
            said = message.error_text or "The provider did not take it."
            return State("waits", f"{said} Tried again at {until}.", "warn")
        if message.gather_key and message.not_before - message.created_at < GATHERING_TAKES:
            return State(f"waits until {until}", "Other parcels for this door may have the same news.")
        return State(f"waits until {until}", "Nobody is written to at night.")
    if message.channel in around.resting:
        again = around.resting[message.channel]
        tried = f" It is tried again at {local.time(again)}." if again and again > local.now else ""
        return State("waits", f"The provider does not answer.{tried}", "warn")
    return State("leaves now", _instead_of(message))


def _instead_of(message: Message) -> str:
    """A message that stands in for another one says why."""
    article = "an email" if message.channel is Channel.EMAIL else "a text"
    return f"{message.because} So {article} says it." if message.instead_of else ""


def _why(message: Message) -> str:
    if message.standing is Standing.FAILED:
        return message.error_text or "The provider gave no reason."
    return why_not_sent(message).removeprefix("Not sent: ")


def _then(message: Message, around: Circumstances) -> str:
    other = around.beside(message)
    if other is None:
        return "The other channel takes over." if message.fallback_at else ""
    article = "An email" if other.channel is Channel.EMAIL else "A text"
    return f"{article} says it instead." if other.instead_of else f"{article} says it too."


def _at(moment: datetime, local: Local) -> str:
    return local.time(moment) if local.date(moment) == local.today else local.at(moment)
