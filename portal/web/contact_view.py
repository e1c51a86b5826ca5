"""Contact data as this agent may see it at this moment: masked, or whole after a reason was given."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import masking
from portal.domain.delivery import Shipment
from portal.flows import reveals
from portal.store.agents import Agent
from portal.wiring import kit


@dataclass(frozen=True, slots=True)
class ShownContact:
    """What stands on the page. `masked`: there is more to see, with a reason; else it is seen `until` then."""

    phone: str
    email: str
    masked: bool
    until: datetime | None = None


def shown(session: Session, agent: Agent, shipment: Shipment) -> ShownContact:
    """The recipient's contacts as this agent may see them."""
    who = shipment.recipient
    until = reveals.open_until(session, agent, shipment.id, kit().now())
    if until is None:
        return ShownContact(masking.phone(who.phone), masking.email(who.email), True)
    return ShownContact(who.phone, who.email, False, until)
