"""What is known of a message whose fate is asked about: by which accounts it went, and which ids are not its own."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from notifications.message import Channel, Message, Standing
from notifications.outbox import Claim
from portal.store.outbox_rows import AttemptRow, MessageRow, ReceiptRow

# A text that a network never confirmed: how long after it was taken its provider is asked, then never again.
ASKED_AFTER = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=12))
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# What a provider took long before the first try of a message is none of its own; the clocks of two workers and of
# the provider may be an hour apart.
BEFORE = timedelta(hours=3)
# A provider reports on emails about in the order in which it took them. Where nothing has come yet on so many others
# of the same minute, its reports are late and silence proves nothing: the wait goes on, but not for ever.
SAME_TIME, SO_MANY = timedelta(minutes=1), 3
LATE_AT_MOST = timedelta(minutes=15)


def asked_next(sent_at: datetime, now: datetime) -> datetime:
    """When the provider is asked (again) what became of a message it took at `sent_at`."""
    times = (sent_at + after for after in ASKED_AFTER)
    return next((at for at in times if at > now), NEVER)


def claims(session: Session, messages: Sequence[Message], now: datetime, until: datetime) -> list[Claim]:
    """Claims of messages to be asked about, leased until then.

    A text whose twin, the same words to the same number, is on its way at this moment is left out: what the
    provider has could be either's. So is an email while reports on those sent with it are late.
    """
    texts = [one for one in messages if one.channel is Channel.SMS]
    tries = _tries(session, messages)
    began = {one.id: tries[one.id][0].started_at if tries.get(one.id) else one.created_at for one in messages}
    taken = _ids_taken(session, texts, min((began[one.id] for one in texts), default=until) - BEFORE)
    flying = _flying(session, texts)
    return [
        Claim(
            one,
            one.attempts,
            began[one.id],
            until,
            senders=_senders(tries.get(one.id, ())),
            taken=frozenset(its for to, owner, its in taken if to == one.to and owner != one.id),
        )
        for one in messages
        if (one.to, one.text) not in flying and not _is_early(session, one, tries.get(one.id, ()), now)
    ]


def last_tried(session: Session, messages: Iterable[Message]) -> dict[str, datetime]:
    """When the last try of each of these messages began, by id."""
    asked = select(AttemptRow.message_id, func.max(AttemptRow.started_at).label("at"))
    asked = asked.where(AttemptRow.message_id.in_([one.id for one in messages]))
    return {row.message_id: row.at for row in session.execute(asked.group_by(AttemptRow.message_id))}


def is_anothers(session: Session, message: Message, provider_id: str) -> bool:
    """Whether another message already has this id; whoever else asks about this number waits for the answer."""
    to_it = (MessageRow.to == message.to, MessageRow.channel == message.channel)
    unknown = select(MessageRow.id).where(*to_it, MessageRow.standing == Standing.UNKNOWN)
    session.execute(unknown.order_by(MessageRow.seq).with_for_update()).all()
    other = select(MessageRow.id).where(*to_it, MessageRow.provider_id == provider_id)
    return session.execute(other.where(MessageRow.id != message.id).limit(1)).first() is not None


def _tries(session: Session, messages: Iterable[Message]) -> dict[str, list[Any]]:
    ids = [one.id for one in messages]
    asked = select(AttemptRow.message_id, AttemptRow.started_at, AttemptRow.sender)
    found: dict[str, list[Any]] = {}
    for row in session.execute(asked.where(AttemptRow.message_id.in_(ids)).order_by(AttemptRow.number)):
        found.setdefault(row.message_id, []).append(row)
    return found


def _is_early(session: Session, message: Message, tries: Sequence[Any], now: datetime) -> bool:
    """Whether the report that would prove an email taken may still be on its way."""
    if message.channel is not Channel.EMAIL or not tries:
        return False
    tried_at = tries[-1].started_at
    if now - tried_at > LATE_AT_MOST:
        return False
    unreported = select(MessageRow.seq).where(
        MessageRow.channel == Channel.EMAIL,
        MessageRow.standing == Standing.SENT,
        # they were due before they were sent: for the index
        MessageRow.not_before.between(tried_at - timedelta(hours=1), tried_at + SAME_TIME),
        MessageRow.sent_at.between(tried_at - SAME_TIME, tried_at + SAME_TIME),
        ~exists().where(ReceiptRow.message_id == MessageRow.id),
    )
    return len(session.execute(unreported.limit(SO_MANY)).all()) == SO_MANY


def _senders(tries: Iterable[Any]) -> tuple[str, ...]:
    """The accounts these tries went by; empty where one did not say, so that all are asked."""
    names = tuple(dict.fromkeys(row.sender for row in tries))
    return names if all(names) else ()


def _ids_taken(session: Session, texts: Sequence[Message], since: datetime) -> set[tuple[str, str, str]]:
    """Ids at the provider that belong to something: number, whose it is, id.

    What a message's own receipts said to have failed belongs to nobody: its next try has another id.
    """
    if not texts:
        return set()
    numbers = {one.to for one in texts}
    lately = and_(MessageRow.to.in_(numbers), MessageRow.sent_at >= since)
    known = select(MessageRow.to, MessageRow.id, MessageRow.provider_id)
    rows = session.execute(known.where(lately, MessageRow.provider_id != "")).all()
    told = (
        select(MessageRow.to, MessageRow.id, ReceiptRow.provider_id, ReceiptRow.standing)
        .join(ReceiptRow, ReceiptRow.message_id == MessageRow.id)
        .where(or_(lately, MessageRow.id.in_([one.id for one in texts])), ReceiptRow.provider_id != "")
    )
    failed = {
        (row.to, "" if row.standing == Standing.FAILED else row.id, row.provider_id)
        for row in session.execute(told)
    }
    return {(row.to, row.id, row.provider_id) for row in rows} | failed


def _flying(session: Session, texts: Sequence[Message]) -> set[tuple[str, str]]:
    """Numbers and words that are on their way now."""
    if not texts:
        return set()
    asked = select(MessageRow.to, MessageRow.text).where(MessageRow.to.in_({one.to for one in texts}))
    rows = session.execute(asked.where(MessageRow.standing == Standing.SENDING))
    return {(row.to, row.text) for row in rows}
