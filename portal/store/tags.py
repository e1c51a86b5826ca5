"""The shipper's own short words on shipments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.tags import folded
from portal.store.outbox_rows import insert_for


class TagRow(db.Model):
    """A word on a shipment; `folded` makes it one with its other spellings."""

    __tablename__ = "shipment_tags"
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True)
    folded: Mapped[str] = mapped_column(String(60), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(30))
    by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_shipment_tags_shipper_id_folded", "shipper_id", "folded"),
        Index("ix_shipment_tags_shipper_id_at", "shipper_id", "at"),
    )


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on a shipment, who put it there and when."""

    tag: str
    by: str
    at: datetime


TAGS = TagRow.__table__
LATEST = 500


def of_shipments(session: Session, shipment_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """The tags of shipments that were found within their scope, by shipment, in order of their letters."""
    found: dict[int, list[Tag]] = {}
    asked = select(TAGS).where(TAGS.c.shipment_id.in_(set(shipment_ids))).order_by(TAGS.c.folded)
    for row in session.execute(asked):
        found.setdefault(row.shipment_id, []).append(Tag(row.tag, row.by, row.at))
    return found


def add(session: Session, shipper_id: int, shipment_id: int, tag: str, by: str, now: datetime) -> bool:
    """Put a tag on a shipment; False: it was there."""
    values = {"shipper_id": shipper_id, "shipment_id": shipment_id, "tag": tag, "folded": folded(tag)}
    new = insert_for(session)(TAGS).values(**values, by=by, at=now)
    once = new.on_conflict_do_nothing(index_elements=["shipment_id", "folded"])
    return session.execute(once.returning(TAGS.c.shipment_id)).first() is not None


def remove(session: Session, shipment_id: int, tag: str) -> bool:
    """Take a tag off a shipment that was found within its scope; False: it was not there."""
    done: Any = session.execute(
        delete(TAGS).where(TAGS.c.shipment_id == shipment_id, TAGS.c.folded == folded(tag))
    )
    return bool(done.rowcount)


def often_used(session: Session, shipper_id: int, limit: int = 20) -> list[str]:
    """The tags that a shipper used most among its latest."""
    latest = select(TAGS.c.tag, TAGS.c.folded).where(TAGS.c.shipper_id == shipper_id)
    some = latest.order_by(TAGS.c.at.desc()).limit(LATEST).subquery()
    asked = select(func.max(some.c.tag)).group_by(some.c.folded)
    return list(session.execute(asked.order_by(func.count().desc(), some.c.folded).limit(limit)).scalars())
