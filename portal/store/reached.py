"""Which changes dispatch is known to have, since when, and how: it took our call, read on, or answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from portal.domain.change import Life
from portal.store import shipments
from portal.store.changes import CHANGES, ChangeRow, FeedRow
from portal.store.pulls import PullRow
from portal.store.shipment_rows import ShipmentRow

REQUESTED = "delivery_change.requested"
FEED = FeedRow.__table__
# The entry by which dispatch learns of a change that it is not known to have.
ENTRY = and_(
    FEED.c.shipment_id == CHANGES.c.shipment_id,
    FEED.c.change_id == CHANGES.c.id,
    FEED.c.type == REQUESTED,
)
UNKNOWN = CHANGES.c.told_at.is_(None)


@dataclass(frozen=True, slots=True)
class Untold:
    """How many changes wait without dispatch being known to have them, and since when the first of them."""

    count: int
    since: datetime | None


def by_webhook(session: Session, seqs: Iterable[int], at: datetime) -> None:
    """Dispatch took our calls for these entries of the feed."""
    entries = sorted(set(seqs))
    if entries:
        found = session.execute(_untold().where(FEED.c.seq.in_(entries))).all()
        _keep(session, {row.id: row.shipment_id for row in found}, "webhook", at)


def by_pull(session: Session, asked_since: datetime) -> int:
    """Dispatch has read past these entries by itself. Of every shipper: a tick's question. Returns how many."""
    reader = or_(PullRow.owner == CHANGES.c.shipper_id, PullRow.owner == 0)
    query = _untold().join(PullRow, and_(reader, PullRow.seq >= FEED.c.seq)).add_columns(PullRow.at)
    found = session.execute(query.where(CHANGES.c.asked_at >= asked_since)).all()
    for at in sorted({row.at for row in found}):
        _keep(session, {row.id: row.shipment_id for row in found if row.at == at}, "pull", at)
    return len(found)


def by_answer(session: Session, change_id: str, how: str, at: datetime) -> None:
    """Dispatch answered. Whoever calls holds shipment and change."""
    told = {"told_at": at, "told_how": how}
    session.execute(update(ChangeRow).where(ChangeRow.id == change_id, UNKNOWN).values(told))


def untold(session: Session, shipper_id: int | None, asked_since: datetime) -> Untold:
    """What dispatch still has to learn and may not have, within a shipper's scope (None: the operator's).

    A wish that was taken back or refused by itself needs nobody any more, nor does one whose delivery is over.
    """
    query = (
        select(func.count(), func.min(FEED.c.at, type_=FEED.c.at.type))
        .select_from(CHANGES)
        .join(FEED, ENTRY)
        .join(ShipmentRow, ShipmentRow.id == CHANGES.c.shipment_id)
        .where(UNKNOWN, CHANGES.c.asked_at >= asked_since, CHANGES.c.life.in_([Life.ASKED, Life.ACCEPTED]))
        .where(ShipmentRow.finished_at.is_(None))
    )
    if shipper_id is not None:
        query = query.where(CHANGES.c.shipper_id == shipper_id)
    count, since = session.execute(query).one()
    return Untold(count, since)


def _untold() -> Any:
    return select(CHANGES.c.id, CHANGES.c.shipment_id).join(FEED, ENTRY).where(UNKNOWN)


def _keep(session: Session, found: dict[str, int], how: str, at: datetime) -> None:
    """Shipments are held before their changes, as every flow does."""
    if not found:
        return
    ids = sorted(set(found.values()))
    held = select(ShipmentRow.id).where(ShipmentRow.id.in_(ids)).order_by(ShipmentRow.id)
    session.execute(held.with_for_update(key_share=True))
    told = {"told_at": at, "told_how": how}
    session.execute(update(ChangeRow).where(ChangeRow.id.in_(sorted(found)), UNKNOWN).values(told))
    shipments.touch(session, ids)
