"""What somebody has to look after, before anybody calls about it: what it is, until when, who has taken it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# A key of a matter that is longer is cut: it names it still.
LONGEST_KEY = 80


class Matter(StrEnum):
    """What a follow-up is about. A new one needs its words in `MATTERS` and its time in `PATIENCE`."""

    WINDOW = "window"
    UNANSWERED = "unanswered"
    NOT_HONOURED = "not_honoured"
    UNREACHED = "unreached"
    STALLED = "stalled"
    PROBLEM = "problem"
    NEIGHBOR = "neighbor"
    LOCKER = "locker"
    NOT_RECEIVED = "not_received"
    FAR_AWAY = "far_away"
    PICKUP = "pickup"
    CONTACT = "contact"
    TEXT = "text"
    APPROVAL = "approval"
    REVEALS = "reveals"


# In an agent's list: what it is called, and what there is to do.
MATTERS: dict[Matter, tuple[str, str]] = {
    Matter.WINDOW: ("Window about to break", "Ask dispatch, then tell the recipient when it really comes."),
    Matter.UNANSWERED: ("Change not answered", "Ask dispatch for an answer before the change lapses."),
    Matter.NOT_HONOURED: ("Not done as asked", "Find out what happened and call the recipient."),
    Matter.UNREACHED: ("Message did not arrive", "Reach the recipient another way, or correct the contact."),
    Matter.STALLED: ("Stalled", "Ask dispatch where it is."),
    Matter.PROBLEM: ("Problem reported", "Look at what was reported and answer."),
    Matter.NEIGHBOR: ("Neighbor said no", "Offer the recipient another way before the van is there."),
    Matter.LOCKER: ("Locker time running out", "Remind the recipient, or ask for a longer stay."),
    Matter.NOT_RECEIVED: ("Nobody has it", "Ask the driver where it was left, then tell the recipient."),
    Matter.FAR_AWAY: ("Delivered far from the door", "Ask the driver where it was left."),
    Matter.PICKUP: ("Stuck at the pickup point", "Ask the pickup point, then tell the recipient."),
    Matter.CONTACT: ("Contact changed", "Make sure that the recipient asked for this."),
    Matter.TEXT: ("Text nobody understood", "Read it, do what is needed and answer."),
    Matter.APPROVAL: ("Waits for a second person", "Look at what is asked and say yes or no."),
    Matter.REVEALS: ("Many contacts revealed", "Ask the colleague what they needed them for."),
}

# How long a matter may wait that has no deadline of its own.
PATIENCE: dict[Matter, timedelta] = {
    Matter.WINDOW: timedelta(minutes=30),
    Matter.UNANSWERED: timedelta(hours=1),
    Matter.NOT_HONOURED: timedelta(hours=2),
    Matter.UNREACHED: timedelta(hours=2),
    Matter.STALLED: timedelta(hours=8),
    Matter.PROBLEM: timedelta(hours=8),
    Matter.NEIGHBOR: timedelta(hours=1),
    Matter.LOCKER: timedelta(hours=12),
    Matter.NOT_RECEIVED: timedelta(hours=2),
    Matter.FAR_AWAY: timedelta(hours=2),
    Matter.PICKUP: timedelta(hours=8),
    Matter.CONTACT: timedelta(hours=1),
    Matter.TEXT: timedelta(hours=2),
    Matter.APPROVAL: timedelta(minutes=30),
    Matter.REVEALS: timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One matter for an agent. `key` names it within its shipment; `facts` are plain JSON, `facts["words"]` the line
    that the list shows. `shipment_id` None: it is about no shipment (an alarm), `shipper_id` None: for the operator.

    `due_at` is when it breaks or has waited long enough. `claimed_by` is the agent who has taken it, `holder` their
    name; `handed_by` and `handed_words` say who gave it to them. `closed_by` and `note` say who looked after it and
    what they did.
    """

    id: int
    shipper_id: int | None
    shipment_id: int | None
    matter: Matter
    key: str
    facts: Mapping[str, Any]
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    claimed_by: int | None = None
    claimed_at: datetime | None = None
    holder: str = ""
    handed_by: str = ""
    handed_words: str = ""
    snoozed_until: datetime | None = None

    @property
    def words(self) -> str:
        """What the list shows of it, in one line; never a contact."""
        return str(self.facts.get("words", ""))

    @property
    def note(self) -> str:
        """What whoever closed it wrote down."""
        return str(self.facts.get("note", ""))

    def snoozed(self, now: datetime) -> bool:
        """Whether it is out of sight at this moment, until it comes back."""
        return self.closed_at is None and self.snoozed_until is not None and self.snoozed_until > now


def due(matter: Matter, opened_at: datetime, deadline: datetime | None = None) -> datetime:
    """When a matter breaks: at its own deadline, or where it has none, when it has waited long enough."""
    return deadline or opened_at + PATIENCE[matter]
