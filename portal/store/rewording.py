"""Messages that wait on the shelf get other words before they leave."""

from collections.abc import Iterable

from sqlalchemy import update
from sqlalchemy.orm import Session

from notifications.message import Message, Standing
from portal.store.outbox_rows import MESSAGES


def reword(session: Session, messages: Iterable[Message]) -> None:
    """Keep the words of these messages as they are given; what left meanwhile stays as it was said."""
    for one in messages:
        values = {
            "text": one.text,
            "html": one.html,
            "calendar": one.calendar,
            "facts": one.facts and dict(one.facts),
        }
        queued = (MESSAGES.c.id == one.id, MESSAGES.c.standing == Standing.QUEUED)
        session.execute(update(MESSAGES).where(*queued).values(values))
