"""Another time: a place in a slot is taken, and once dispatch agrees the slot is the plan."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import Change, Life
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, No
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.slots import Slot
from portal.flows.announce import Voice
from portal.flows.kinds.base import Effect, Span, window_json
from portal.flows.plans import plan, plan_back, window_of
from portal.store import slot_places


def _chosen(wish: PickNewWindow, choices: Choices) -> Slot:
    return next(one for one in choices.slots if one.key == wish.slot)


def _target(wish: PickNewWindow, _shipment: Shipment, choices: Choices) -> dict[str, Any]:
    slot = _chosen(wish, choices)
    return {"slot": slot.key, "window": window_json(slot.start, slot.end)}


def _window(wish: PickNewWindow, _shipment: Shipment, choices: Choices) -> Span:
    slot = _chosen(wish, choices)
    return slot.start, slot.end


def _take(
    session: Session,
    shipment: Shipment,
    change: Change,
    wish: PickNewWindow,
    choices: Choices,
    now: datetime,
) -> No | None:
    slot = _chosen(wish, choices)
    return None if slot_places.take(session, slot.id, change.id, shipment.id, now) else No.SLOT_FULL


def _hold(
    session: Session,
    shipment: Shipment,
    wish: PickNewWindow,
    choices: Choices,
    now: datetime,
    until: datetime,
) -> No | None:
    slot = _chosen(wish, choices)
    return None if slot_places.hold(session, slot.id, shipment.id, now, until) else No.SLOT_FULL


def _release(session: Session, change: Change, now: datetime) -> None:
    slot_places.release(session, change.id, now)


def _make_true(session: Session, _voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    if change.window_start is None or change.window_end is None:
        return
    window = change.window_start, change.window_end
    if window != window_of(change.to):
        # dispatch agreed to another time than the slot's, so its place is free again
        _release(session, change, now)
    plan(session, shipment, window, now)


def _unmake(session: Session, _voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    if change.life is not Life.REPLACED:
        plan_back(session, shipment, change, now)


NEW_WINDOW = Effect(
    _target,
    window=_window,
    take=_take,
    release=_release,
    make_true=_make_true,
    unmake=_unmake,
    hold=_hold,
)
