"""A locker turned out to be full, and the recipient said before how far another one may be: which one is asked for."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.change import Change, Kind, Life
from portal.domain.delivery import Shipment
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.lockers import misfit
from portal.domain.rules import ShipperRules
from portal.store import changes, lockers

FULL = "locker_full"
LOOKED_AT = 40


def instead(
    session: Session, shipment: Shipment, refused: Change, rules: ShipperRules, now: datetime
) -> LeaveInLocker | None:
    """The wish for the nearest free locker that fits, within the distance from the one first chosen; None: no other."""
    within_m = min(_meters(refused), rules.overflow_m)
    if refused.kind is not Kind.LOCKER or refused.life is not Life.REFUSED or refused.reason_code != FULL:
        return None
    asked = changes.of_shipments(session, [shipment.id]).get(shipment.id, [])
    tried = {str(one.to.get("locker")) for one in asked if one.reason_code == FULL}
    first = lockers.find(session, shipment.shipper_id, _first_chosen(refused, asked), now)
    if first is None or within_m <= 0:
        return None
    low = bool(refused.to.get("low"))
    near = lockers.near(
        session, shipment.shipper_id, first.lat, first.lng, LOOKED_AT, within_m=within_m, now=now
    )
    chosen = next(
        (one for one in near if one.key not in tried and not misfit(shipment.parcels, one, low)), None
    )
    return LeaveInLocker(chosen.key, low, within_m) if chosen else None


def _meters(change: Change) -> int:
    told = change.to.get("overflow_m")
    return told if isinstance(told, int) else 0


def _first_chosen(change: Change, asked: list[Change]) -> str:
    """The locker that the recipient chose, before others took its place."""
    known = {one.id: one for one in asked}
    while earlier := known.pop(str(change.came_from.get("instead_of")), None):
        change = earlier
    return str(change.to.get("locker"))
