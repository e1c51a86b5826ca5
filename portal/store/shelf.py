"""The outbox as the voice works with it: every method one short transaction of its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, insert, select, update
from sqlalchemy.orm import Session

from notifications.message import Channel, Message, Rule, Standing
from notifications.outbox import ANY_LINE, LEASE, Claim, Done, Line, Taken
from notifications.provider import Accepted, Found
from portal.db import THESE, Database
from portal.store import doubts, pace, reached, senders
from portal.store.last_look import cost_nothing, still_good
from portal.store.outbox_fates import ATTEMPT_ENDED, NOT_TAKEN, TAKEN, ended, falls, fate
from portal.store.outbox_rows import ATTEMPTS, MESSAGES, AttemptRow, MessageRow, its_turn, message_value
from portal.store.spending import Limits


class SqlOutbox:
    """`notifications.outbox.Outbox` on our database."""

    def __init__(self, database: Database, limits: Limits | None = None) -> None:
        self.database = database
        self.limits = limits or Limits()

    def claim(self, channel: Channel, limit: int, worker: str, now: datetime, line: Line = ANY_LINE) -> Taken:
        """Take due messages for a lease; expired and stopped ones are settled on the way."""
        these = {"channel": channel, "now": now, "most": limit}
        with self.database.reading() as session:
            if session.execute(ANY_DUE[channel], these).first() is None:
                return Taken()
        with self.database.transaction() as session:
            if line.probe_every and not senders.book_probe(session, line.sender, line.probe_every, now):
                return Taken()
            room = pace.room(session, line, channel, now)
            rows = [] if room.shut else session.execute(DUE[channel], these).all()
            fitting = room.cut(list(map(message_value, rows)))
            good = still_good(session, fitting, self.limits, now)
            taken = Taken(_lease(session, good, worker, now, line))
            taken.more_at = room.take(session, good, len(rows) == limit or len(fitting) < len(rows))
            return taken

    def expire(self, channel: Channel, now: datetime) -> int:
        """Settle what is no longer true while nothing leaves."""
        old = (
            MessageRow.channel == channel,
            MessageRow.standing == Standing.QUEUED,
            MessageRow.not_before <= now,
            MessageRow.expires_at <= now,
        )
        with self.database.reading() as session:
            if session.execute(select(MessageRow.seq).where(*old).limit(1)).first() is None:
                return 0
        values = {"standing": Standing.EXPIRED, "stopped_by": Rule.TOO_LATE, "settled_at": now}
        with self.database.transaction() as session:
            settled: Any = session.execute(
                update(MESSAGES).where(*old).values(values | {"fallback_at": None})
            )
            return int(settled.rowcount)

    def pass_on(self, claim: Claim, done: Done, line: Line, worker: str) -> Claim | None:
        """The next try of a message begins as the one before it is written down."""
        mine = (MessageRow.id == claim.message.id, MessageRow.attempts == claim.number)
        with self.database.transaction() as session:
            held = select(MESSAGES).where(*mine, MessageRow.standing == Standing.SENDING).with_for_update()
            if (row := session.execute(held).one_or_none()) is None:
                return None
            session.execute(ATTEMPT_ENDED, [ended(done)])
            room = pace.room(session, line, claim.message.channel, done.at)
            # somebody may have said stop since the first try
            good = still_good(session, [message_value(row)], self.limits, done.at)
            if not good:
                return None
            (again,) = _lease(session, good, worker, done.at, line)
            room.take(session, [again.message], False)
            return again

    def give_back(self, claims: Sequence[Claim]) -> None:
        """Untried messages go back as if they had not been taken."""
        with self.database.transaction() as session:
            for claim in claims:
                mine = (MessageRow.id == claim.message.id, MessageRow.attempts == claim.number)
                values = {"standing": Standing.QUEUED, "attempts": claim.number - 1, "lease_until": None}
                session.execute(
                    update(MESSAGES).where(*mine, MessageRow.standing == Standing.SENDING).values(values)
                )
                session.execute(delete(ATTEMPTS).where(*_attempt(claim)))
            if claims:
                taken_at = claims[0].started_at
                cost_nothing(session, [claim.message for claim in claims], self.limits, taken_at)

    def record(self, done: Sequence[Done]) -> None:
        """Write outcomes down, many in one transaction."""
        if not done:
            return
        with self.database.transaction() as session:
            reached.by_webhook(session, _entries(done), max(one.at for one in done))
            for statement, wanted in ((TAKEN, True), (NOT_TAKEN, False)):
                some = [fate(one) for one in done if isinstance(one.outcome, Accepted) is wanted]
                if some:
                    session.execute(statement, some)
            session.execute(ATTEMPT_ENDED, [ended(one) for one in done])

    def abandon(self, channel: Channel, now: datetime, ask_after: timedelta) -> int:
        """Whoever held these leases died; nobody knows what became of the call."""
        values = {"standing": Standing.UNKNOWN, "not_before": now + ask_after, "lease_until": None}
        lost = (
            MessageRow.channel == channel,
            MessageRow.standing == Standing.SENDING,
            MessageRow.lease_until < now,
        )
        with self.database.reading() as session:
            if session.execute(select(MessageRow.seq).where(*lost).limit(1)).first() is None:
                return 0
        with self.database.transaction() as session:
            done: Any = session.execute(update(MESSAGES).where(*lost).values(values))
            return int(done.rowcount)

    def doubtful(self, channel: Channel, limit: int, now: datetime) -> list[Claim]:
        """Take messages of unknown fate; the lease is their next time to be asked about."""
        asked = _standing(channel, Standing.UNKNOWN, now).limit(limit)
        with self.database.reading() as session:
            if session.execute(asked.with_only_columns(MessageRow.seq).limit(1)).first() is None:
                return []
        with self.database.transaction() as session:
            messages = list(map(message_value, session.execute(asked.with_for_update(skip_locked=True))))
            ids = [message.id for message in messages]
            session.execute(update(MESSAGES).where(MessageRow.id.in_(ids)).values(not_before=now + LEASE))
            return doubts.claims(session, messages, now, now + LEASE)

    def adopt(self, claim: Claim, found: Found, sender: str, now: datetime) -> bool:
        """The carrier has it, unless what it has was given to another message meanwhile."""
        with self.database.transaction() as session:
            if doubts.is_anothers(session, claim.message, found.provider_id):
                return False
            # why one failed is told by its receipt, or when its provider is asked
            stands = Standing.SENT if found.standing is Standing.FAILED else found.standing
            taken = Accepted(found.provider_id, stands)
            session.execute(TAKEN, fate(Done(claim, sender, taken, now)))
            _note_attempt(session, claim, "found", "", now)
            return True

    def requeue(self, claim: Claim, now: datetime) -> None:
        """The carrier does not have it: once more."""
        values = {"standing": Standing.QUEUED, "not_before": now, "resends": MessageRow.resends + 1}
        with self.database.transaction() as session:
            session.execute(update(MESSAGES).where(*_doubted(claim)).values(values))
            _note_attempt(session, claim, "not_found", "", now)

    def ask_later(self, claim: Claim, at: datetime, text: str) -> None:
        """The carrier could not be asked."""
        with self.database.transaction() as session:
            values = {"not_before": at, "error_text": text}
            session.execute(update(MESSAGES).where(*_doubted(claim)).values(values))

    def give_up(self, claim: Claim, code: str, text: str, now: datetime) -> None:
        """It may have arrived, it may not, and it is not sent again."""
        values = {"standing": Standing.FAILED, "settled_at": now, "error_code": code, "error_text": text}
        values["fallback_at"] = falls(now)
        with self.database.transaction() as session:
            session.execute(update(MESSAGES).where(*_doubted(claim)).values(values))
            _note_attempt(session, claim, "given_up", code, now)

    def unconfirmed(self, channel: Channel, limit: int, now: datetime) -> list[Message]:
        """Take messages whose carrier said yes and nothing more; each is asked about a few times, then no more."""
        with self.database.reading() as session:
            asked = _standing(channel, Standing.SENT, now).where(MessageRow.provider_id != "").limit(limit)
            if session.execute(asked.with_only_columns(MessageRow.seq).limit(1)).first() is None:
                return []
        with self.database.transaction() as session:
            messages = list(map(message_value, session.execute(asked.with_for_update(skip_locked=True))))
            for message in messages:
                at = doubts.asked_next(message.sent_at or now, now)
                session.execute(update(MESSAGES).where(MessageRow.id == message.id).values(not_before=at))
            return messages


def _entries(done: Sequence[Done]) -> list[int]:
    """The numbers in the feed of what dispatch took."""
    taken = (one.claim.message for one in done if isinstance(one.outcome, Accepted))
    keys = (one.dedupe_key for one in taken if one.channel is Channel.WEBHOOK)
    return [int(key.removeprefix("feed:")) for key in keys if key.startswith("feed:")]


def _standing(channel: Any, standing: Standing, now: Any) -> Select[Any]:
    return (
        select(MESSAGES)
        .where(MessageRow.channel == channel, MessageRow.standing == standing, MessageRow.not_before <= now)
        .order_by(MessageRow.not_before, MessageRow.seq)
    )


def _due(channel: Channel) -> Select[Any]:
    due = _standing(bindparam("channel"), Standing.QUEUED, bindparam("now", type_=MESSAGES.c.not_before.type))
    return due.where(its_turn()) if channel is Channel.WEBHOOK else due


# Asked many times a second, so prepared once.
ANY_DUE = {one: _due(one).with_only_columns(MessageRow.seq).limit(1) for one in Channel}
DUE = {one: _due(one).limit(bindparam("most")).with_for_update(skip_locked=True) for one in Channel}
LEASED = (
    update(MESSAGES)
    .where(MESSAGES.c.id.in_(THESE))
    .values(
        standing=Standing.SENDING,
        attempts=MESSAGES.c.attempts + 1,
        lease_until=bindparam("until"),
        provider=case((bindparam("by") == "", MESSAGES.c.provider), else_=bindparam("by")),
    )
)
BEGUN = insert(ATTEMPTS)


def _lease(
    session: Session, messages: Iterable[Message], worker: str, now: datetime, line: Line
) -> list[Claim]:
    until = now + LEASE
    claims = [Claim(one, one.attempts + 1, now, until) for one in messages]
    if claims:
        ids = [claim.message.id for claim in claims]
        session.execute(LEASED, {"these": ids, "until": until, "by": line.sender})
        empty = {"worker": worker, "started_at": now, "outcome": "", "code": "", "text": ""}
        empty["sender"] = line.sender
        session.execute(
            BEGUN,
            [{"message_id": claim.message.id, "number": claim.number, **empty} for claim in claims],
        )
    return claims


def _attempt(claim: Claim) -> tuple[Any, ...]:
    return AttemptRow.message_id == claim.message.id, AttemptRow.number == claim.number


def _doubted(claim: Claim) -> tuple[Any, ...]:
    return (
        MessageRow.id == claim.message.id,
        MessageRow.attempts == claim.number,
        MessageRow.standing == Standing.UNKNOWN,
    )


def _note_attempt(session: Session, claim: Claim, outcome: str, code: str, now: datetime) -> None:
    values = {"outcome": outcome, "code": code, "ended_at": now}
    session.execute(update(ATTEMPTS).where(*_attempt(claim)).values(values))
