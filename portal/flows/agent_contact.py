"""An agent replaces a contact for a caller. It says who and why, and moves no parcel by itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.masking import in_text
from portal.flows import contact_changes
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.store import audit, shipments
from portal.store.agents import Agent

LONGEST_WHY = 200


def country_of(session: Session, agent: Agent, shipment_id: int) -> str | None:
    """The country of a shipment in the agent's scope, by which a number is read; None: there is none."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    return shipment.address.country if shipment else None


def replace(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment_id: int,
    phone: str,
    email: str,
    why: str,
    now: datetime,
) -> Done | Sorry | None:
    """Replace number or email of a shipment in the agent's scope; empty ones stay. None: no such shipment there."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    if shipment.state.finished:
        return Sorry("This delivery is over; its contacts stay as they were.")
    if not why or len(why) > LONGEST_WHY:
        return Sorry(f"Please say in up to {LONGEST_WHY} characters who asked for it and how you know them.")
    who = shipment.recipient
    after = contact_changes.put(
        session, voice, shipment, phone or who.phone, email or who.email, actor(agent), now
    )
    if after is shipment:
        return Sorry("These are the number and email that we already have.")
    audit.record(
        session,
        actor(agent),
        "contact_replaced",
        now,
        shipper_id=shipment.shipper_id,
        shipment_id=shipment.id,
        why=in_text(why),
    )
    return Done("The contact is replaced and the old one is told. Codes go to the new one in 24 hours.")
