"""What a carrier says later about a message, and how far it may move it: only forward."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifications.message import Standing
from notifications.trouble import Trouble


class Consent(StrEnum):
    """What a receipt or a reply says about being written to."""

    STOP = "stop"
    START = "start"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One report of a carrier. `event_id` is unique per carrier; `standing` None: it moves no message.

    `trouble` says what a failure is about.
    """

    provider: str
    event_id: str
    at: datetime
    message_id: str = ""
    provider_id: str = ""
    standing: Standing | None = None
    word: str = ""
    code: str = ""
    text: str = ""
    consent: Consent | None = None
    trouble: Trouble | None = None


class Keyword(StrEnum):
    """The words a phone network reserves, whatever the language they came in."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text that somebody sent to us; numbers in E.164."""

    provider: str
    provider_id: str
    sender: str
    text: str
    at: datetime
    keyword: Keyword | None = None
    answered_by_carrier: bool = False


# Delivered is the last word: a later failure is kept as an event and moves nothing.
RANK = {
    Standing.QUEUED: 0,
    Standing.STOPPED: 0,
    Standing.EXPIRED: 0,
    Standing.SENDING: 1,
    Standing.UNKNOWN: 1,
    Standing.SENT: 2,
    Standing.FAILED: 3,
    Standing.DELIVERED: 4,
}


def forward(stands: Standing, told: Standing) -> Standing:
    """Where a message stands after a receipt: never further back than before."""
    return told if RANK[told] > RANK[stands] else stands
