"""A locker takes it: a compartment is kept while somebody decides, then reserved until it is empty again."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, No
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.lockers import Compartment, Locker, smallest_fitting
from portal.flows.kinds.base import Effect
from portal.store import compartments, locker_bookings


def _chosen(wish: LeaveInLocker, choices: Choices) -> Locker:
    return next(one for one in choices.lockers if one.key == wish.locker)


def _boxes(shipment: Shipment, wish: LeaveInLocker, choices: Choices) -> tuple[Compartment, ...]:
    return smallest_fitting(shipment.parcels, _chosen(wish, choices), wish.low)


def _target(wish: LeaveInLocker, _shipment: Shipment, choices: Choices) -> dict[str, Any]:
    locker = _chosen(wish, choices)
    told: dict[str, Any] = {"locker": locker.key, "name": locker.name, "address": locker.address}
    if wish.low:
        told["low"] = True
    if wish.overflow_m > 0:
        told["overflow_m"] = wish.overflow_m
    return told


def _hold(
    session: Session,
    shipment: Shipment,
    wish: LeaveInLocker,
    choices: Choices,
    now: datetime,
    until: datetime,
) -> No | None:
    boxes = _boxes(shipment, wish, choices)
    return None if compartments.hold(session, boxes, shipment.id, now, until) else No.LOCKER_FULL


def _take(
    session: Session,
    shipment: Shipment,
    change: Change,
    wish: LeaveInLocker,
    choices: Choices,
    now: datetime,
) -> No | None:
    boxes = _boxes(shipment, wish, choices)
    return None if compartments.take(session, boxes, change.id, shipment.id, now) else No.LOCKER_FULL


def _release(session: Session, change: Change, now: datetime) -> None:
    locker_bookings.release(session, change.id, now)


def _facts(change: Change) -> dict[str, Any]:
    return {"locker": change.to.get("name", ""), "locker_address": change.to.get("address", "")}


LOCKER = Effect(_target, take=_take, release=_release, facts=_facts, hold=_hold)
