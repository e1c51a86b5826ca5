"""Messages on the shelf: put there with what caused them, read by those who ask what was said and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from notifications.message import UNFINISHED, Attempt, Channel, Message, Standing
from notifications.receipts import Receipt
from portal.store.outbox_rows import (
    ATTEMPTS,
    MESSAGES,
    RECEIPTS,
    MessageRow,
    attempt_value,
    insert_for,
    its_turn,
    message_value,
    message_values,
    receipt_value,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A message with everything that came of it, oldest first."""

    message: Message
    attempts: tuple[Attempt, ...]
    receipts: tuple[Receipt, ...]


def put(session: Session, messages: Sequence[Message]) -> None:
    """Keep messages in the caller's transaction. One whose dedupe key is known changes nothing."""
    if messages:
        session.execute(_new(insert_for(session)), list(map(message_values, messages)))


@cache
def _new(insert: Any) -> Any:
    return insert(MESSAGES).on_conflict_do_nothing(index_elements=["dedupe_key"])


def of_shipment(session: Session, shipper_id: int | None, shipment_id: int) -> list[Told]:
    """All messages of a shipment, oldest first, webhooks too. `shipper_id` None: the operator asks."""
    asked = select(MESSAGES).where(MessageRow.shipment_id == shipment_id)
    return _told(session, _within(asked, shipper_id).order_by(MessageRow.seq))


def find(session: Session, shipper_id: int | None, message_id: str) -> Told | None:
    """One message by its id. `shipper_id` None: the operator asks."""
    asked = select(MESSAGES).where(MessageRow.id == message_id)
    return next(iter(_told(session, _within(asked, shipper_id))), None)


def latest(session: Session, limit: int = 100, shipper_id: int | None = None) -> list[Message]:
    """The newest messages to people, newest first. `shipper_id` None: of all shippers."""
    asked = select(MESSAGES).where(MessageRow.channel != Channel.WEBHOOK)
    rows = session.execute(_within(asked, shipper_id).order_by(MessageRow.seq.desc()).limit(limit))
    return list(map(message_value, rows))


def latest_told(session: Session, limit: int) -> list[Told]:
    """The same with everything that came of them; for the demo alone."""
    asked = select(MESSAGES).where(MessageRow.channel != Channel.WEBHOOK)
    return _told(session, asked.order_by(MessageRow.seq.desc()).limit(limit))


def webhook_deliveries(
    session: Session, shipper_id: int | None, limit: int = 100, before: str = ""
) -> list[Message]:
    """The newest webhooks of a shipper, newest first, or those older than the one with the id `before`.

    `shipper_id` None: the operator asks.
    """
    asked = select(MESSAGES).where(MessageRow.channel == Channel.WEBHOOK)
    if before:
        place = _within(select(MessageRow.seq).where(MessageRow.id == before), shipper_id)
        asked = asked.where(MessageRow.seq < place.scalar_subquery())
    rows = session.execute(_within(asked, shipper_id).order_by(MessageRow.seq.desc()).limit(limit))
    return list(map(message_value, rows))


def attempts_of(session: Session, messages: Iterable[Message]) -> dict[str, list[Attempt]]:
    """The calls of messages that were found within their scope, by message, the first one first."""
    found: dict[str, list[Attempt]] = _by_message(session, ATTEMPTS, list(messages), attempt_value, "number")
    return found


def send_again(session: Session, shipper_id: int | None, message_id: str, to: str, now: datetime) -> bool:
    """Put a webhook back on the shelf under the same id, for this address; False if there is none.

    It does not expire again.
    """
    again = update(MESSAGES).where(MessageRow.id == message_id, MessageRow.channel == Channel.WEBHOOK)
    if shipper_id is not None:
        again = again.where(MessageRow.shipper_id == shipper_id)
    values = {
        "standing": Standing.QUEUED,
        "not_before": now,
        "expires_at": None,
        "settled_at": None,
        "to": to,
    }
    done: Any = session.execute(again.where(MessageRow.standing != Standing.SENDING).values(values))
    return bool(done.rowcount) or find(session, shipper_id, message_id) is not None


def call_elsewhere(session: Session, owner: int, new: str) -> None:
    """The endpoint of this owner (0: the operator) has moved: what was not taken yet goes to its new address."""
    waiting = update(MESSAGES).where(
        MessageRow.channel == Channel.WEBHOOK,
        # named one by one, as their index has them: those that arrived are millions
        MessageRow.standing.in_([one for one in Standing if one not in (Standing.SENT, Standing.DELIVERED)]),
        MESSAGES.c.headers["owner"].as_string() == str(owner),
    )
    session.execute(waiting.values(to=new))


def latest_to(session: Session, channel: Channel, to: str) -> Message | None:
    """The last message that went to this number. Of all shippers: who answers a text names none."""
    asked = select(MESSAGES).where(MessageRow.to == to, MessageRow.channel == channel)
    row = session.execute(asked.order_by(MessageRow.seq.desc()).limit(1)).one_or_none()
    return message_value(row) if row else None


def oldest_waiting(session: Session, now: datetime) -> datetime | None:
    """Since when the message that waits longest is due. Of all shippers: it tells how the engine is."""
    asked = select(func.min(MessageRow.not_before)).where(
        MessageRow.channel.in_(list(Channel)),
        MessageRow.standing.in_(UNFINISHED),
        MessageRow.not_before <= now,
        # what waits behind a call that is tried again is the endpoint's bad day, not ours
        its_turn(),
    )
    return session.execute(asked).scalar_one_or_none()


def counts(session: Session, shipper_id: int | None = None) -> dict[tuple[Channel, Standing], int]:
    """How many messages stand where. `shipper_id` None: the operator's figures."""
    asked = _within(select(MessageRow.channel, MessageRow.standing, func.count()), shipper_id)
    rows = session.execute(asked.group_by(MessageRow.channel, MessageRow.standing))
    return {(Channel(channel), Standing(standing)): count for channel, standing, count in rows}


def _within(asked: Any, shipper_id: int | None) -> Any:
    return asked if shipper_id is None else asked.where(MessageRow.shipper_id == shipper_id)


def _told(session: Session, asked: Any) -> list[Told]:
    messages = list(map(message_value, session.execute(asked)))
    attempts = _by_message(session, ATTEMPTS, messages, attempt_value, "number")
    receipts = _by_message(session, RECEIPTS, messages, receipt_value, "id")
    return [
        Told(message, tuple(attempts.get(message.id, ())), tuple(receipts.get(message.id, ())))
        for message in messages
    ]


def _by_message(session: Session, table: Any, messages: Iterable[Message], value: Any, order: str) -> Any:
    found: dict[str, list[Any]] = {}
    ids = [message.id for message in messages]
    if ids:
        for row in session.execute(select(table).where(table.c.message_id.in_(ids)).order_by(table.c[order])):
            found.setdefault(row.message_id, []).append(value(row))
    return found
