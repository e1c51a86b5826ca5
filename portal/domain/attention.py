"""What an agent calls dispatch's attention to: a shipment, or one of its events that looks wrong."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_WORDS = 500


class Ending(StrEnum):
    """How it ended, if not by being read."""

    TAKEN_BACK = "taken_back"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Attention:
    """An agent's words to dispatch. `event_id` names the event that is doubted; empty: the shipment is meant.

    `read_by` is whoever at dispatch said so. `ended_how` is empty while it stands. Times are aware, UTC.
    """

    id: str
    shipper_id: int
    shipment_id: int
    event_id: str
    words: str
    by: str
    at: datetime
    read_at: datetime | None = None
    read_by: str = ""
    ended_at: datetime | None = None
    ended_how: str = ""

    @property
    def stands(self) -> bool:
        """Whether it was neither taken back nor settled by a correction."""
        return self.ended_at is None

    @property
    def state(self) -> str:
        """In one word: waiting, read, taken_back or corrected."""
        return self.ended_how or ("read" if self.read_at else "waiting")

    @property
    def waits(self) -> bool:
        """Whether nobody at dispatch has read it yet."""
        return self.stands and self.read_at is None


def why_not_back(attention: Attention) -> str:
    """Why an agent may not take it back any more; empty when they may."""
    if attention.ended_how == Ending.CORRECTED:
        return "Dispatch has corrected the event already."
    if attention.read_at is not None:
        return "Dispatch has read it already. Please write to them again if something changed."
    return ""
