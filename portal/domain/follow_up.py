"""What somebody has to look after once the door has shown it: a wish not honoured, a parcel nobody has, a problem."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Matter(StrEnum):
    """What a follow-up is about. A new one needs its words in `MATTERS`."""

    NOT_HONOURED = "not_honoured"
    NOT_RECEIVED = "not_received"
    PROBLEM = "problem"
    PICKUP = "pickup"
    CONTACT = "contact"


# In an agent's list: what it is called, and what there is to do.
MATTERS: dict[Matter, tuple[str, str]] = {
    Matter.NOT_HONOURED: ("Not done as asked", "Find out what happened and call the recipient."),
    Matter.NOT_RECEIVED: ("Nobody has it", "Ask the driver where it was left, then tell the recipient."),
    Matter.PROBLEM: ("Problem reported", "Look at what was reported and answer."),
    Matter.PICKUP: ("Stuck at the pickup point", "Ask the pickup point, then tell the recipient."),
    Matter.CONTACT: ("Contact changed", "Make sure that the recipient asked for this."),
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One matter for an agent. `key` names it within its shipment; `facts` are plain JSON, `facts["words"]` the line
    that the list shows. `closed_by` and `note` say who looked after it and what they did.
    """

    id: int
    shipper_id: int
    shipment_id: int
    matter: Matter
    key: str
    facts: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""

    @property
    def words(self) -> str:
        """What the list shows of it, in one line; never a contact."""
        return str(self.facts.get("words", ""))

    @property
    def note(self) -> str:
        """What whoever closed it wrote down."""
        return str(self.facts.get("note", ""))
