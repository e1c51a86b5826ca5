"""Texts that nobody understood: an agent reads them, does what is needed, and ticks them off. Audited.

Each is a matter of the queue as well: looked after here, it is resolved there, and the other way round.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.follow_up import Matter
from portal.domain.masking import in_text
from portal.domain.telling_replies import Said, without_codes
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.work import raise_matter
from portal.store import audit, follow_ups, inbound
from portal.store.agents import Agent

MOST = 20
LONGEST_QUOTE = 160


def waiting(session: Session, agent: Agent) -> list[Said]:
    """The newest texts in the agent's scope that wait for somebody to look."""
    return inbound.waiting(session, agent.shipper_id, MOST)


def arrived(
    session: Session, text_id: int, text: str, shipper_id: int | None, shipment_id: int | None, now: datetime
) -> None:
    """A text came that nobody understood; of a stranger, whom we never wrote to, the queue does not hear."""
    if shipper_id is None:
        return
    said = " ".join(in_text(without_codes(text)).split())
    words = f"“{said[:LONGEST_QUOTE]}{'…' if len(said) > LONGEST_QUOTE else ''}”" if said else ""
    raise_matter(session, shipper_id, shipment_id, Matter.TEXT, _key(text_id), words, now, text_id=text_id)


def done(session: Session, agent: Agent, text_id: int, now: datetime) -> Done | Sorry | None:
    """This text was looked after. None: there is no such text in the agent's scope."""
    found = inbound.find(session, agent.shipper_id, text_id)
    if found is None:
        return None
    if found.handled_at is not None:
        return Sorry(f"{found.handled_by} has looked after this text already.")
    inbound.handle(session, found.id, actor(agent), now)
    matter = follow_ups.named(session, agent.shipper_id, found.shipment_id, Matter.TEXT, _key(found.id))
    if matter is not None:
        follow_ups.close(session, matter, actor(agent), "", now)
    audit.record(
        session,
        actor(agent),
        "looked_after_text",
        now,
        shipper_id=agent.shipper_id,
        shipment_id=found.shipment_id,
    )
    return Done("The text is off the list.")


def resolved(session: Session, agent: Agent, text_id: int, now: datetime) -> None:
    """Its matter was resolved in the queue."""
    found = inbound.find(session, agent.shipper_id, text_id)
    if found is not None and found.handled_at is None:
        inbound.handle(session, found.id, actor(agent), now)


def _key(text_id: int) -> str:
    return f"text-{text_id}"
