"""How a recipient is told at this moment, what the last news was, and what waits for its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.message import Channel, Message, Standing
from notifications.notice import TO_NEIGHBORS, Notice
from notifications.reasons import PEOPLE, Way, hours_of, not_by, notice_of, ways
from portal.domain.telling import plain
from portal.flows.dossier_read import Read
from portal.flows.told import STANDS
from portal.flows.told_why import OTHER, why_not_sent
from portal.store.reminders import Planned

NOTHING_SAID = "Nothing happened yet that makes a message."


@dataclass(frozen=True, slots=True)
class Said:
    """What became of the last news on one channel: how it stands, why, and its entry's key; empty without one."""

    channel: Channel
    state: str
    because: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How this recipient is told. `news` names the last news to them, told at `at`; `said` has both channels.

    `hours` are those in which news that can wait is sent, `chosen_hours` says that they chose them.
    """

    ways: tuple[Way, ...]
    hours: str
    chosen_hours: bool
    news: str = ""
    at: datetime | None = None
    said: tuple[Said, ...] = ()
    key: str = ""
    planned: tuple[Planned, ...] = ()


def reach_of(read: Read, now: datetime) -> Reach:
    """The answer to "why did I get no text?"."""
    hours, chosen = hours_of(read.contact)
    planned = tuple(one for one in read.reminders if one.done_at is None)
    last = _last_news([one.message for one in read.messages])
    known = Reach(tuple(ways(read.contact, now)), hours, chosen, planned=planned)
    if not last:
        return known
    first = last[0]
    said = tuple(_said(channel, last, read) for channel in PEOPLE)
    return Reach(
        known.ways,
        hours,
        chosen,
        plain(first.notice),
        first.created_at,
        said,
        f"message-{first.id}",
        planned,
    )


def _last_news(messages: Sequence[Message]) -> list[Message]:
    """The messages of the newest news, the one that went first."""
    news = [one for one in messages if _is_news(one) and not one.instead_of]
    if not news:
        return []
    newest = max(news, key=lambda one: one.created_at)
    together = [one for one in news if (one.created_at, one.notice) == (newest.created_at, newest.notice)]
    return sorted(together, key=lambda one: one.standing is Standing.STOPPED)


def _is_news(message: Message) -> bool:
    notice = notice_of(message)
    return notice is not None and notice not in TO_NEIGHBORS and notice is not Notice.ONE_TIME_CODE


def _said(channel: Channel, last: Sequence[Message], read: Read) -> Said:
    mine = next((one for one in last if one.channel is channel), None)
    instead = next(_instead(channel, last, read), None)
    if mine is None and instead is not None:
        return Said(channel, STANDS[instead.standing][0], "Said instead of the other one.", _key(instead))
    if mine is not None:
        return Said(channel, STANDS[mine.standing][0], why_not_sent(mine), _key(mine))
    other = next(one for one in last if one.channel is OTHER[channel])
    because = not_by(channel, other, {one.channel for one in last}, read.contact)
    return Said(channel, "not sent", because or "Nothing of this kind was planned.")


def _instead(channel: Channel, last: Sequence[Message], read: Read) -> Iterator[Message]:
    ids = {one.id for one in last}
    for one in read.messages:
        if one.message.instead_of in ids and one.message.channel is channel:
            yield one.message


def _key(message: Message) -> str:
    return f"message-{message.id}"
