"""What still waits to be said and can be said better, and what else is under way to the same doors."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from notifications.gathering import STEPS, makes_old
from notifications.message import Message, Rule, Standing
from notifications.notice import Notice
from portal.db import THESE, Reader
from portal.store.outbox_rows import MESSAGES, MessageRow, message_value
from portal.store.shipments import SHIPMENTS

CHUNK = 500
# As the indexes of waiting messages and of doors say it: with a parameter here a database would not see that they fit,
# and read every message there ever was.
QUEUED, NOTHING = sql("'queued'"), sql("''")
WAITING = (
    select(MESSAGES)
    .where(MESSAGES.c.standing == QUEUED)
    .order_by(MESSAGES.c.seq)
    .with_for_update(skip_locked=True)
)
# one column a question: an index serves each
OF_SHIPMENTS = WAITING.where(MESSAGES.c.shipment_id.in_(THESE))
ALIKE = WAITING.where(MESSAGES.c.gather_key.in_(THESE), MESSAGES.c.gather_key != NOTHING)
KNOWN = select(MESSAGES.c.dedupe_key).where(MESSAGES.c.dedupe_key.in_(THESE))
LAST_NEWS = (
    select(MESSAGES.c.shipment_id, MESSAGES.c.notice, func.max(MESSAGES.c.created_at))
    .where(MESSAGES.c.shipment_id.in_(THESE), MESSAGES.c.notice.in_(sorted(STEPS)))
    .group_by(MESSAGES.c.shipment_id, MESSAGES.c.notice)
)
TO_DOORS = select(SHIPMENTS.c.id, SHIPMENTS.c.door).where(
    SHIPMENTS.c.door.in_(THESE), SHIPMENTS.c.door != NOTHING, SHIPMENTS.c.finished_at.is_(None)
)


def waiting(session: Session, shipment_ids: Iterable[int], keys: Iterable[str]) -> list[Message]:
    """Messages on the shelf of these shipments, or that can be told as one with `keys`; held until commit.

    What a worker is taking at this moment is left out: it is as good as sent.
    """
    found = _held(session, OF_SHIPMENTS, shipment_ids) | _held(session, ALIKE, keys)
    return [found[seq] for seq in sorted(found)]


def _held(session: Session, asked: Any, values: Iterable[Any]) -> dict[int, Message]:
    """The waiting messages of one question, by their order."""
    wanted = sorted(set(values))
    found: dict[int, Message] = {}
    for start in range(0, len(wanted), CHUNK):
        for row in session.execute(asked, {"these": wanted[start : start + CHUNK]}):
            found[row.seq] = message_value(row)
    return found


def hold_back(session: Session, held: Mapping[str, tuple[Rule, str]], now: datetime) -> None:
    """These messages, by id, are not said: the rule, and why they existed with what became of it."""
    for message_id, (rule, because) in held.items():
        values = {
            "standing": Standing.STOPPED,
            "stopped_by": rule,
            "because": because,
            "settled_at": now,
            "fallback_at": None,
        }
        queued = (MessageRow.id == message_id, MessageRow.standing == Standing.QUEUED)
        session.execute(update(MESSAGES).where(*queued).values(values))


def told_before(session: Session, dedupe_keys: Iterable[str]) -> set[str]:
    """Which of these messages were ever put on the shelf."""
    wanted = sorted(set(dedupe_keys))
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        found.update(session.execute(KNOWN, {"these": wanted[start : start + CHUNK]}).scalars())
    return found


def outdated(session: Session, messages: Sequence[Message]) -> set[str]:
    """Which of these messages, by id, were made old by newer news of their shipment, told or not."""
    last: dict[int, list[tuple[Notice, datetime]]] = {}
    shipments = sorted({one.shipment_id for one in messages if one.shipment_id})
    for start in range(0, len(shipments), CHUNK):
        for about, notice, at in session.execute(LAST_NEWS, {"these": shipments[start : start + CHUNK]}):
            last.setdefault(about, []).append((Notice(notice), at))
    return {
        one.id
        for one in messages
        for notice, at in last.get(one.shipment_id or 0, ())
        if at > one.created_at and makes_old(notice, one.notice, one.channel)
    }


def under_way(session: Reader, doors: Iterable[str]) -> dict[str, set[int]]:
    """Shipments not yet finished, by the mark of their door. A mark belongs to one shipper."""
    wanted = sorted({door for door in doors if door})
    found: dict[str, set[int]] = {}
    for start in range(0, len(wanted), CHUNK):
        for shipment_id, door in session.execute(TO_DOORS, {"these": wanted[start : start + CHUNK]}):
            found.setdefault(door, set()).add(shipment_id)
    return found
