"""What only an agent asks about a shipment, each in one question: when events reached us, what was said, who looked.

Whoever asks has found the shipment within its scope.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from itertools import starmap
from typing import Any

from sqlalchemy import bindparam, literal, null, select
from sqlalchemy.orm import Session

from notifications.message import Attempt, Channel, Message, Standing
from notifications.receipts import Receipt
from portal.domain.telling import Received
from portal.store.audit import AuditRow, NoteRow
from portal.store.changes import FeedRow
from portal.store.links import OneTimeCodeRow
from portal.store.outbox import Told
from portal.store.outbox_rows import ATTEMPTS, COLUMNS, MESSAGES, RECEIPTS
from portal.store.shipment_rows import EventRow, LinkRow, line_event

SHIPMENT: Any = bindparam("shipment_id")
MOST_ACTS = 500
# An email's page and calendar are long, and an agent reads its words; what words are made of is not shown.
UNREAD: dict[str, Any] = {
    "html": literal(""),
    "calendar": literal(""),
    "facts": null(),
    "lease_until": null(),
    "sent_at": null(),
}
CHANNEL, STANDING = COLUMNS.index("channel"), COLUMNS.index("standing")


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A one-time code that was sent, without the code."""

    id: int
    sent_at: datetime
    expires_at: datetime
    tries: int
    used: bool


@dataclass(frozen=True, slots=True)
class ToldDispatch:
    """An entry of the feed that dispatch reads; `seq` None until it is numbered."""

    id: int
    at: datetime
    type: str
    seq: int | None
    change_id: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """A look or act of an agent."""

    id: int
    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A note."""

    id: int
    at: datetime
    agent: str
    text: str


@dataclass(frozen=True, slots=True)
class LinkKnown:
    """A link of the recipient's: it opens the page unless it was revoked or has expired."""

    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


EVENTS = (
    select(EventRow.id, EventRow.received_at, EventRow.details)
    .where(EventRow.shipment_id == SHIPMENT)
    .order_by(EventRow.id)
)
CODES = (
    select(
        OneTimeCodeRow.id,
        OneTimeCodeRow.sent_at,
        OneTimeCodeRow.expires_at,
        OneTimeCodeRow.tries,
        OneTimeCodeRow.used,
    )
    .where(OneTimeCodeRow.shipment_id == SHIPMENT)
    .order_by(OneTimeCodeRow.id)
)
TOLD_DISPATCH = (
    select(FeedRow.id, FeedRow.at, FeedRow.type, FeedRow.seq, FeedRow.change_id)
    .where(FeedRow.shipment_id == SHIPMENT)
    .order_by(FeedRow.id)
)
SAID = (
    select(*(UNREAD.get(name, MESSAGES.c[name]) for name in COLUMNS))
    .where(MESSAGES.c.shipment_id == SHIPMENT)
    .order_by(MESSAGES.c.seq)
)
OF_SAID = select(MESSAGES.c.id).where(MESSAGES.c.shipment_id == SHIPMENT)
TRIES = (
    select(*(ATTEMPTS.c[one.name] for one in fields(Attempt)))
    .where(ATTEMPTS.c.message_id.in_(OF_SAID))
    .order_by(ATTEMPTS.c.number)
)
REPORTED = ("message_id", "standing", "word", "code", "text", "at")
REPORTS = (
    select(*(RECEIPTS.c[name] for name in REPORTED))
    .where(RECEIPTS.c.message_id.in_(OF_SAID))
    .order_by(RECEIPTS.c.id)
)
DONE = (
    select(AuditRow.id, AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.detail)
    .where(AuditRow.shipment_id == SHIPMENT)
    .order_by(AuditRow.id.desc())
    .limit(MOST_ACTS)
)
NOTES = (
    select(NoteRow.id, NoteRow.at, NoteRow.agent, NoteRow.text)
    .where(NoteRow.shipment_id == SHIPMENT)
    .order_by(NoteRow.id)
)
LINKS = (
    select(LinkRow.created_at, LinkRow.expires_at, LinkRow.revoked_at)
    .where(LinkRow.shipment_id == SHIPMENT)
    .order_by(LinkRow.created_at)
)


def _asked(session: Session, question: Any, shipment_id: int) -> Any:
    return session.execute(question, {"shipment_id": shipment_id})


def events(session: Session, shipment_id: int) -> list[Received]:
    """Every event, in the order in which they reached us."""
    rows = _asked(session, EVENTS, shipment_id)
    return [Received(line_event(row.details["line"]), row.received_at, row.id) for row in rows]


def codes(session: Session, shipment_id: int) -> list[CodeAsked]:
    """The one-time codes, oldest first."""
    return [CodeAsked(*row) for row in _asked(session, CODES, shipment_id)]


def told_dispatch(session: Session, shipment_id: int) -> list[ToldDispatch]:
    """What dispatch was told, oldest first."""
    return [ToldDispatch(*row) for row in _asked(session, TOLD_DISPATCH, shipment_id)]


def messages(session: Session, shipment_id: int) -> list[Told]:
    """All messages, oldest first, webhooks too, with what came of them but without an email's page and calendar."""
    tries: dict[str, list[Attempt]] = {}
    for attempt in starmap(Attempt, _asked(session, TRIES, shipment_id)):
        tries.setdefault(attempt.message_id, []).append(attempt)
    reports: dict[str, list[Receipt]] = {}
    for receipt in starmap(_receipt, _asked(session, REPORTS, shipment_id)):
        reports.setdefault(receipt.message_id, []).append(receipt)
    said = map(_message, _asked(session, SAID, shipment_id))
    return [Told(one, tuple(tries.get(one.id, ())), tuple(reports.get(one.id, ()))) for one in said]


def _message(row: Any) -> Message:
    """By place and not by name: a long dossier has hundreds of messages of forty columns."""
    values = list(row)
    values[CHANNEL], values[STANDING] = Channel(values[CHANNEL]), Standing(values[STANDING])
    return Message(*values)


def _receipt(message_id: str, standing: str | None, word: str, code: str, text: str, at: datetime) -> Receipt:
    known = Standing(standing) if standing else None
    return Receipt("", "", at, message_id, standing=known, word=word, code=code, text=text)


def acts(session: Session, shipment_id: int) -> list[Act]:
    """What agents did, oldest first; the latest 500."""
    return [Act(*row) for row in _asked(session, DONE, shipment_id)][::-1]


def notes(session: Session, shipment_id: int) -> list[Written]:
    """What agents noted, oldest first."""
    return [Written(*row) for row in _asked(session, NOTES, shipment_id)]


def links(session: Session, shipment_id: int) -> list[LinkKnown]:
    """The recipient's links, oldest first."""
    return [LinkKnown(*row) for row in _asked(session, LINKS, shipment_id)]
