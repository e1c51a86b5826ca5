"""Places in slots: held for minutes while somebody decides, booked for a change, given back. Never more than there are.

Whoever takes or gives back a place holds the slot first, several always in the same order, and its holds after it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.db import supplied
from portal.store.slots import SlotBookingRow, SlotHoldRow, SlotRow


def hold(session: Session, slot_id: int, shipment_id: int, now: datetime, until: datetime) -> bool:
    """Keep a place for a shipment until then; what it held before is free. False: the slot is full.

    Holding the same place again makes the hold last longer.
    """
    before = _held(session, shipment_id)
    _lock(session, {slot_id} | ({before} if before else set()))
    if before == slot_id:
        mine = update(SlotHoldRow).where(SlotHoldRow.shipment_id == shipment_id)
        longer: Any = session.execute(mine.values(until=until))
        if longer.rowcount:
            return True
    if not _take_place(session, slot_id, now):
        return False
    _drop(session, shipment_id)
    session.execute(insert(SlotHoldRow).values(shipment_id=shipment_id, slot_id=slot_id, until=until))
    return True


def let_go(session: Session, shipment_id: int) -> None:
    """The shipment's hold, if it has one, is over."""
    if before := _held(session, shipment_id):
        _lock(session, {before})
        _drop(session, shipment_id)


def take(session: Session, slot_id: int, change_id: str, shipment_id: int, now: datetime) -> bool:
    """Book one place for a change, the one held for its shipment where there is one; False: the slot is full.

    Where capacity was cut below what is taken, what is booked stays, and nobody gets in until there is room again.
    """
    before = _held(session, shipment_id)
    _lock(session, {slot_id} | ({before} if before else set()))
    # a place of one's own counts as taken: free for this moment, while nobody else can come near the slot
    _drop(session, shipment_id)
    if not _take_place(session, slot_id, now):
        return False
    session.execute(insert(SlotBookingRow).values(change_id=change_id, slot_id=slot_id))
    return True


def release(session: Session, change_id: str, now: datetime) -> None:
    """Give the place of a change back, once."""
    freed = session.execute(
        update(SlotBookingRow)
        .where(SlotBookingRow.change_id == change_id, SlotBookingRow.released_at.is_(None))
        .values(released_at=now)
        .returning(SlotBookingRow.slot_id)
    ).scalar_one_or_none()
    if freed is not None:
        _give_back(session, freed, 1)


def expire(session: Session, now: datetime, limit: int = 500) -> int:
    """Free what was held long enough; returns how many. A slot that is just being used is left for the next time."""
    old = select(SlotHoldRow.slot_id).where(SlotHoldRow.until <= now).order_by(SlotHoldRow.until).limit(limit)
    slots = set(session.execute(old).scalars())
    return sum(_expire(session, slot_id, now) for slot_id in _lock(session, slots, wait=False))


def _held(session: Session, shipment_id: int) -> int | None:
    return session.execute(
        select(SlotHoldRow.slot_id).where(SlotHoldRow.shipment_id == shipment_id)
    ).scalar_one_or_none()


def _lock(session: Session, slot_ids: Iterable[int], *, wait: bool = True) -> list[int]:
    """Hold these slots for this transaction, in order, so that nobody waits in a ring."""
    if not (wanted := sorted(set(slot_ids))):
        return []
    supplied(session, *(("slot", one) for one in wanted))
    rows = select(SlotRow.id).where(SlotRow.id.in_(wanted)).order_by(SlotRow.id)
    return list(session.execute(rows.with_for_update(key_share=True, skip_locked=not wait)).scalars())


def _take_place(session: Session, slot_id: int, now: datetime) -> bool:
    """One more is taken if there is room: one conditional update, so it cannot oversell."""
    room = (SlotRow.id == slot_id, SlotRow.taken < SlotRow.capacity)
    one_more = update(SlotRow).where(*room).values(taken=SlotRow.taken + 1)
    done: Any = session.execute(one_more)
    if not done.rowcount and _expire(session, slot_id, now):
        # it only seemed full: holds that ran out were not yet swept
        done = session.execute(one_more)
    return bool(done.rowcount)


def _drop(session: Session, shipment_id: int) -> None:
    dropped = delete(SlotHoldRow).where(SlotHoldRow.shipment_id == shipment_id)
    freed = session.execute(dropped.returning(SlotHoldRow.slot_id)).scalar_one_or_none()
    if freed is not None:
        _give_back(session, freed, 1)


def _expire(session: Session, slot_id: int, now: datetime) -> int:
    over = (SlotHoldRow.slot_id == slot_id, SlotHoldRow.until <= now)
    freed = len(session.execute(delete(SlotHoldRow).where(*over).returning(SlotHoldRow.shipment_id)).all())
    if freed:
        _give_back(session, slot_id, freed)
    return freed


def _give_back(session: Session, slot_id: int, places: int) -> None:
    supplied(session, ("slot", slot_id))
    session.execute(update(SlotRow).where(SlotRow.id == slot_id).values(taken=SlotRow.taken - places))
