"""The tables of messages, their attempts and receipts, and how a row becomes a value."""

from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    exists,
    or_,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from notifications.message import UNFINISHED, Attempt, Channel, Message, Standing
from notifications.receipts import Receipt
from portal.db import Moment, db

# SQLite counts up only a plain integer key
BIG = BigInteger().with_variant(Integer, "sqlite")


class MessageRow(db.Model):
    """A message, its words and its fate. `seq` is the order in which messages were put.

    `not_before` is when its next step is due: to be sent, or, once it left, to be asked about.
    """

    __tablename__ = "messages"
    seq: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[str] = mapped_column(String(10))
    notice: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(12))
    to: Mapped[str] = mapped_column(String(2000))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    segments: Mapped[int] = mapped_column(Integer)
    because: Mapped[str] = mapped_column(Text)
    not_before: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    order_key: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Moment)
    standing: Mapped[str] = mapped_column(String(10))
    stopped_by: Mapped[str] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(Integer)
    resends: Mapped[int] = mapped_column(Integer)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    provider: Mapped[str] = mapped_column(String(40))
    provider_id: Mapped[str] = mapped_column(String(120))
    error_code: Mapped[str] = mapped_column(String(60))
    error_text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    fallback_at: Mapped[datetime | None] = mapped_column(Moment)
    instead_of: Mapped[str] = mapped_column(String(36), server_default="")
    gather_key: Mapped[str] = mapped_column(String(64), server_default="")
    calendar: Mapped[str] = mapped_column(Text, server_default="")
    cost_micros: Mapped[int] = mapped_column(server_default="0")
    # when it was first meant to leave: what the hand-off is measured from, whatever is tried again later
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "ix_messages_fallback_at",
            "fallback_at",
            postgresql_where=sql("fallback_at IS NOT NULL"),
            sqlite_where=sql("fallback_at IS NOT NULL"),
        ),
        Index(
            "ix_messages_gather_key",
            "gather_key",
            postgresql_where=sql("gather_key <> '' AND standing = 'queued'"),
            sqlite_where=sql("gather_key <> '' AND standing = 'queued'"),
        ),
        Index("ix_messages_created_at", "created_at"),
        # what failed of late, for the agents' queue
        Index(
            "ix_messages_settled_at_failed",
            "settled_at",
            postgresql_where=sql("standing = 'failed'"),
            sqlite_where=sql("standing = 'failed'"),
        ),
        Index("ix_messages_channel_standing_not_before", "channel", "standing", "not_before"),
        Index(
            "ix_messages_order_key_seq",
            "order_key",
            "seq",
            postgresql_where=sql("order_key <> ''"),
            sqlite_where=sql("order_key <> ''"),
        ),
        # a shipper's webhooks, among all that was ever said
        Index(
            "ix_messages_shipper_id_seq_webhook",
            "shipper_id",
            "seq",
            postgresql_where=sql("channel = 'webhook'"),
            sqlite_where=sql("channel = 'webhook'"),
        ),
        # who got how much today
        Index("ix_messages_to_sent_at", "to", "sent_at"),
        # an agent has a carrier's own id in hand
        Index(
            "ix_messages_provider_id",
            "provider_id",
            postgresql_where=sql("provider_id <> ''"),
            sqlite_where=sql("provider_id <> ''"),
        ),
    )


class AttemptRow(db.Model):
    """A call to a carrier, committed before it is made."""

    __tablename__ = "attempts"
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(String(40), server_default="")


class ReceiptRow(db.Model):
    """What a carrier reported about a message, each report once."""

    __tablename__ = "receipts"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[str] = mapped_column(String(200))
    provider_id: Mapped[str] = mapped_column(String(120))
    standing: Mapped[str | None] = mapped_column(String(10))
    word: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    consent: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("provider", "event_id"),)


MESSAGES, ATTEMPTS, RECEIPTS = MessageRow.__table__, AttemptRow.__table__, ReceiptRow.__table__

COLUMNS = tuple(field.name for field in fields(Message))
VALUES = attrgetter(*COLUMNS)


def message_values(message: Message) -> dict[str, Any]:
    """A message as its row."""
    values = dict(zip(COLUMNS, VALUES(message), strict=True))
    values["headers"] = dict(message.headers)
    values["facts"] = message.facts and dict(message.facts)
    values["due_at"] = message.not_before
    return values


def message_value(row: Any) -> Message:
    """A row of `messages` as its value."""
    values = dict(zip(COLUMNS, VALUES(row), strict=True))
    values["channel"], values["standing"] = Channel(row.channel), Standing(row.standing)
    return Message(**values)


def attempt_value(row: Any) -> Attempt:
    """A row of `attempts` as its value."""
    return Attempt(
        row.message_id,
        row.number,
        row.worker,
        row.started_at,
        row.ended_at,
        row.outcome,
        row.code,
        row.text,
        row.sender,
    )


def receipt_value(row: Any) -> Receipt:
    """A row of `receipts` as its value."""
    standing = Standing(row.standing) if row.standing else None
    return Receipt(
        provider=row.provider,
        event_id=row.event_id,
        at=row.at,
        message_id=row.message_id,
        provider_id=row.provider_id,
        standing=standing,
        word=row.word,
        code=row.code,
        text=row.text,
    )


def its_turn() -> Any:
    """The condition that no earlier message in the same order is still unfinished."""
    earlier = aliased(MessageRow)
    before_it = exists().where(
        earlier.order_key == MessageRow.order_key,
        earlier.seq < MessageRow.seq,
        earlier.standing.in_(UNFINISHED),
    )
    return or_(MessageRow.order_key == "", ~before_it)


def insert_for(session: Session) -> Any:
    """The insert of this session's engine, the one that knows ON CONFLICT."""
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
