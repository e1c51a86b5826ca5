"""That a shipment's person was forgotten: written on it, so that nothing brings their data back."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from notifications.message import Channel, Rule, Standing
from portal.store.outbox_rows import MESSAGES
from portal.store.person_rows import written
from portal.store.shipment_rows import ShipmentRow

SHIPMENTS = ShipmentRow.__table__
WAITING = (Standing.QUEUED, Standing.UNKNOWN)


def forgotten(session: Session, ids: Collection[int], how: str, now: datetime) -> Counter[str]:
    """Mark these shipments as erased, because of `how` (asked, time); what waits to be said to people is not said.

    A message in the air is left to its worker. One of which nobody knows whether it left can no longer be asked about.
    """
    these = sorted(ids)
    marks = {"erased_at": func.coalesce(SHIPMENTS.c.erased_at, now), "words_gone_at": now, "erased_how": how}
    if how == "time":
        fresh = (SHIPMENTS.c.id.in_(these), SHIPMENTS.c.erased_at.is_(None))
    else:
        fresh = (SHIPMENTS.c.id.in_(these), SHIPMENTS.c.erased_how != how)
    session.execute(update(SHIPMENTS).where(*fresh).values(**marks, version=SHIPMENTS.c.version + 1))
    waits = (
        MESSAGES.c.shipment_id.in_(these),
        MESSAGES.c.channel != Channel.WEBHOOK,
        MESSAGES.c.standing.in_(WAITING),
    )
    unsaid = {"standing": Standing.STOPPED, "stopped_by": Rule.ERASED, "settled_at": now, "fallback_at": None}
    dropped = session.execute(update(MESSAGES).where(*waits).values(**unsaid))
    falls = (MESSAGES.c.shipment_id.in_(these), MESSAGES.c.fallback_at.is_not(None))
    session.execute(update(MESSAGES).where(*falls).values(fallback_at=None))
    return +Counter(messages=written(dropped))


def erased_at(session: Session, shipment_id: int) -> tuple[datetime | None, str]:
    """When the person of a shipment, found within its scope, was forgotten and why; None while they are not."""
    query = select(SHIPMENTS.c.erased_at, SHIPMENTS.c.erased_how).where(SHIPMENTS.c.id == shipment_id)
    row = session.execute(query).one_or_none()
    return (row.erased_at, row.erased_how) if row else (None, "")
