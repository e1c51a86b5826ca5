"""Another time: a place in a slot is taken, and once dispatch agrees the slot is the plan."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.delivery import Promise, Shipment
from portal.domain.kinds.base import Choices, No
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.slots import Slot
from portal.flows import remind
from portal.flows.announce import Voice
from portal.flows.kinds.base import Effect, Span, window_json
from portal.store import promises, shipments, slot_places


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
    if change.window_start and change.window_end:
        plan(session, shipment, (change.window_start, change.window_end), now)


def plan(session: Session, shipment: Shipment, window: Span, now: datetime) -> None:
    """A window chosen by the recipient becomes the plan, and what the van said before is forgotten."""
    planned = Promise(*window, "recipient", now)
    shipments.save_plan(session, shipment.id, planned, now)
    shipments.save_windows(session, {shipment.id: None}, now)
    promises.keep(session, [(shipment.id, planned)], now)
    remind.visits_planned(session, [(shipment.id, planned.start, shipment.address.timezone)], now)


NEW_WINDOW = Effect(_target, window=_window, take=_take, release=_release, make_true=_make_true, hold=_hold)
