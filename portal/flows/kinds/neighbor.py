"""A neighbor takes it: what dispatch reads of them, and how messages name them."""

from typing import Any

from portal.domain.change import Change
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.flows.kinds.base import Effect


def _target(wish: LeaveWithNeighbor, _shipment: Shipment, _choices: Choices) -> dict[str, Any]:
    # how the neighbor is reached is nobody's business but ours
    return {"name": wish.name, "house_number": wish.house_number}


def _facts(change: Change) -> dict[str, Any]:
    return {"neighbor": f"{change.to.get('name', '')}, {change.to.get('house_number', '')}".strip(", ")}


NEIGHBOR = Effect(_target, facts=_facts)
