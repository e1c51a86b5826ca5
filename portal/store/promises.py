"""The ledger of windows: each one that was shown, from what it came, and whether it held."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    bindparam,
    exists,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.delivery import Promise
from portal.store.routes import RouteRow, StopRow
from portal.store.shipment_rows import ShipmentRow


class PromiseRow(db.Model):
    """A window as shown. `outcome` is inside, early or late once the driver was at the door, at `delivered_at`.

    `counted` is what the figures hold of it, `uncounted_since` when that became out of date.
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
    counted: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    uncounted_since: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_promises_shipment_id_shown_at", "shipment_id", "shown_at"),
        Index(
            "ix_promises_uncounted_since",
            "uncounted_since",
            sqlite_where=text("uncounted_since IS NOT NULL"),
            postgresql_where=text("uncounted_since IS NOT NULL"),
        ),
    )


PROMISES = PromiseRow.__table__
Verdict = tuple[int, str | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A window that was shown, from what, and its outcome when it is known."""

    id: int
    shipment_id: int
    promise: Promise
    outcome: str | None
    delivered_at: datetime | None
    minutes_left: float | None = None
    origin: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A window whose figures are out of date: whose it is, and what they hold of it now.

    `last` says that no other was shown between it and the visit that judges it.
    """

    shown: Shown
    shipper_id: int
    depot: str
    counted: Mapping[str, Any] | None
    last: bool


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
    return Shown(
        row.id, row.shipment_id, promise, row.outcome, row.delivered_at, row.minutes_left, row.origin
    )


def of_shipments(session: Session, shipment_ids: Iterable[int]) -> list[Shown]:
    """Windows shown for shipments that were found within their scope, oldest first."""
    rows = session.execute(
        select(PromiseRow.__table__)
        .where(PromiseRow.shipment_id.in_(sorted(set(shipment_ids))))
        .order_by(PromiseRow.shown_at, PromiseRow.id)
    )
    return [_value(row) for row in rows]


def score(session: Session, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Write outcomes: (promise id, inside/early/late or None to take it back, when the driver was there)."""
    if not verdicts:
        return
    change = (
        update(PROMISES)
        .where(PROMISES.c.id == bindparam("row_id"))
        .values(outcome=bindparam("new_outcome"), delivered_at=bindparam("new_at"), uncounted_since=now)
    )
    session.execute(
        change, [{"row_id": row, "new_outcome": kept, "new_at": at} for row, kept, at in verdicts]
    )


def uncounted(session: Session, most: int) -> list[Uncounted]:
    """Hold windows whose figures are out of date, oldest first; those that somebody else holds are left to them.

    The depot is the shipment's, or where dispatch named none, that of its newest route.
    """
    of_route = (
        select(RouteRow.depot)
        .join(StopRow, StopRow.route_id == RouteRow.id)
        .where(StopRow.shipment_id == PROMISES.c.shipment_id)
        .order_by(RouteRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    later = PROMISES.alias("later")
    was_followed = exists().where(
        later.c.shipment_id == PROMISES.c.shipment_id,
        later.c.delivered_at == PROMISES.c.delivered_at,
        tuple_(later.c.shown_at, later.c.id) > tuple_(PROMISES.c.shown_at, PROMISES.c.id),
    )
    query = (
        select(
            PROMISES,
            ShipmentRow.shipper_id,
            ShipmentRow.depot,
            of_route.label("of_route"),
            was_followed.label("was_followed"),
        )
        .join(ShipmentRow, ShipmentRow.id == PROMISES.c.shipment_id)
        .where(PROMISES.c.uncounted_since.is_not(None))
        .order_by(PROMISES.c.uncounted_since, PROMISES.c.id)
        .limit(most)
        .with_for_update(of=PROMISES, skip_locked=True)
    )
    return [
        Uncounted(
            _value(row), row.shipper_id, row.depot or row.of_route or "", row.counted, not row.was_followed
        )
        for row in session.execute(query)
    ]


def note_counted(session: Session, counted: Mapping[int, Mapping[str, Any] | None]) -> None:
    """Write down what the figures hold of these windows now, by promise id."""
    if not counted:
        return
    change = (
        update(PROMISES)
        .where(PROMISES.c.id == bindparam("row_id"))
        .values(counted=bindparam("new_counted", type_=PROMISES.c.counted.type), uncounted_since=None)
    )
    session.execute(change, [{"row_id": row, "new_counted": what} for row, what in counted.items()])
