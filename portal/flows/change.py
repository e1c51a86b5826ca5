"""A wish and what becomes of it: asked, sent to dispatch, answered or lapsed, withdrawn, honoured or not."""

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.db import after_commit
from portal.domain import change_policy as policy
from portal.domain.change import (
    Change,
    IfUnanswered,
    Kind,
    LeaveInLocker,
    LeaveWithNeighbor,
    Life,
    PickNewWindow,
    TooLate,
    Wish,
    decide_answer,
    lapsed_into,
)
from portal.domain.change_policy import Allowed, No, Option, Refused, Situation
from portal.domain.delivery import Promise, Shipment
from portal.domain.lockers import Locker, smallest_fitting
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.slots import Slot
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.store import changes, lockers, promises, shipments, slots

# A parcel in one of these states can no longer be brought elsewhere: an open wish is overtaken by events.
ENDS_WAITING = {Status.DELIVERED, Status.RETURNING, Status.RETURNED, Status.CANCELLED, Status.LOST}


@dataclass(frozen=True, slots=True)
class Offer:
    """What the change page shows: options with reasons and deadlines, and what there is to choose from."""

    options: tuple[Option, ...]
    lockers: tuple[Locker, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The wish is on its way to dispatch."""

    change: Change


@dataclass(frozen=True, slots=True)
class Answered:
    """The change as it stands after an answer."""

    change: Change


def situation(shipment: Shipment, rules: ShipperRules, known: list[Change]) -> Situation:
    """What the policy needs to know of this shipment."""
    window = shipment.window
    return Situation(
        status=shipment.state.status,
        parcels=shipment.parcels,
        restrictions=shipment.restrictions,
        rules=rules,
        window_start=window.start if window else None,
        window_end=window.end if window else None,
        waiting=any(change.open for change in known),
        asked_before=sum(policy.counts(change.life) for change in known),
    )


def offer(session: Session, voice: Voice, shipment: Shipment, known: list[Change], now: datetime) -> Offer:
    """Every option of this shipment at this moment, with the lockers and slots that could be chosen."""
    rules = voice.shippers(session)[shipment.shipper_id].rules
    near, free = _choices(session, shipment, now)
    where = situation(shipment, rules, known)
    return Offer(policy.options(where, near, free, now), tuple(near), tuple(free))


def _choices(session: Session, shipment: Shipment, now: datetime) -> tuple[list[Locker], list[Slot]]:
    """Lockers near the door, and slots of its zone: its postcode's, its depot's, or those for everywhere."""
    address = shipment.address
    near = lockers.near(session, shipment.shipper_id, address.lat, address.lng)
    zones = (address.postcode, shipment.depot, "")
    return near, slots.offered(session, shipment.shipper_id, zones, now)


def ask(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    wish: Wish,
    now: datetime,
    *,
    asked_by: str = "recipient",
    method: str = "otp",
) -> Asked | Refused:
    """A recipient asks for a change. Whoever calls has seen the proof that the wish needs."""
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    known = changes.of_shipments(session, [shipment.id]).get(shipment.id, [])
    rules = voice.shippers(session)[shipment.shipper_id].rules
    near, free = _choices(session, shipment, now)
    verdict = policy.decide(situation(shipment, rules, known), wish, near, free, now)
    if isinstance(verdict, Refused):
        return verdict
    change = _new_change(
        shipment, wish, near, free, rules, verdict, now, asked_by, method, voice.answer_minutes
    )
    with session.begin_nested() as point:
        changes.add(session, shipment.shipper_id, change)
        if full := _take_place(session, shipment, change, wish, near, free):
            point.rollback()
            return Refused(full, verdict.until)
    _tell(session, voice, shipment, change, "delivery_change.requested", now)
    because = "A change was asked; every contact on file hears of it, since it may not have been them."
    _say(session, voice, shipment, change, Notice.CHANGE_ASKED, because, now)
    return Asked(change)


def _new_change(
    shipment: Shipment,
    wish: Wish,
    near: list[Locker],
    free: list[Slot],
    rules: ShipperRules,
    verdict: Allowed,
    now: datetime,
    asked_by: str,
    method: str,
    usual_minutes: int,
) -> Change:
    window = shipment.window
    slot = next((one for one in free if isinstance(wish, PickNewWindow) and one.key == wish.slot), None)
    return Change(
        id=str(uuid.uuid4()),
        shipment_id=shipment.id,
        kind=wish.kind,
        life=Life.ASKED,
        to=_target(wish, near, slot),
        came_from={"window": _window_json(window.start, window.end)} if window else {},
        asked_at=now,
        expires_at=policy.answer_by(now, verdict.until, rules, usual_minutes),
        if_unanswered=rules.if_unanswered,
        asked_by=asked_by,
        method=method,
        window_start=slot.start if slot else None,
        window_end=slot.end if slot else None,
    )


def _target(wish: Wish, near: list[Locker], slot: Slot | None) -> dict[str, Any]:
    match wish:
        case LeaveWithNeighbor():
            return asdict(wish)
        case LeaveInLocker():
            locker = next(one for one in near if one.key == wish.locker)
            return {"locker": locker.key, "name": locker.name, "address": locker.address}
        case PickNewWindow():
            return (
                {"slot": wish.slot, "window": _window_json(slot.start, slot.end)}
                if slot
                else {"slot": wish.slot}
            )
        case _:
            assert_never(wish)


def _window_json(start: datetime, end: datetime) -> dict[str, str]:
    return {"start": start.isoformat(), "end": end.isoformat()}


def _take_place(
    session: Session, shipment: Shipment, change: Change, wish: Wish, near: list[Locker], free: list[Slot]
) -> No | None:
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


def _tell(
    session: Session, voice: Voice, shipment: Shipment, change: Change, type: str, now: datetime
) -> None:
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
        data["window"] = _window_json(change.window_start, change.window_end)
    if not change.open:
        data["state"] = change.life.value
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, type, now, data, change.id)
    shipments.touch(session, [shipment.id])
    after_commit(session, "feed", voice.nudge_feed)


def answer(
    session: Session,
    voice: Voice,
    shipper_id: int | None,
    change_id: str,
    accepted: bool,
    by: str,
    now: datetime,
    *,
    reason_code: str = "",
    reason: str = "",
    window: tuple[datetime, datetime] | None = None,
) -> Answered | TooLate | None:
    """Dispatch answers a change within a shipper's scope. None: there is no such change."""
    shipment, change = _held(session, shipper_id, change_id)
    if change is None or shipment is None:
        return None
    verdict = decide_answer(change, accepted, now)
    if isinstance(verdict, TooLate) or not change.open:
        return verdict if isinstance(verdict, TooLate) else Answered(change)
    if accepted and window:
        changes.set_window(session, change.id, *window)
        change = replace(change, window_start=window[0], window_end=window[1])
    closed = _close(session, voice, shipment, change, verdict.life, by, now, reason_code, reason)
    notice = Notice.CHANGE_ACCEPTED if accepted else Notice.CHANGE_REFUSED
    _say(session, voice, shipment, closed, notice, f"Dispatch {verdict.life.value} the change.", now)
    return Answered(closed)


def _held(session: Session, shipper_id: int | None, change_id: str) -> tuple[Shipment | None, Change | None]:
    """Shipment and change, held for this transaction; always the shipment first, as every flow does."""
    found = changes.find(session, shipper_id, change_id)
    if found is None:
        return None, None
    shipment = shipments.by_id(session, shipper_id, found.shipment_id, lock=True)
    return shipment, changes.find(session, shipper_id, change_id, lock=True)


def _close(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    life: Life,
    by: str,
    now: datetime,
    reason_code: str = "",
    reason: str = "",
) -> Change:
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


def _say(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    notice: Notice,
    because: str,
    now: datetime,
) -> None:
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


def withdraw(
    session: Session, voice: Voice, shipment: Shipment, change_id: str, now: datetime
) -> Answered | TooLate | None:
    """The recipient takes an open wish back. None: this shipment has no such change."""
    shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True)
    change = changes.find(session, shipment.shipper_id, change_id, lock=True)
    if change is None or change.shipment_id != shipment.id:
        return None
    if not change.open:
        return TooLate(change.life, f"This change is already {change.life.value}.")
    closed = _close(session, voice, shipment, change, Life.WITHDRAWN, "recipient", now)
    _tell(session, voice, shipment, closed, "delivery_change.withdrawn", now)
    return Answered(closed)


def lapse_overdue(session: Session, voice: Voice, now: datetime) -> int:
    """Close every change that nobody answered in time, as the shipper's rule says. Safe to run twice."""
    closed = 0
    for shipper_id, change_id in changes.overdue(session, now):
        shipment, change = _held(session, shipper_id, change_id)
        if change is None or shipment is None or not change.open or now < change.expires_at:
            continue
        _lapse(session, voice, shipment, change, now)
        closed += 1
    return closed


def _lapse(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    life = lapsed_into(change)
    rule = "accept" if change.if_unanswered is IfUnanswered.ACCEPT else "refuse"
    done = _close(session, voice, shipment, change, life, "rule", now, "unanswered", "")
    _tell(session, voice, shipment, done, "delivery_change.lapsed", now)
    notice = Notice.CHANGE_ACCEPTED if life is Life.ACCEPTED else Notice.CHANGE_LAPSED
    _say(
        session,
        voice,
        shipment,
        done,
        notice,
        f"Nobody answered in time; the shipper's rule is to {rule}.",
        now,
    )


def overtaken(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    """The delivery ended before dispatch answered: the wish lapses without a message of its own."""
    done = _close(session, voice, shipment, change, Life.LAPSED, "delivery", now, "overtaken", "")
    _tell(session, voice, shipment, done, "delivery_change.lapsed", now)


def report_outcome(
    session: Session, shipper_id: int | None, change_id: str, honoured: bool, note: str
) -> Change | TooLate | None:
    """Dispatch says whether an accepted change was done. None: there is no such change."""
    change = changes.find(session, shipper_id, change_id, lock=True)
    if change is None:
        return None
    if change.life is not Life.ACCEPTED:
        return TooLate(
            change.life, f"This change is {change.life.value}; only an accepted one has an outcome."
        )
    changes.set_honoured(session, change.id, honoured, note)
    shipments.touch(session, [change.shipment_id])
    return replace(change, honoured=honoured, outcome_note=note)
