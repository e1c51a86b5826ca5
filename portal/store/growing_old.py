"""What is known of numbers and addresses themselves grows old: when, and how it goes, some rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, delete, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from portal.store.consents import CONSENTS
from portal.store.contacts import OPT_OUTS, UNREACHABLE
from portal.store.neighbors import NEIGHBORS
from portal.store.person_rows import written
from portal.store.preferences import PREFERENCES


@dataclass(frozen=True, slots=True)
class Grows:
    """A table whose rows grow old by a column; `only` says which of them do."""

    table: Any
    column: str
    only: str = ""


CONSENT, STARTED = (
    Grows(CONSENTS, "recorded_at", "given"),
    Grows(OPT_OUTS, "started_at", "started_at IS NOT NULL"),
)
NOT_WORKING, CHOSEN = Grows(UNREACHABLE, "until"), Grows(PREFERENCES, "updated_at")
HABITS = Grows(NEIGHBORS, "updated_at", "blocked_at IS NULL")
GROWING: Sequence[Grows] = (CONSENT, STARTED, NOT_WORKING, CHOSEN, HABITS)

for one in GROWING:
    only: dict[str, Any] = {
        f"{engine}_where": sql(one.only) for engine in ("postgresql", "sqlite") if one.only
    }
    Index(f"ix_{one.table.name}_{one.column}", one.table.c[one.column], **only)


def forget(session: Session, what: Grows, before: datetime, limit: int) -> int:
    """Delete rows older than this, the oldest first; how many. A stop, a no and a never-again do not grow old."""
    keys = list(what.table.primary_key)
    query = select(*keys).where(what.table.c[what.column] < before)
    if what.only:
        query = query.where(sql(what.only))
    gone = 0
    for row in session.execute(query.order_by(what.table.c[what.column]).limit(limit)).all():
        its = [key == value for key, value in zip(keys, row, strict=True)]
        gone += written(session.execute(delete(what.table).where(*its)))
    return gone
