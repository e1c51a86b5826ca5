"""Texts that people sent to us, each kept once, and the conversation they belong to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Channel, Message, Standing
from notifications.receipts import Inbound
from portal.db import Moment, db
from portal.domain.telling_replies import NOTHING, Said
from portal.store.outbox_rows import BIG, MESSAGES, MessageRow, insert_for, message_value

NUMBERS_LOCK = 7_220_402
SAID = (Standing.STOPPED, Standing.EXPIRED)
A_DAY = timedelta(days=1)


class InboundRow(db.Model):
    """A text as it came; `understood` names what it was taken for, `handled_at` when an agent looked at it."""

    __tablename__ = "inbound"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    provider: Mapped[str] = mapped_column(String(40))
    provider_id: Mapped[str] = mapped_column(String(120))
    sender: Mapped[str] = mapped_column(String(20))
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    understood: Mapped[str] = mapped_column(String(40))
    became: Mapped[str] = mapped_column(String(200))
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    handled_by: Mapped[str] = mapped_column(String(254))
    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        Index("ix_inbound_sender_at", "sender", "at"),
        # the front page of the console asks for these few at every look
        Index(
            "ix_inbound_waiting",
            "id",
            postgresql_where=sql("understood = 'nothing' AND handled_at IS NULL"),
            sqlite_where=sql("understood = 'nothing' AND handled_at IS NULL"),
        ),
    )


class ConversationRow(db.Model):
    """What we wait to hear from a number: a code for a wish, or one of the choices that were offered."""

    __tablename__ = "conversations"
    sender: Mapped[str] = mapped_column(String(20), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    waits_for: Mapped[dict[str, Any]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(Moment)


INBOUND, CONVERSATIONS = InboundRow.__table__, ConversationRow.__table__


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a number was asked last, and about which shipment."""

    shipment_id: int
    waits_for: dict[str, Any]


COLUMNS = [INBOUND.c[name] for name in Said.__dataclass_fields__]


def keep(session: Session, said: Inbound) -> int | None:
    """Keep a text; its id, or None when it was kept before."""
    values = {
        "provider": said.provider,
        "provider_id": said.provider_id,
        "sender": said.sender,
        "text": said.text,
        "at": said.at,
        "understood": "",
        "became": "",
        "handled_by": "",
    }
    new = insert_for(session)(INBOUND).values(**values)
    kept = new.on_conflict_do_nothing(index_elements=["provider", "provider_id"]).returning(INBOUND.c.id)
    return session.execute(kept).scalar_one_or_none()


def hold(session: Session, sender: str) -> None:
    """Texts of one number are heard one after the other."""
    if session.get_bind().dialect.name == "postgresql":
        one = sql("SELECT pg_advisory_xact_lock(:lock, hashtext(:sender))")
        session.execute(one, {"lock": NUMBERS_LOCK, "sender": sender})


def note(
    session: Session,
    text_id: int,
    understood: str,
    became: str,
    shipper_id: int | None = None,
    shipment_id: int | None = None,
) -> None:
    """What a text was taken for, and what came of it."""
    values = {"understood": understood[:40], "became": became[:200]}
    values |= {"shipper_id": shipper_id, "shipment_id": shipment_id}  # type: ignore[dict-item]
    session.execute(update(INBOUND).where(INBOUND.c.id == text_id).values(values))


def conversation(session: Session, sender: str, now: datetime) -> Conversation | None:
    """What we wait to hear from a number, while we wait."""
    row = session.execute(
        select(CONVERSATIONS).where(CONVERSATIONS.c.sender == sender, CONVERSATIONS.c.expires_at > now)
    ).one_or_none()
    return Conversation(row.shipment_id, row.waits_for) if row else None


def wait_for(
    session: Session, sender: str, shipment_id: int, waits_for: dict[str, Any], until: datetime
) -> None:
    """From now on the number's next text may be an answer to this, and to nothing before it."""
    values = {"shipment_id": shipment_id, "waits_for": waits_for, "expires_at": until}
    new = insert_for(session)(CONVERSATIONS).values(sender=sender, **values)
    session.execute(new.on_conflict_do_update(index_elements=["sender"], set_=values))


def wait_no_longer(session: Session, sender: str) -> None:
    """Nothing is waited for."""
    session.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.sender == sender))


def last_told(session: Session, sender: str) -> Message | None:
    """The last message that this number had from us. Of all shippers: who answers a text names none."""
    asked = select(MESSAGES).where(
        MessageRow.to == sender, MessageRow.channel == Channel.SMS, MessageRow.standing.not_in(SAID)
    )
    row = session.execute(asked.order_by(MessageRow.seq.desc()).limit(1)).one_or_none()
    return message_value(row) if row else None


def last_news(session: Session, number: str) -> str:
    """The notice of the last message to this number that was no answer to a text; empty without one."""
    asked = select(MESSAGES.c.notice).where(
        MessageRow.to == number,
        MessageRow.channel == Channel.SMS,
        MessageRow.standing.not_in(SAID),
        ~MessageRow.notice.startswith("reply_", autoescape=True),
    )
    return session.execute(asked.order_by(MessageRow.seq.desc()).limit(1)).scalar() or ""


def answers(session: Session, sender: str, now: datetime, notice: str = "") -> int:
    """How many answers to texts this number had from us in the last day; `notice` counts those of one kind."""
    asked = select(func.count()).where(
        MessageRow.to == sender,
        MessageRow.channel == Channel.SMS,
        MessageRow.notice == notice if notice else MessageRow.notice.startswith("reply_", autoescape=True),
        MessageRow.created_at > now - A_DAY,
        MessageRow.standing.not_in(SAID),
    )
    return session.execute(asked).scalar_one()


def of_shipment(session: Session, shipment_id: int) -> list[Said]:
    """The texts about a shipment that was found within its scope, oldest first."""
    return _said(session, select(*COLUMNS).where(INBOUND.c.shipment_id == shipment_id).order_by(INBOUND.c.id))


def of_sender(session: Session, sender: str) -> list[Said]:
    """The texts of a number, oldest first; of all shippers, for the demo's phone."""
    return _said(session, select(*COLUMNS).where(INBOUND.c.sender == sender).order_by(INBOUND.c.id))


def waiting(session: Session, shipper_id: int | None, limit: int = 50) -> list[Said]:
    """Texts that nobody understood and nobody looked at, newest first, within a scope (None: the operator's)."""
    asked = select(*COLUMNS).where(INBOUND.c.understood == NOTHING, INBOUND.c.handled_at.is_(None))
    return _said(session, _within(asked, shipper_id).order_by(INBOUND.c.id.desc()).limit(limit))


def find(session: Session, shipper_id: int | None, text_id: int) -> Said | None:
    """One text, within a scope (None: the operator's)."""
    asked = select(*COLUMNS).where(INBOUND.c.id == text_id)
    return next(iter(_said(session, _within(asked, shipper_id))), None)


def handle(session: Session, text_id: int, by: str, now: datetime) -> None:
    """An agent looked after it."""
    values = {"handled_at": now, "handled_by": by}
    session.execute(update(INBOUND).where(INBOUND.c.id == text_id).values(values))


def forget_old(session: Session, now: datetime, before: datetime) -> None:
    """Texts older than `before` go, and conversations that are over. Of all shippers: it is housekeeping."""
    session.execute(delete(ConversationRow).where(ConversationRow.expires_at < now))
    session.execute(delete(InboundRow).where(InboundRow.at < before))


def _within(asked: Any, shipper_id: int | None) -> Any:
    return asked if shipper_id is None else asked.where(INBOUND.c.shipper_id == shipper_id)


def _said(session: Session, asked: Any) -> list[Said]:
    return [Said(*row) for row in session.execute(asked)]
