"""Why a message exists, why it was not sent, and why there is none on the other channel: each rule by its name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notifications.contact import Contact
from notifications.message import BECAUSE_OF, Channel, Message, Rule, Standing
from notifications.reasons import not_by, rule_of
from portal.domain.telling import plain

OTHER = {Channel.SMS: Channel.EMAIL, Channel.EMAIL: Channel.SMS}
NO_OTHER = {Channel.SMS: "No text", Channel.EMAIL: "No email"}
BY = {Channel.SMS: "by text", Channel.EMAIL: "by email", Channel.WEBHOOK: "by a call"}


@dataclass(slots=True)
class Talk:
    """All that was said about a shipment, to see what was said together, and instead of something; oldest first."""

    said: Sequence[Message]
    contact: Contact
    together: dict[tuple[datetime, str], set[Channel]] = field(default_factory=dict)
    stand_ins: dict[str, Message] = field(default_factory=dict)
    news: dict[datetime, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.said:
            if one.channel is Channel.WEBHOOK:
                continue
            self.together.setdefault((one.created_at, one.notice), set()).add(one.channel)
            self.news.setdefault(one.created_at, one.notice)
            if one.instead_of:
                self.stand_ins[one.instead_of] = one


def why_of(message: Message, talk: Talk | None = None) -> Iterator[str]:
    """The reasons an agent reads, those of a silence first."""
    if why := why_not_sent(message):
        yield why
    if talk and message.stopped_by == Rule.REPLACED and (newer := _newer(message, talk)):
        yield f"The newer news: {newer}."
    if talk and (instead := talk.stand_ins.get(message.id)):
        yield f"It was said {BY[instead.channel]} instead."
    yield f"Why it exists: {message.because}" if message.because else "Why it exists: not recorded."
    if message.instead_of:
        yield "Stands in for a message on the other channel."
    rule = rule_of(message)
    if rule:
        yield rule
    if talk and (because := _not_on_the_other(message, talk)) and because != rule:
        other = NO_OTHER[OTHER[message.channel]]
        yield f"{other}: {because[0].lower()}{because[1:]}"


def why_not_sent(message: Message) -> str:
    """The rule that stopped a message, or what the provider said, as a sentence; empty when it went."""
    match message.standing:
        case Standing.STOPPED:
            known = message.stopped_by in list(Rule)
            return f"Not sent: {BECAUSE_OF[Rule(message.stopped_by)] if known else plain(message.stopped_by)}"
        case Standing.EXPIRED:
            return f"Not sent: {BECAUSE_OF[Rule.TOO_LATE]}"
        case Standing.FAILED:
            code = f"({message.error_code})" if message.error_code else ""
            said = " ".join(filter(None, (message.error_text, code)))
            return f"Not delivered: {said or 'the provider gave no reason.'}"
        case _:
            return ""


def _newer(message: Message, talk: Talk) -> str:
    """What was told in place of a message that was replaced as it waited."""
    found = talk.news.get(message.settled_at) if message.settled_at else None
    return plain(found) if found and found != message.notice else ""


def _not_on_the_other(message: Message, talk: Talk) -> str:
    if message.channel not in OTHER or message.instead_of or message.id in talk.stand_ins:
        return ""
    siblings = talk.together.get((message.created_at, message.notice), set())
    return not_by(OTHER[message.channel], message, siblings, talk.contact)
