"""An agent puts one of the shipper's own short words on a shipment, or takes it off."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.roles import Role, may
from portal.domain.tags import folded, why_not
from portal.flows.agent_acts import Done, Sorry, record
from portal.flows.agents import actor
from portal.store import shipments, tags
from portal.store.agents import Agent
from portal.store.person_find import HOLD

KEEPS = "This tag keeps what would be erased, so only a lead takes it off."


def add(session: Session, agent: Agent, shipment_id: int, tag: str, now: datetime) -> Done | Sorry | None:
    """Put a tag (one clean line) on a shipment. None: there is no such shipment in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    there = tags.of_shipments(session, [shipment.id]).get(shipment.id, [])
    if because := why_not(tag, there=len(there)):
        return Sorry(because)
    if tags.add(session, shipment.shipper_id, shipment.id, tag, actor(agent), now):
        record(session, agent, shipment, "tagged", now, tag=tag)
    return Done(f"Tagged “{tag}”.")


def remove(session: Session, agent: Agent, shipment_id: int, tag: str, now: datetime) -> Done | Sorry | None:
    """Take a tag off a shipment. None: there is no such shipment in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    if folded(tag) == HOLD and not may(agent.role, Role.LEAD):
        return Sorry(KEEPS)
    if tags.remove(session, shipment.id, tag):
        record(session, agent, shipment, "untagged", now, tag=tag)
    return Done(f"“{tag}” is off." if tag else "There was nothing to remove.")
