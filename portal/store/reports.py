"""Receipts as carriers report them: each kept once, moving its message forward and never back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications.message import Channel, Message, Standing
from notifications.once_more import once_more_at
from notifications.outbox import LEASE
from notifications.receipts import Receipt, forward
from portal.store.doubts import asked_next
from portal.store.outbox_rows import (
    MESSAGES,
    RECEIPTS,
    AttemptRow,
    MessageRow,
    ReceiptRow,
    insert_for,
    message_value,
)


def keep(session: Session, receipts: Sequence[Receipt], now: datetime) -> list[tuple[Receipt, Message]]:
    """Keep receipts and apply them; those that are new, each with its message as it stood before.

    Of all shippers: a carrier reports for its account. Receipts of unknown messages and repeated ones change
    nothing.
    """
    ids = sorted({receipt.message_id for receipt in receipts if receipt.message_id.isascii()})
    found = select(MESSAGES).where(MessageRow.id.in_(ids)).order_by(MessageRow.seq).with_for_update()
    messages = {row.id: message_value(row) for row in session.execute(found)}
    # of a message to somebody who was forgotten no words are kept: carriers quote the address that failed
    known = [
        receipt if messages[receipt.message_id].to else replace(receipt, text="")
        for receipt in receipts
        if receipt.message_id in messages
    ]
    fresh = _insert(session, known, now)
    for message_id in {receipt.message_id for receipt in fresh}:
        _move(session, messages[message_id], [one for one in fresh if one.message_id == message_id], now)
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


def _move(session: Session, message: Message, receipts: list[Receipt], now: datetime) -> None:
    """Apply new receipts of one message; its row is locked."""
    over = _over(session, message, receipts) if message.resends else set()
    fails = any(one.standing is Standing.FAILED for one in receipts)
    fate = _Fate(message, over, in_hand=fails and _in_hand(session, message, now))
    for receipt in sorted(receipts, key=lambda receipt: receipt.at):
        fate.hear(receipt, now)
    if its := fate.claims:
        _take_back(session, message, its, now)
    if fate.values:
        session.execute(update(MESSAGES).where(MessageRow.id == message.id).values(fate.values))


_NO_ERROR = {"error_code": "", "error_text": ""}


class _Fate:
    """What receipts make of one message; `over` are ids under which it is known to have failed before.

    `in_hand`: a worker has not written down yet what its carrier answered.
    """

    def __init__(self, message: Message, over: set[str], in_hand: bool) -> None:
        self.message, self.over, self.in_hand = message, over, in_hand
        self.standing, self.values = message.standing, dict[str, Any]()

    @property
    def claims(self) -> str:
        """An id that these receipts say is this message's, and that another one may have been given."""
        known = self.message.provider_id or (
            self.message.standing is Standing.SENDING and self.message.attempts == 1
        )
        return "" if known else self.values.get("provider_id", "")

    def hear(self, receipt: Receipt, now: datetime) -> None:
        """One report: it moves the message forward, or does nothing."""
        message = self.message
        if receipt.standing is None or self._is_of_a_try_that_failed(receipt):
            return
        if receipt.provider_id and not message.provider_id:
            self.values |= {"provider_id": receipt.provider_id}
            self.values |= {} if message.provider else {"provider": receipt.provider}
        after = forward(self.standing, receipt.standing)
        if after is self.standing:
            return
        self.values |= {"lease_until": None, "sent_at": message.sent_at or receipt.at}
        match after:
            case Standing.FAILED:
                self._fail(receipt, now)
            case Standing.DELIVERED:
                self._stand(
                    after, {"settled_at": receipt.at, "fallback_at": None} | _NO_ERROR | self._its(receipt)
                )
            case _:
                texts = message.channel is Channel.SMS
                self._stand(after, {"not_before": asked_next(receipt.at, now)} if texts else {})

    def _is_of_a_try_that_failed(self, receipt: Receipt) -> bool:
        """A word about an earlier try is no word about the next one, unless it did arrive after all."""
        return receipt.provider_id in self.over and receipt.standing is not Standing.DELIVERED

    def _fail(self, receipt: Receipt, now: datetime) -> None:
        told = {"error_code": receipt.code, "error_text": receipt.text}
        # what is in a worker's hands this moment is not put back from under it
        again_at = None if self.in_hand or not self.message.to else once_more_at(self.message, receipt, now)
        if again_at is None:
            falls_at = now if self.message.facts is not None else None
            self._stand(Standing.FAILED, told | {"settled_at": receipt.at, "fallback_at": falls_at})
            return
        self.over.add(receipt.provider_id)
        again = {"not_before": again_at, "resends": self.message.resends + 1, "provider_id": ""}
        self._stand(Standing.QUEUED, told | again)

    def _its(self, receipt: Receipt) -> dict[str, str]:
        return {"provider_id": receipt.provider_id} if receipt.provider_id in self.over else {}

    def _stand(self, standing: Standing, values: dict[str, Any]) -> None:
        self.standing = standing
        self.values |= {"standing": standing} | values


def _in_hand(session: Session, message: Message, now: datetime) -> bool:
    """Whether a worker that lives has not written down what came of its try."""
    open_try = select(AttemptRow.number).where(
        AttemptRow.message_id == message.id,
        AttemptRow.number == message.attempts,
        AttemptRow.ended_at.is_(None),
        AttemptRow.started_at > now - LEASE,
    )
    return session.execute(open_try).first() is not None


def _over(session: Session, message: Message, fresh: Sequence[Receipt]) -> set[str]:
    """Under which ids of the provider this message was known to have failed before these receipts."""
    asked = select(ReceiptRow.provider_id).where(
        ReceiptRow.message_id == message.id,
        ReceiptRow.standing == Standing.FAILED,
        ReceiptRow.event_id.not_in([receipt.event_id for receipt in fresh]),
    )
    return set(session.execute(asked).scalars())


def _take_back(session: Session, message: Message, provider_id: str, now: datetime) -> None:
    """This id is this message's after all: another one that was thought to have it is asked about again."""
    values = {"standing": Standing.UNKNOWN, "provider_id": "", "not_before": now}
    mistaken = (
        MessageRow.to == message.to,
        MessageRow.provider_id == provider_id,
        MessageRow.id != message.id,
        MessageRow.standing == Standing.SENT,
    )
    session.execute(update(MESSAGES).where(*mistaken).values(values))
