"""A wish and its life: what a recipient may ask, and how far the asking has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    """How far a change has come. Nothing is promised before dispatch accepts.

    NOMINATED: a neighbor is asked first, dispatch knows nothing yet. REPLACED: a later change took its place.
    """

    NOMINATED = "nominated"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    REPLACED = "replaced"


class Aspect(StrEnum):
    """What of a delivery a change is about: of the accepted ones, the latest of each aspect holds."""

    WHERE = "where"
    WHEN = "when"
    DETAILS = "details"


class IfUnanswered(StrEnum):
    """What silence from dispatch means, by the shipper's rule."""

    REFUSE = "refuse"
    ACCEPT = "accept"


WAITS = {Life.NOMINATED, Life.ASKED}

# A parcel in one of these states can no longer be brought elsewhere: an open wish is overtaken by events.
ENDS_WAITING = {Status.DELIVERED, Status.RETURNING, Status.RETURNED, Status.CANCELLED, Status.LOST}


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer that a change once had: what it became, when, and by whom."""

    life: Life
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """One asked change. `to` and `came_from` are plain facts as dispatch gets them (docs/dispatch.md).

    `group_id` is shared by what was asked at once for several shipments of a door. `told_at` is when dispatch is
    known to have it (`told_how`: webhook, pull or desk), `seen_at` when the driver saw it, `outcome_at` when the
    door showed whether it was honoured (`outcome_by`: delivery, or dispatch's own word). `past` are answers that later
    ones took the place of: accepted, then withdrawn.
    """

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
    group_id: str = ""
    told_at: datetime | None = None
    told_how: str = ""
    seen_at: datetime | None = None
    seen_by: str = ""
    outcome_at: datetime | None = None
    outcome_by: str = ""
    past: tuple[Decision, ...] = ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every answer so far, oldest first."""
        if self.decided_at is None:
            return self.past
        return (*self.past, Decision(self.life, self.decided_at, self.decided_by))

    @property
    def outcome_words(self) -> str:
        """What the recipient is told of the outcome: the note's first line. What follows is proof, for agents."""
        return self.outcome_note.partition("\n")[0]

    @property
    def outcome_proof(self) -> str:
        """What dispatch sent to prove the outcome; empty when it sent none."""
        return self.outcome_note.partition("\n")[2].strip()

    @property
    def open(self) -> bool:
        """Dispatch has not answered and may still."""
        return self.life is Life.ASKED

    @property
    def waits(self) -> bool:
        """Somebody has yet to say yes or no: a neighbor, or dispatch."""
        return self.life in WAITS


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
    if change.life is Life.NOMINATED:
        return TooLate(change.life, "A neighbor is asked first; dispatch is asked after a yes.")
    if not change.open:
        return TooLate(change.life, f"This change is already {change.life.value}.")
    if now >= change.expires_at:
        return TooLate(Life.LAPSED, "The time to answer this change is over.")
    return Decided(wanted)


def lapsed_into(change: Change) -> Life:
    """What becomes of a change that nobody answered in time."""
    return Life.ACCEPTED if change.if_unanswered is IfUnanswered.ACCEPT else Life.LAPSED
