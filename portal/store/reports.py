"""Receipts as carriers report them: each kept once, moving its message forward and never back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications.message import Message, Standing
from notifications.receipts import Receipt, forward
from portal.store.outbox_rows import (
    MESSAGES,
    RECEIPTS,
    MessageRow,
    ReceiptRow,
    insert_for,
    message_value,
)

FINISHED = (Standing.DELIVERED, Standing.FAILED)


def keep(session: Session, receipts: Sequence[Receipt], now: datetime) -> list[tuple[Receipt, Message]]:
    """Keep receipts and apply them; those that are new, each with its message as it stood before.

    Of all shippers: a carrier reports for its account. Receipts of unknown messages and repeated ones change
    nothing.
    """
    ids = sorted({receipt.message_id for receipt in receipts if receipt.message_id.isascii()})
    found = select(MESSAGES).where(MessageRow.id.in_(ids)).order_by(MessageRow.seq).with_for_update()
    messages = {row.id: message_value(row) for row in session.execute(found)}
    known = [receipt for receipt in receipts if receipt.message_id in messages]
    fresh = _insert(session, known, now)
    for message_id in {receipt.message_id for receipt in fresh}:
        _move(session, messages[message_id], [one for one in fresh if one.message_id == message_id])
    return [(receipt, messages[receipt.message_id]) for receipt in fresh]


def _insert(session: Session, receipts: Sequence[Receipt], now: datetime) -> list[Receipt]:
    """Those that were not there yet."""
    if not receipts:
        return []
    by_event = {(receipt.provider, receipt.event_id): receipt for receipt in receipts}
    new = insert_for(session)(RECEIPTS).on_conflict_do_nothing(index_elements=["provider", "event_id"])
    rows = session.execute(
        new.returning(ReceiptRow.provider, ReceiptRow.event_id),
        [_values(receipt, now) for receipt in by_event.values()],
    )
    return [by_event[row.provider, row.event_id] for row in rows]


def _values(receipt: Receipt, now: datetime) -> dict[str, Any]:
    return {
        "message_id": receipt.message_id,
        "provider": receipt.provider,
        "event_id": receipt.event_id,
        "provider_id": receipt.provider_id,
        "standing": receipt.standing,
        "word": receipt.word,
        "code": receipt.code,
        "text": receipt.text,
        "consent": receipt.consent,
        "at": receipt.at,
        "received_at": now,
    }


def _move(session: Session, message: Message, receipts: list[Receipt]) -> None:
    """Apply new receipts of one message; its row is locked."""
    standing, values = message.standing, dict[str, Any]()
    for receipt in sorted(receipts, key=lambda receipt: receipt.at):
        if receipt.standing is None:
            continue
        if receipt.provider_id and not message.provider_id:
            values |= {"provider": receipt.provider, "provider_id": receipt.provider_id}
        after = forward(standing, receipt.standing)
        if after is standing:
            continue
        standing = after
        values |= {"standing": standing, "lease_until": None, "sent_at": message.sent_at or receipt.at}
        if standing in FINISHED:
            failed = standing is Standing.FAILED
            code, text = (receipt.code, receipt.text) if failed else ("", "")
            values |= {"settled_at": receipt.at, "error_code": code, "error_text": text}
    if values:
        session.execute(update(MESSAGES).where(MessageRow.id == message.id).values(values))
