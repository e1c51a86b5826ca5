"""What the door showed: the proof that came with an event, beside its pictures."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, String, UniqueConstraint, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import THESE, Moment, db
from portal.domain.delivery import Shipment
from portal.domain.handover import Handover
from portal.domain.shipment import Status
from portal.store.shipment_rows import ShipmentRow, value

CHUNK = 500


class HandoverRow(db.Model):
    """The proof that came with one event: where it was, how far from the door, whether the PIN was right."""

    __tablename__ = "handovers"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[str] = mapped_column(String(120))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    distance_m: Mapped[float | None]
    pin_right: Mapped[bool | None] = mapped_column(Boolean)
    signed_by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    __table_args__ = (UniqueConstraint("shipper_id", "event_id"),)


HANDOVERS: Any = HandoverRow.__table__
OF_SHIPMENTS = select(HANDOVERS).where(HANDOVERS.c.shipment_id.in_(THESE)).order_by(HANDOVERS.c.id)


def _value(row: Any) -> Handover:
    return Handover(row.event_id, row.at, row.lat, row.lng, row.distance_m, row.pin_right, row.signed_by)


def add(session: Session, rows: Sequence[tuple[int, int, Handover]]) -> None:
    """Keep what came with new events: (shipper id, shipment id, proof)."""
    values = [
        {
            "shipper_id": shipper_id,
            "shipment_id": shipment_id,
            "event_id": kept.event_id,
            "lat": kept.lat,
            "lng": kept.lng,
            "distance_m": kept.distance_m,
            "pin_right": kept.pin_right,
            "signed_by": kept.signed_by[:120],
            "at": kept.at,
        }
        for shipper_id, shipment_id, kept in rows
    ]
    if values:
        session.execute(insert(HandoverRow.__table__), values)


def of_shipments(session: Session, shipment_ids: Iterable[int]) -> dict[int, list[Handover]]:
    """The proofs of shipments that were found within their scope, as they came."""
    found: dict[int, list[Handover]] = {}
    wanted = sorted(set(shipment_ids))
    for start in range(0, len(wanted), CHUNK):
        for row in session.execute(OF_SHIPMENTS, {"these": wanted[start : start + CHUNK]}):
            found.setdefault(row.shipment_id, []).append(_value(row))
    return found


def of_events(session: Session, shipper_id: int, event_ids: Collection[str]) -> dict[str, Handover]:
    """The proofs that came with these events of a shipper."""
    query = select(HANDOVERS).where(
        HANDOVERS.c.shipper_id == shipper_id, HANDOVERS.c.event_id.in_(sorted(event_ids))
    )
    return {row.event_id: _value(row) for row in session.execute(query)}


def wrong_pins(session: Session, shipment_ids: Collection[int]) -> dict[int, int]:
    """How many wrong PINs were typed at the doors of these shipments, found within their scope."""
    query = (
        select(HANDOVERS.c.shipment_id, func.count())
        .where(HANDOVERS.c.shipment_id.in_(sorted(shipment_ids)), HANDOVERS.c.pin_right.is_(False))
        .group_by(HANDOVERS.c.shipment_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def delivered_lately(session: Session, shipper_id: int, since: datetime, limit: int) -> list[Shipment]:
    """The latest deliveries of a shipper since then, for its figures."""
    query = (
        select(ShipmentRow.__table__)
        .where(
            ShipmentRow.shipper_id == shipper_id,
            ShipmentRow.status == Status.DELIVERED,
            ShipmentRow.finished_at >= since,
        )
        .order_by(ShipmentRow.finished_at.desc())
        .limit(limit)
    )
    return [value(row) for row in session.execute(query)]
