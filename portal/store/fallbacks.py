"""Messages whose time came to be said on the other channel: they failed, were held back, or nobody confirmed them."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications.message import Message, Standing
from portal.store.outbox_rows import MESSAGES, MessageRow, message_value


def due(session: Session, now: datetime, limit: int) -> list[Message]:
    """Take messages whose fallback is due, oldest first; held until commit. Of all shippers: the clock asks."""
    asked = (
        select(MESSAGES).where(MessageRow.fallback_at <= now).order_by(MessageRow.fallback_at, MessageRow.seq)
    )
    rows = session.execute(asked.limit(limit).with_for_update(skip_locked=True))
    return list(map(message_value, rows))


def looked_at(session: Session, messages: list[Message]) -> None:
    """These need no further look: what could be said on the other channel was."""
    ids = [message.id for message in messages]
    session.execute(update(MESSAGES).where(MessageRow.id.in_(ids)).values(fallback_at=None))


NEEDS_NO_OTHER = {Standing.DELIVERED, Standing.EXPIRED}
