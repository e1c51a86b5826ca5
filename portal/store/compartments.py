"""Boxes of lockers, taken and given back: held for minutes while somebody decides, booked for a change.

`taken` of a compartment counts its bookings and its holds. It goes up by one conditional update, so that requests at
the same moment cannot take the same box, and down only with the row that stood for it: never more than there are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.db import supplied
from portal.domain.lockers import Compartment
from portal.store.locker_rows import CompartmentHoldRow, CompartmentRow, LockerBookingRow


def hold(
    session: Session, compartments: Sequence[Compartment], shipment_id: int, now: datetime, until: datetime
) -> Compartment | None:
    """Keep one box for a shipment until then, in place of what it held before; None when all are taken."""
    before = _end_hold(session, shipment_id)
    box = next((one for one in compartments if one.id == before), None)
    if before is not None and box is None:
        give_back(session, before)
    box = box or take_one(session, compartments, now)
    if box:
        values = {"shipment_id": shipment_id, "compartment_id": box.id, "until": until}
        session.execute(insert(CompartmentHoldRow).values(**values))
    return box


def take(
    session: Session, compartments: Sequence[Compartment], change_id: str, shipment_id: int, now: datetime
) -> Compartment | None:
    """Take one box for a change: the one the shipment holds, else the first that is free; None when all are taken."""
    held = _end_hold(session, shipment_id)
    box = next((one for one in compartments if one.id == held), None)
    if held is not None and box is None:
        give_back(session, held)
    box = box or take_one(session, compartments, now)
    if box:
        session.execute(insert(LockerBookingRow).values(change_id=change_id, compartment_id=box.id))
    return box


def let_go(session: Session, shipment_id: int) -> None:
    """The shipment wants something else: what it held is free again."""
    held = _end_hold(session, shipment_id)
    if held is not None:
        give_back(session, held)


def _end_hold(session: Session, shipment_id: int) -> int | None:
    """End the shipment's hold; its box stays taken, for whoever calls."""
    # one that a tick is just freeing is left to it, so that nobody waits in a ring
    mine = select(CompartmentHoldRow.shipment_id).where(CompartmentHoldRow.shipment_id == shipment_id)
    if session.execute(mine.with_for_update(skip_locked=True)).one_or_none() is None:
        return None
    gone = (
        delete(CompartmentHoldRow)
        .where(CompartmentHoldRow.shipment_id == shipment_id)
        .returning(CompartmentHoldRow.compartment_id)
    )
    ended = session.execute(gone).scalar_one_or_none()
    if ended is not None:
        supplied(session, ("box", ended))
    return ended


def take_one(session: Session, compartments: Iterable[Compartment], now: datetime) -> Compartment | None:
    for box in compartments:
        if _take_box(session, box.id):
            return box
        if free_expired(session, box.id, now) and _take_box(session, box.id):
            return box
    return None


def _take_box(session: Session, compartment_id: int) -> bool:
    supplied(session, ("box", compartment_id))
    done = session.execute(
        update(CompartmentRow)
        .where(CompartmentRow.id == compartment_id, CompartmentRow.taken < CompartmentRow.count)
        .values(taken=CompartmentRow.taken + 1)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def give_back(session: Session, compartment_id: int, number: int = 1) -> None:
    supplied(session, ("box", compartment_id))
    session.execute(
        update(CompartmentRow)
        .where(CompartmentRow.id == compartment_id)
        .values(taken=CompartmentRow.taken - number)
    )


def with_expired_holds(session: Session, now: datetime, limit: int = 500) -> list[int]:
    """Compartments in which somebody's minutes are over. Of every shipper: a tick's question."""
    query = (
        select(CompartmentHoldRow.compartment_id)
        .where(CompartmentHoldRow.until <= now)
        .distinct()
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def free_expired(session: Session, compartment_id: int, now: datetime) -> int:
    """Free the boxes of one compartment that were held until now; how many. Safe to run twice and at once."""
    over = select(CompartmentHoldRow.shipment_id).where(
        CompartmentHoldRow.compartment_id == compartment_id, CompartmentHoldRow.until <= now
    )
    ids = list(session.execute(over.with_for_update(skip_locked=True)).scalars())
    if ids:
        session.execute(delete(CompartmentHoldRow).where(CompartmentHoldRow.shipment_id.in_(ids)))
        give_back(session, compartment_id, len(ids))
    return len(ids)
