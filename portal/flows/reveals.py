"""An agent sees a recipient's contact in full, for a reason, for a quarter of an hour; every look is counted."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from portal.domain import masking
from portal.domain.follow_up import Matter
from portal.domain.reveals import ALARM_AFTER, LASTS, WITHIN, flaw, raises_alarm
from portal.domain.roles import Role, may
from portal.flows import quotas, work
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.store import audit, reveals, shipments
from portal.store.agents import Agent
from portal.store.reveals import Reveal

log = structlog.get_logger()
ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """Looks as a lead reads them, newest first, and who took the most in the last hour; `more` continues there."""

    looks: list[Reveal]
    busiest: list[tuple[str, int]]
    more: int | None


def open_until(session: Session, agent: Agent, shipment_id: int, now: datetime) -> datetime | None:
    """Until when this agent sees the contact of a shipment in their scope; None: they do not."""
    return reveals.until(session, agent.id, shipment_id, now)


def is_open(session: Session, agent: Agent, shipment_id: int, now: datetime) -> bool:
    """Whether this agent may see the contact of a shipment in their scope right now."""
    return open_until(session, agent, shipment_id, now) is not None


def reveal(
    session: Session, agent: Agent, shipment_id: int, reason: str, words: str, now: datetime
) -> Done | Sorry | None:
    """Open the contact of a shipment in the agent's scope for a quarter of an hour. None: no such shipment there."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    if not may(agent.role, Role.AGENT):
        return Sorry("You may read here; an agent can look at contacts.")
    if wrong := flaw(reason, words):
        return Sorry(wrong)
    if until := quotas.take(session, agent, "reveal", now):
        minutes = max(1, -(-int((until - now).total_seconds()) // 60))
        return Sorry(f"You have looked at as many contacts as you may in an hour. Please wait {minutes} min.")
    reveals.add(
        session, agent.id, shipment.shipper_id, shipment.id, reason, masking.in_text(words), now, now + LASTS
    )
    about = {"shipper_id": shipment.shipper_id, "shipment_id": shipment.id}
    audit.record(session, actor(agent), "contact_revealed", now, **about, reason=reason)
    if raises_alarm(looks := reveals.lately(session, agent.id, now - WITHIN)):
        _tell_leads(session, agent, looks, now)
    return Done("Number and email are shown for 15 minutes.")


def _tell_leads(session: Session, agent: Agent, looks: int, now: datetime) -> None:
    """Once an hour, the leads of the agent's own house; the log line is for whoever watches it."""
    log.warning("many_reveals", agent_id=agent.id, shipper_id=agent.shipper_id, count=looks)
    who = agent.name or f"Agent {agent.id}"
    words = f"{who} looked at more than {ALARM_AFTER} contacts in an hour."
    key = f"{agent.id}:{now:%Y-%m-%dT%H}"
    work.raise_matter(session, agent.shipper_id, None, Matter.REVEALS, key, words, now, agent_id=agent.id)


def listed(session: Session, agent: Agent, before_id: int | None, now: datetime) -> Listed:
    """Who looked at which contact, within the scope of a lead."""
    looks = reveals.listed(session, agent.shipper_id, before_id, ON_A_PAGE + 1)
    more = looks[ON_A_PAGE - 1].id if len(looks) > ON_A_PAGE else None
    busiest = reveals.busiest(session, agent.shipper_id, now - WITHIN)
    return Listed(looks[:ON_A_PAGE], busiest, more)
