"""What an agent does for a caller, and the first of it: a note. Every act is audited and says what became of it.

Each verb has its own module, `agent_acts_*`; all of them answer `Done`, `Sorry`, or None where there is no such
thing in the agent's scope.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.masking import in_text
from portal.flows.agents import actor
from portal.store import audit, shipments
from portal.store.agents import Agent

LONGEST_NOTE = 2_000
LONGEST_WHY = 200
SAY_WHY = f"Please say why, in up to {LONGEST_WHY} characters."
# A second press of the same button is the same wish.
SAME_PRESS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; the sentence says what."""

    what: str


@dataclass(frozen=True, slots=True)
class Sorry:
    """It was not done; the sentence says why."""

    because: str


def note(session: Session, agent: Agent, shipment_id: int, text: str, now: datetime) -> Done | Sorry | None:
    """Keep a note about a shipment in the agent's scope. None: there is no such shipment there."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    if not text:
        return Sorry("Please write something first.")
    if len(text) > LONGEST_NOTE:
        return Sorry(f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(text):,}.")
    if not _just_written(session, agent, shipment, text, now):
        audit.add_note(session, shipment.id, actor(agent), text, now)
        record(session, agent, shipment, "noted", now)
    return Done("Your note is saved.")


def _just_written(session: Session, agent: Agent, shipment: Shipment, text: str, now: datetime) -> bool:
    last = audit.notes(session, shipment.id)[-1:]
    return any((one.agent, one.text) == (actor(agent), text) and now - one.at < SAME_PRESS for one in last)


def record(
    session: Session, agent: Agent, shipment: Shipment, action: str, now: datetime, **detail: str
) -> None:
    """Write down what an agent did about a shipment; in what they typed as `why`, contacts are masked."""
    about, owner = shipment.id, shipment.shipper_id
    if why := detail.get("why"):
        detail["why"] = in_text(why)
    audit.record(session, actor(agent), action, now, shipper_id=owner, shipment_id=about, **detail)


def gives_reason(why: str) -> bool:
    """Whether a reason was given, and not a story."""
    return 0 < len(why) <= LONGEST_WHY


def just_did(session: Session, agent: Agent, shipment: Shipment, action: str, now: datetime) -> bool:
    """Whether the agent did this a moment ago: a second press of the same button. The shipment is locked."""
    return any(
        (one.actor, one.action) == (actor(agent), action) and now - one.at < SAME_PRESS
        for one in audit.of_shipment(session, shipment.id, 20)
    )
