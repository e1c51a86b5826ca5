"""What the claim must know of each message as it leaves, asked for a whole batch; and what it holds back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, select, union_all, update
from sqlalchemy.orm import Session

from notifications.last_look import BEYOND_CAPS, REPLY, Choice, Seen, last_look
from notifications.message import FALLS_BACK, Channel, Message, Rule, Standing
from portal.db import THESE
from portal.store import consents, contacts, gathering, preferences
from portal.store.outbox_rows import MESSAGES, MessageRow
from portal.store.spending import Limits, Purse, close_purses, open_purses
from portal.store.stops import stops_wait

Address = tuple[Channel, str]
A_DAY = timedelta(days=1)
COUNTED = (
    MESSAGES.c.to.in_(THESE),
    MESSAGES.c.notice.not_in(sorted(BEYOND_CAPS)),
    ~MESSAGES.c.notice.startswith(REPLY, autoescape=True),
)
# two questions in one, as the index of numbers and times answers each
SENT_SINCE = union_all(
    select(MESSAGES.c.channel, MESSAGES.c.to).where(*COUNTED, MESSAGES.c.sent_at > bindparam("since")),
    # what is in the air counts as if it had arrived
    select(MESSAGES.c.channel, MESSAGES.c.to).where(
        *COUNTED,
        MESSAGES.c.sent_at.is_(None),
        MESSAGES.c.standing.in_((Standing.SENDING, Standing.UNKNOWN)),
    ),
)


def still_good(session: Session, messages: Sequence[Message], limits: Limits, now: datetime) -> list[Message]:
    """Those that are still true, wanted and paid for; the others are settled with the rule that stops them."""
    to_people = [one for one in messages if one.channel is not Channel.WEBHOOK]
    addresses = {one.to for one in to_people}
    if addresses:
        stops_wait(session)
    # while they were tried or stood in for others, newer news may have come; what still waited was replaced then
    again = [one for one in to_people if one.attempts or one.instead_of]
    old = gathering.outdated(session, again) if again else set()
    stopped = contacts.stopped(session, addresses)
    withdrawn = consents.withdrawn(session, ((one.shipper_id, one.channel, one.to) for one in to_people))
    unreachable = contacts.unreachable(session, addresses, now)
    choices = _choices(session, to_people)
    sent = _sent_lately(session, addresses, now) if limits.a_day else Counter[Address]()
    purses = _purses(session, limits, to_people, now)
    good: list[Message] = []
    held: dict[Rule, list[str]] = {}
    for one in messages:
        address, purse = (one.channel, one.to), purses.get(one.shipper_id)
        seen = Seen(
            outdated=one.id in old,
            stopped=address in stopped,
            withdrawn=(one.shipper_id, *address) in withdrawn,
            unreachable=address in unreachable,
            choice=choices.get(one.id),
            sent_today=sent[address],
            cap=limits.a_day,
            money_left=purse.left if purse else None,
        )
        rule = last_look(one, seen, now)
        if rule is None:
            good.append(one)
            _count(one, sent, purse)
        else:
            held.setdefault(rule, []).append(one.id)
            if purse and rule is Rule.MONEY_CEILING:
                purse.held_back += 1
    _settle(session, held, now)
    close_purses(session, purses)
    return good


def cost_nothing(session: Session, messages: Sequence[Message], limits: Limits, now: datetime) -> None:
    """These had been let go at that moment, and did not leave after all: what they took from a purse goes back."""
    unsent = [one for one in messages if one.attempts == 0 and one.channel is not Channel.WEBHOOK]
    purses = _purses(session, limits, unsent, now)
    for one in unsent:
        if purse := purses.get(one.shipper_id):
            purse.pay(-one.cost_micros, -one.segments)
    close_purses(session, purses)


def _choices(session: Session, messages: Iterable[Message]) -> dict[str, Choice]:
    """What people chose since their messages were planned, by message."""
    asked = {(one.shipper_id, one.to) for one in messages}
    if not asked:
        return {}
    chosen = preferences.of(session, asked)
    found = ((one.id, chosen.get((one.shipper_id, one.to)), one.created_at) for one in messages)
    return {
        message_id: Choice(kept.channels, kept.declined)
        for message_id, kept, created_at in found
        if kept and kept.updated_at > created_at
    }


def _sent_lately(session: Session, addresses: set[str], now: datetime) -> Counter[Address]:
    """How much went to each address in the last day, without what nobody counts."""
    if not addresses:
        return Counter()
    rows = session.execute(SENT_SINCE, {"these": sorted(addresses), "since": now - A_DAY})
    return Counter((Channel(channel), to) for channel, to in rows)


def _purses(session: Session, limits: Limits, messages: Iterable[Message], now: datetime) -> dict[int, Purse]:
    concerned = {one.shipper_id for one in messages}
    ceilings = limits.ceilings(session) if concerned else {}
    return open_purses(session, {who: ceilings[who] for who in concerned & ceilings.keys()}, now)


def _count(message: Message, sent: Counter[Address], purse: Purse | None) -> None:
    if message.notice not in BEYOND_CAPS and not message.notice.startswith(REPLY):
        sent[message.channel, message.to] += 1
    if purse and message.attempts == 0:
        purse.pay(message.cost_micros, message.segments)


def _settle(session: Session, held: Mapping[Rule, list[str]], now: datetime) -> None:
    for rule, ids in held.items():
        standing = Standing.EXPIRED if rule is Rule.TOO_LATE else Standing.STOPPED
        # where facts were kept, the other channel may say it: the sweep looks at those whose time has come
        falls = case((MessageRow.facts.is_not(None), now), else_=None) if rule in FALLS_BACK else None
        values = {"standing": standing, "stopped_by": rule, "settled_at": now, "fallback_at": falls}
        session.execute(update(MESSAGES).where(MessageRow.id.in_(ids)).values(values))
