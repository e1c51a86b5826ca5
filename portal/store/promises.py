"""The ledger of windows: each one that was shown, from what it came, and whether it held."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.delivery import Promise


class PromiseRow(db.Model):
    """A window as shown. `outcome` is inside, early or late once the parcel is there.

    `stage` names when in a parcel's life it was shown, `minutes_left` what was estimated then; `origin` says from what
    (phase, pace, plan or places, age of the fix), for agents and for the record.
    """

    __tablename__ = "promises"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"))
    shown_at: Mapped[datetime] = mapped_column(Moment)
    start: Mapped[datetime] = mapped_column(Moment)
    end: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    confidence: Mapped[str] = mapped_column(String(20))
    because: Mapped[str] = mapped_column(String(60))
    expected_at: Mapped[datetime | None] = mapped_column(Moment)
    stops_before: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(10))
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    stage: Mapped[str] = mapped_column(String(20), server_default="")
    minutes_left: Mapped[float | None]
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    __table_args__ = (Index("ix_promises_shipment_id_shown_at", "shipment_id", "shown_at"),)


@dataclass(frozen=True, slots=True)
class Shown:
    """A window that was shown, with its outcome when it is known."""

    id: int
    shipment_id: int
    promise: Promise
    outcome: str | None
    delivered_at: datetime | None


def keep(
    session: Session,
    shown: Iterable[tuple[int, Promise]],
    now: datetime,
    origins: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """Write windows into the ledger as they are shown: (shipment id, window).

    `origins` says by shipment from what a window was worked out (Replanned.origins); it has `minutes_left`.
    """
    of = origins or {}
    rows = [
        {
            "shipment_id": shipment_id,
            "shown_at": now,
            "start": promise.start,
            "end": promise.end,
            "source": promise.source,
            "level": promise.level,
            "confidence": promise.confidence,
            "because": promise.because,
            "expected_at": promise.expected_at,
            "stops_before": promise.stops_before,
            "stage": promise.stage,
            "minutes_left": of.get(shipment_id, {}).get("minutes_left"),
            "origin": dict(of[shipment_id]) if shipment_id in of else None,
        }
        for shipment_id, promise in shown
    ]
    if rows:
        session.execute(insert(PromiseRow.__table__), rows)


def _value(row: Any) -> Shown:
    promise = Promise(
        start=row.start,
        end=row.end,
        source=row.source,
        updated_at=row.shown_at,
        confidence=row.confidence,
        level=row.level,
        because=row.because,
        expected_at=row.expected_at,
        stops_before=row.stops_before,
        stage=row.stage,
    )
    return Shown(row.id, row.shipment_id, promise, row.outcome, row.delivered_at)


def of_shipments(session: Session, shipment_ids: Iterable[int]) -> list[Shown]:
    """Windows shown for shipments that were found within their scope, oldest first."""
    rows = session.execute(
        select(PromiseRow.__table__)
        .where(PromiseRow.shipment_id.in_(sorted(set(shipment_ids))))
        .order_by(PromiseRow.shown_at, PromiseRow.id)
    )
    return [_value(row) for row in rows]


def score(session: Session, outcomes: Sequence[tuple[int, str | None, datetime | None]]) -> None:
    """Write outcomes: (promise id, inside/early/late or None to take it back, delivered at)."""
    if not outcomes:
        return
    table = PromiseRow.__table__
    change = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(outcome=bindparam("new_outcome"), delivered_at=bindparam("new_at"))
    )
    session.execute(
        change, [{"row_id": row, "new_outcome": kept, "new_at": at} for row, kept, at in outcomes]
    )
