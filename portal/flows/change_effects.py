"""What a change brings about: places taken and given back, the plan, dispatch's feed, and words for the recipient."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.db import after_commit
from portal.domain.change import Change, Kind, LeaveInLocker, LeaveWithNeighbor, Life, PickNewWindow, Wish
from portal.domain.change_policy import No
from portal.domain.delivery import Promise, Shipment
from portal.domain.lockers import Locker, smallest_fitting
from portal.domain.slots import Slot
from portal.flows import announce, remind
from portal.flows.announce import News, Voice
from portal.store import changes, lockers, promises, shipments, slots


def window_json(start: datetime, end: datetime) -> dict[str, str]:
    """A window as dispatch reads it."""
    return {"start": start.isoformat(), "end": end.isoformat()}


def take_place(
    session: Session, shipment: Shipment, change: Change, wish: Wish, near: list[Locker], free: list[Slot]
) -> No | None:
    """Take the box or slot a wish needs; why there is none, or None when all is well."""
    match wish:
        case LeaveInLocker():
            locker = next(one for one in near if one.key == wish.locker)
            boxes = smallest_fitting(shipment.parcels, locker)
            return None if lockers.take(session, boxes, change.id) else No.LOCKER_FULL
        case PickNewWindow():
            slot = next(one for one in free if one.key == wish.slot)
            return None if slots.take(session, slot.id, change.id) else No.SLOT_FULL
        case LeaveWithNeighbor():
            return None


def tell_dispatch(
    session: Session, voice: Voice, shipment: Shipment, change: Change, type: str, now: datetime
) -> None:
    """Put a step of the change into dispatch's feed; it gets its number after commit."""
    data: dict[str, Any] = {
        "change_id": change.id,
        "shipment": shipment.reference,
        "kind": change.kind.value,
        "from": change.came_from,
        "to": change.to,
        "requested_by": {"method": change.method, "actor": change.asked_by},
        "asked_at": change.asked_at.isoformat(),
        "expires_at": change.expires_at.isoformat(),
        "if_unanswered": change.if_unanswered.value,
    }
    if change.window_start and change.window_end:
        data["window"] = window_json(change.window_start, change.window_end)
    if not change.open:
        data["state"] = change.life.value
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, type, now, data, change.id)
    shipments.touch(session, [shipment.id])
    after_commit(session, "feed", voice.nudge_feed)


def close(
    session: Session,
    shipment: Shipment,
    change: Change,
    life: Life,
    by: str,
    now: datetime,
    reason_code: str = "",
    reason: str = "",
) -> Change:
    """Give an asked change its answer and make it true: the plan follows, or the place is given back."""
    changes.close(session, change, life, by, now, reason_code, reason)
    closed = replace(change, life=life, decided_at=now, decided_by=by, reason_code=reason_code, reason=reason)
    if life is Life.ACCEPTED:
        _make_true(session, shipment, closed, now)
    else:
        slots.release(session, change.id, now)
        lockers.release(session, change.id, now)
    shipments.touch(session, [shipment.id])
    return closed


def _make_true(session: Session, shipment: Shipment, change: Change, now: datetime) -> None:
    """An accepted change becomes the plan."""
    if change.kind is Kind.NEW_WINDOW and change.window_start and change.window_end:
        planned = Promise(change.window_start, change.window_end, "recipient", now)
        shipments.save_plan(session, shipment.id, planned, now)
        shipments.save_windows(session, {shipment.id: None}, now)
        promises.keep(session, [(shipment.id, planned)], now)
        remind.visits_planned(session, [(shipment.id, planned.start, shipment.address.timezone)], now)


def say(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    notice: Notice,
    because: str,
    now: datetime,
) -> None:
    """Tell the recipient what became of the wish."""
    facts: dict[str, Any] = {"change_kind": change.kind.value, "refusal": change.reason}
    match change.kind:
        case Kind.NEIGHBOR:
            facts["neighbor"] = f"{change.to.get('name', '')}, {change.to.get('house_number', '')}".strip(
                ", "
            )
        case Kind.LOCKER:
            facts |= {"locker": change.to.get("name", ""), "locker_address": change.to.get("address", "")}
        case _:
            pass
    if change.window_start and change.window_end:
        facts |= {"window_start": change.window_start, "window_end": change.window_end}
    news = News(shipment, notice, occurrence=change.id, because=because, happened_at=now, facts=facts)
    announce.tell(session, voice, [news], now)
