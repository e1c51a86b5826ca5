"""What only an agent asks about a shipment, each in one question: when events reached us, what was said, who looked.

Whoever asks has found the shipment within its scope.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from portal.domain.telling import Received
from portal.store.audit import AuditRow, NoteRow
from portal.store.changes import FeedRow
from portal.store.links import OneTimeCodeRow
from portal.store.outbox import Told
from portal.store.outbox_rows import ATTEMPTS, MESSAGES, RECEIPTS, attempt_value, message_value, receipt_value
from portal.store.shipment_rows import EventRow, LinkRow, line_event

SHIPMENT: Any = bindparam("shipment_id")
MOST_ACTS = 500
# An email's pages and calendars are long, and an agent reads its words.
UNREAD = {"html", "calendar"}


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
    select(
        *(literal("").label(column.name) if column.name in UNREAD else column for column in MESSAGES.columns)
    )
    .where(MESSAGES.c.shipment_id == SHIPMENT)
    .order_by(MESSAGES.c.seq)
)
OF_SAID = select(MESSAGES.c.id).where(MESSAGES.c.shipment_id == SHIPMENT)
TRIES = select(ATTEMPTS).where(ATTEMPTS.c.message_id.in_(OF_SAID)).order_by(ATTEMPTS.c.number)
REPORTS = select(RECEIPTS).where(RECEIPTS.c.message_id.in_(OF_SAID)).order_by(RECEIPTS.c.id)
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
    tries: dict[str, list[Any]] = {}
    for row in _asked(session, TRIES, shipment_id):
        tries.setdefault(row.message_id, []).append(attempt_value(row))
    reports: dict[str, list[Any]] = {}
    for row in _asked(session, REPORTS, shipment_id):
        reports.setdefault(row.message_id, []).append(receipt_value(row))
    said = map(message_value, _asked(session, SAID, shipment_id))
    return [Told(one, tuple(tries.get(one.id, ())), tuple(reports.get(one.id, ()))) for one in said]


def acts(session: Session, shipment_id: int) -> list[Act]:
    """What agents did, oldest first; the latest 500."""
    return [Act(*row) for row in _asked(session, DONE, shipment_id)][::-1]


def notes(session: Session, shipment_id: int) -> list[Written]:
    """What agents noted, oldest first."""
    return [Written(*row) for row in _asked(session, NOTES, shipment_id)]


def links(session: Session, shipment_id: int) -> list[LinkKnown]:
    """The recipient's links, oldest first."""
    return [LinkKnown(*row) for row in _asked(session, LINKS, shipment_id)]
