"""Texts that nobody understood: an agent reads them, does what is needed, and ticks them off. Audited."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.telling_replies import Said
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.store import audit, inbound
from portal.store.agents import Agent

MOST = 20


def waiting(session: Session, agent: Agent) -> list[Said]:
    """The newest texts in the agent's scope that wait for somebody to look."""
    return inbound.waiting(session, agent.shipper_id, MOST)


def done(session: Session, agent: Agent, text_id: int, now: datetime) -> Done | Sorry | None:
    """This text was looked after. None: there is no such text in the agent's scope."""
    found = inbound.find(session, agent.shipper_id, text_id)
    if found is None:
        return None
    if found.handled_at is not None:
        return Sorry(f"{found.handled_by} has looked after this text already.")
    inbound.handle(session, found.id, actor(agent), now)
    audit.record(
        session,
        actor(agent),
        "looked_after_text",
        now,
        shipper_id=agent.shipper_id,
        shipment_id=found.shipment_id,
    )
    return Done("The text is off the list.")
