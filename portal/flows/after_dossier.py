"""A picture from the door or of a problem that an agent looks at, which is written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.flows.agents import actor
from portal.store import audit, files, shipments
from portal.store.agents import Agent
from portal.store.files import File


def look_at_picture(
    session: Session, agent: Agent, shipment_id: int, name: str, now: datetime
) -> list[File] | None:
    """The pictures of a shipment in the agent's scope, among them the one looked at, which is written down."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    kept = [one for one in files.of_shipment(session, shipment.id, now) if one.id == name]
    for one in kept:
        audit.record(
            session,
            actor(agent),
            "looked_at_picture",
            now,
            shipper_id=shipment.shipper_id,
            shipment_id=shipment.id,
            picture=one.sort.value,
        )
    return kept
