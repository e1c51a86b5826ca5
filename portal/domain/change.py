"""A wish and its life: what a recipient may ask, and how far the asking has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.events import How
from portal.domain.shipment import Status


class Kind(StrEnum):
    """What kind of change a wish is."""

    NEIGHBOR = "neighbor"
    LOCKER = "locker"
    SAFE_PLACE = "safe_place"
    NEW_WINDOW = "new_window"
    INSTRUCTIONS = "instructions"
    ADDRESS_CORRECTION = "address_correction"
    HOLD = "hold"


class Life(StrEnum):
    """How far a change has come. Nothing is promised before dispatch accepts."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class IfUnanswered(StrEnum):
    """What silence from dispatch means, by the shipper's rule."""

    REFUSE = "refuse"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class LeaveWithNeighbor:
    """Hand it to this neighbor on the same street."""

    name: str
    house_number: str
    kind = Kind.NEIGHBOR


@dataclass(frozen=True, slots=True)
class LeaveInLocker:
    """Put it into this locker."""

    locker: str
    kind = Kind.LOCKER


@dataclass(frozen=True, slots=True)
class PickNewWindow:
    """Bring it in this slot instead."""

    slot: str
    kind = Kind.NEW_WINDOW


Wish = LeaveWithNeighbor | LeaveInLocker | PickNewWindow

# Who may see the parcel in the end if the wish was honoured; a new window has no say in it.
HANDED_AS = {Kind.NEIGHBOR: {How.NEIGHBOR}, Kind.LOCKER: {How.LOCKER}}

# These take the parcel away from the recipient's own door: one more proof than the link.
MOVES_ELSEWHERE = {
    Kind.NEIGHBOR,
    Kind.LOCKER,
    Kind.SAFE_PLACE,
    Kind.NEW_WINDOW,
    Kind.ADDRESS_CORRECTION,
    Kind.HOLD,
}


# A parcel in one of these states can no longer be brought elsewhere: an open wish is overtaken by events.
ENDS_WAITING = {Status.DELIVERED, Status.RETURNING, Status.RETURNED, Status.CANCELLED, Status.LOST}


@dataclass(frozen=True, slots=True)
class Change:
    """One asked change. `to` and `came_from` are plain facts as dispatch gets them (docs/dispatch.md)."""

    id: str
    shipment_id: int
    kind: Kind
    life: Life
    to: dict[str, object]
    came_from: dict[str, object]
    asked_at: datetime
    expires_at: datetime
    if_unanswered: IfUnanswered
    asked_by: str
    method: str
    window_start: datetime | None = None
    window_end: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    reason_code: str = ""
    reason: str = ""
    honoured: bool | None = None
    outcome_note: str = ""

    @property
    def outcome_words(self) -> str:
        """What the recipient is told of the outcome: the note's first line. What follows is proof, for agents."""
        return self.outcome_note.partition("\n")[0]

    @property
    def open(self) -> bool:
        """Dispatch has not answered and may still."""
        return self.life is Life.ASKED


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that holds."""

    life: Life


@dataclass(frozen=True, slots=True)
class TooLate:
    """A decision that came after the change was closed; `life` is where it stands."""

    life: Life
    because: str


def decide_answer(change: Change, accepted: bool, now: datetime) -> Decided | TooLate:
    """What an answer from dispatch does to the change at this moment."""
    wanted = Life.ACCEPTED if accepted else Life.REFUSED
    if change.life is wanted:
        return Decided(wanted)
    if not change.open:
        return TooLate(change.life, f"This change is already {change.life.value}.")
    if now >= change.expires_at:
        return TooLate(Life.LAPSED, "The time to answer this change is over.")
    return Decided(wanted)


def lapsed_into(change: Change) -> Life:
    """What becomes of a change that nobody answered in time."""
    return Life.ACCEPTED if change.if_unanswered is IfUnanswered.ACCEPT else Life.LAPSED


def was_honoured(change: Change, how: How | None, delivered_at: datetime) -> bool | None:
    """Whether a delivery did what an accepted change asked; None where the change was not accepted."""
    if change.life is not Life.ACCEPTED:
        return None
    if change.kind in HANDED_AS:
        return how in HANDED_AS[change.kind]
    if change.window_start is not None and change.window_end is not None:
        return change.window_start <= delivered_at <= change.window_end
    return None
