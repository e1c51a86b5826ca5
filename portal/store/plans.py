"""Planned windows of doors whose van has not left: read and moved many at a time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.db import touched
from portal.domain.delivery import Promise
from portal.domain.parcel import Restrictions, Service
from portal.domain.shipment import Status
from portal.store.shipment_rows import ShipmentRow

CHUNK = 500
WAITS = (Status.ANNOUNCED, Status.IN_TRANSIT, Status.AT_DEPOT, Status.MISSED, Status.HELD)
SHIPMENT = ShipmentRow.__table__


@dataclass(frozen=True, slots=True)
class Waiting:
    """A door that waits for a van: its zone, what it was promised, and whether a visit failed.

    `chooses`: its first window is its recipient's to book.
    """

    shipment_id: int
    shipper_id: int
    timezone: str
    planned: Promise | None
    chooses: bool = False
    missed: bool = False


def lock(
    session: Session, shipment_ids: Iterable[int], among: Collection[Status] = WAITS
) -> dict[int, Waiting]:
    """Hold these doors and read them; one that another transaction holds, or that stands elsewhere, is left out."""
    wanted, found = sorted(set(shipment_ids)), {}
    columns = ("id", "shipper_id", "timezone", "status", "service", "restrictions")
    plan = ("planned_start", "planned_end", "planned_source", "planned_at")
    query = select(*(SHIPMENT.c[name] for name in columns + plan)).where(SHIPMENT.c.status.in_(among))
    for start in range(0, len(wanted), CHUNK):
        these = query.where(SHIPMENT.c.id.in_(wanted[start : start + CHUNK])).order_by(SHIPMENT.c.id)
        for row in session.execute(these.with_for_update(skip_locked=True, key_share=True)):
            planned = None
            if row.planned_start is not None:
                planned = Promise(row.planned_start, row.planned_end, row.planned_source, row.planned_at)
            books = (
                row.service == Service.ON_DEMAND and Restrictions(**row.restrictions).new_window is not False
            )
            found[row.id] = Waiting(
                row.id,
                row.shipper_id,
                row.timezone,
                planned,
                books and planned is None,
                row.status == Status.MISSED,
            )
    return found


def save(session: Session, plans: Mapping[int, Promise | None], now: datetime) -> None:
    """Keep planned windows by shipment id; None withdraws one."""
    if not plans:
        return
    touched(session, plans)
    change = (
        update(SHIPMENT)
        .where(SHIPMENT.c.id == bindparam("row_id"))
        .values(
            planned_start=bindparam("new_start"),
            planned_end=bindparam("new_end"),
            planned_source=bindparam("new_source"),
            planned_at=bindparam("new_planned_at"),
            updated_at=bindparam("new_at"),
            version=SHIPMENT.c.version + 1,
        )
    )
    session.execute(
        change,
        [
            {
                "row_id": row_id,
                "new_start": plan and plan.start,
                "new_end": plan and plan.end,
                "new_source": plan and str(plan.source),
                "new_planned_at": plan and plan.updated_at,
                "new_at": now,
            }
            for row_id, plan in sorted(plans.items())
        ],
    )
