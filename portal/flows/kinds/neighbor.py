"""A neighbor takes it: they are asked first, and only what dispatch needs of them goes further."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, No
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.flows.kinds.base import Effect
from portal.flows.neighbor_contact import cleaned
from portal.flows.neighbor_talk import ask, follow, may_ask


def _target(wish: LeaveWithNeighbor, _shipment: Shipment, _choices: Choices) -> dict[str, Any]:
    # how the neighbor is reached is nobody's business but ours
    return {"name": wish.name, "house_number": wish.house_number}


def _take(
    session: Session,
    shipment: Shipment,
    change: Change,
    wish: LeaveWithNeighbor,
    _choices: Choices,
    now: datetime,
) -> No | None:
    return may_ask(session, shipment, change, wish, now)


def _facts(change: Change) -> dict[str, Any]:
    return {"neighbor": f"{change.to.get('name', '')}, {change.to.get('house_number', '')}".strip(", ")}


NEIGHBOR = Effect(_target, take=_take, facts=_facts, asks_first=ask, clean=cleaned, follow=follow)
