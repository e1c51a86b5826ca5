"""A locker takes it: a compartment is reserved while dispatch decides, and kept until the parcel is picked up."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, No
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.lockers import Locker, smallest_fitting
from portal.flows.kinds.base import Effect
from portal.store import lockers


def _chosen(wish: LeaveInLocker, choices: Choices) -> Locker:
    return next(one for one in choices.lockers if one.key == wish.locker)


def _target(wish: LeaveInLocker, _shipment: Shipment, choices: Choices) -> dict[str, Any]:
    locker = _chosen(wish, choices)
    return {"locker": locker.key, "name": locker.name, "address": locker.address}


def _take(
    session: Session,
    shipment: Shipment,
    change: Change,
    wish: LeaveInLocker,
    choices: Choices,
    _now: datetime,
) -> No | None:
    boxes = smallest_fitting(shipment.parcels, _chosen(wish, choices))
    return None if lockers.take(session, boxes, change.id) else No.LOCKER_FULL


def _release(session: Session, change: Change, now: datetime) -> None:
    lockers.release(session, change.id, now)


def _facts(change: Change) -> dict[str, Any]:
    return {"locker": change.to.get("name", ""), "locker_address": change.to.get("address", "")}


LOCKER = Effect(_target, take=_take, release=_release, facts=_facts)
