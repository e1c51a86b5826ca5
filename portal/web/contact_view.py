"""Contact data as this agent may see it at this moment: masked, or whole after a reason was given."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.store.agents import Agent


@dataclass(frozen=True, slots=True)
class ShownContact:
    """What stands on the page. `masked`: there is more to see, with a reason."""

    phone: str
    email: str
    masked: bool


def shown(session: Session, agent: Agent, shipment: Shipment) -> ShownContact:
    """The recipient's contacts as this agent may see them."""
    return ShownContact(shipment.recipient.phone, shipment.recipient.email, False)
