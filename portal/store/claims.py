"""What recipients say of the parcel itself: that they have it, or that they do not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import insert_for


class ClaimRow(db.Model):
    """The recipient says that they have it, or that they do not."""

    __tablename__ = "claims"
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    has_it: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Claim:
    """What was said last, and when."""

    has_it: bool
    at: datetime


CLAIMS: Any = ClaimRow.__table__


def of_shipment(session: Session, shipment_id: int) -> Claim | None:
    """What was said of a shipment that was found within its scope."""
    row = session.execute(
        select(CLAIMS.c.has_it, CLAIMS.c.at).where(CLAIMS.c.shipment_id == shipment_id)
    ).one_or_none()
    return Claim(*row) if row else None


def put(session: Session, shipment_id: int, claim: Claim) -> None:
    """Keep what was said last."""
    said = {"has_it": claim.has_it, "at": claim.at}
    session.execute(
        insert_for(session)(CLAIMS)
        .values(shipment_id=shipment_id, **said)
        .on_conflict_do_update(index_elements=["shipment_id"], set_=said)
    )


def forget_missing(session: Session, shipment_ids: Iterable[int]) -> None:
    """The delivery that nobody got was taken back: "I do not have it" is as it should be now."""
    session.execute(
        delete(ClaimRow).where(ClaimRow.shipment_id.in_(list(shipment_ids)), ClaimRow.has_it.is_(False))
    )
