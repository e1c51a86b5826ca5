"""Stars and words of recipients, and their average by shipper."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, Reader, db
from portal.domain.rating import Rating
from portal.store.outbox_rows import insert_for


class RatingRow(db.Model):
    """How the recipient liked the delivery: 1 to 5 stars and a few words; `at` is when they first said so."""

    __tablename__ = "ratings"
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    stars: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


RATINGS: Any = RatingRow.__table__


def of_shipment(session: Session, shipment_id: int) -> Rating | None:
    """The rating of a shipment that was found within its scope."""
    row = session.execute(
        select(RATINGS.c.stars, RATINGS.c.words, RATINGS.c.at).where(RATINGS.c.shipment_id == shipment_id)
    ).one_or_none()
    return Rating(*row) if row else None


def put(session: Session, shipper_id: int, shipment_id: int, rating: Rating) -> None:
    """Keep a rating, or what it was changed to."""
    said = {"stars": rating.stars, "words": rating.words}
    session.execute(
        insert_for(session)(RATINGS)
        .values(shipper_id=shipper_id, shipment_id=shipment_id, at=rating.at, **said)
        .on_conflict_do_update(index_elements=["shipment_id"], set_=said)
    )


def counted(session: Reader, shipper_ids: Collection[int], since: datetime) -> dict[int, dict[int, int]]:
    """How often each number of stars was given since then: {shipper id: {stars: count}}."""
    query = (
        select(RATINGS.c.shipper_id, RATINGS.c.stars, func.count())
        .where(RATINGS.c.shipper_id.in_(sorted(shipper_ids)), RATINGS.c.at >= since)
        .group_by(RATINGS.c.shipper_id, RATINGS.c.stars)
    )
    found: dict[int, dict[int, int]] = {}
    for shipper_id, stars, times in session.execute(query):
        found.setdefault(shipper_id, {})[stars] = times
    return found
