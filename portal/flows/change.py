"""A wish and what becomes of it: asked, sent to dispatch, answered or lapsed, withdrawn, honoured or not."""

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain import change_policy as policy
from portal.domain.change import (
    Change,
    IfUnanswered,
    LeaveInLocker,
    LeaveWithNeighbor,
    Life,
    PickNewWindow,
    TooLate,
    Wish,
    decide_answer,
    lapsed_into,
)
from portal.domain.change_policy import Allowed, Refused
from portal.domain.delivery import Shipment
from portal.domain.lockers import Locker
from portal.domain.rules import ShipperRules
from portal.domain.slots import Slot
from portal.flows import change_effects as effects
from portal.flows.announce import Voice
from portal.flows.change_offer import choices, situation
from portal.store import changes, shipments


@dataclass(frozen=True, slots=True)
class Asked:
    """The wish is on its way to dispatch."""

    change: Change


@dataclass(frozen=True, slots=True)
class Answered:
    """The change as it stands after an answer."""

    change: Change


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
    near, free = choices(session, shipment, now)
    verdict = policy.decide(situation(shipment, rules, known), wish, near, free, now)
    if isinstance(verdict, Refused):
        return verdict
    change = _new_change(
        shipment, wish, near, free, rules, verdict, now, asked_by, method, voice.answer_minutes
    )
    with session.begin_nested() as point:
        changes.add(session, shipment.shipper_id, change)
        if full := effects.take_place(session, shipment, change, wish, near, free):
            point.rollback()
            return Refused(full, verdict.until)
    effects.tell_dispatch(session, voice, shipment, change, "delivery_change.requested", now)
    because = "A change was asked; every contact on file hears of it, since it may not have been them."
    effects.say(session, voice, shipment, change, Notice.CHANGE_ASKED, because, now)
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
        came_from={"window": effects.window_json(window.start, window.end)} if window else {},
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
                {"slot": wish.slot, "window": effects.window_json(slot.start, slot.end)}
                if slot
                else {"slot": wish.slot}
            )
        case _:
            assert_never(wish)


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
    closed = effects.close(session, shipment, change, verdict.life, by, now, reason_code, reason)
    notice = Notice.CHANGE_ACCEPTED if accepted else Notice.CHANGE_REFUSED
    effects.say(session, voice, shipment, closed, notice, f"Dispatch {verdict.life.value} the change.", now)
    return Answered(closed)


def _held(session: Session, shipper_id: int | None, change_id: str) -> tuple[Shipment | None, Change | None]:
    """Shipment and change, held for this transaction; always the shipment first, as every flow does."""
    found = changes.find(session, shipper_id, change_id)
    if found is None:
        return None, None
    shipment = shipments.by_id(session, shipper_id, found.shipment_id, lock=True)
    return shipment, changes.find(session, shipper_id, change_id, lock=True)


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
    closed = effects.close(session, shipment, change, Life.WITHDRAWN, "recipient", now)
    effects.tell_dispatch(session, voice, shipment, closed, "delivery_change.withdrawn", now)
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
    done = effects.close(session, shipment, change, life, "rule", now, "unanswered", "")
    effects.tell_dispatch(session, voice, shipment, done, "delivery_change.lapsed", now)
    notice = Notice.CHANGE_ACCEPTED if life is Life.ACCEPTED else Notice.CHANGE_LAPSED
    effects.say(
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
    done = effects.close(session, shipment, change, Life.LAPSED, "delivery", now, "overtaken", "")
    effects.tell_dispatch(session, voice, shipment, done, "delivery_change.lapsed", now)


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
