"""Whether an accepted change was done as asked: what the door shows, what dispatch says, and whose word stands.

Dispatch's no always stands: nobody says it lightly. Its yes stands unless the door shows otherwise; then it needs
proof. What the door shows stands where dispatch said nothing stronger.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.change import Change, Life
from portal.domain.events import Happening, How
from portal.domain.kinds import KINDS, was_honoured
from portal.domain.shipment import State, Status

NEEDS_PROOF = "The delivery shows otherwise. Send what proves it as `proof`."


class Says(StrEnum):
    """Who says how it ended."""

    DELIVERY = "delivery"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended; `note` is one line for the recipient, then what proves it. `honoured` None: nobody knows."""

    honoured: bool | None
    by: Says
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contradicted:
    """What was said cannot stand, and why."""

    because: str


def shown(change: Change, state: State) -> bool | None:
    """What the door shows of an accepted change; None where it shows nothing."""
    if change.life is not Life.ACCEPTED or state.since is None or state.last is None:
        return None
    wanted = KINDS[change.kind].handed_as
    if state.status is Status.READY_FOR_PICKUP:
        return How.LOCKER in wanted if wanted else None
    if state.status is not Status.DELIVERED:
        return None
    if state.last.happening is Happening.COLLECTED and not wanted:
        return None  # when somebody fetched it says nothing of when we came
    return was_honoured(change, state.how, state.since)


def seen_at_door(change: Change, honoured: bool) -> Outcome | None:
    """The outcome now that the door shows this; None where dispatch's word stands or nothing is new."""
    if change.outcome_by == Says.DISPATCH and (change.honoured is False or honoured or change.outcome_proof):
        return None
    known = change.honoured is honoured and change.outcome_by == Says.DELIVERY
    return None if known else Outcome(honoured, Says.DELIVERY)


def said_by_dispatch(
    change: Change, door: bool | None, honoured: bool, note: str
) -> Outcome | Contradicted | None:
    """The outcome now that dispatch says this, while the door shows `door`; None: it was said before."""
    said = Outcome(honoured, Says.DISPATCH, note)
    if honoured and door is False and not note.partition("\n")[2].strip():
        return Contradicted(NEEDS_PROOF)
    known = (change.honoured, change.outcome_by, change.outcome_note) == (honoured, Says.DISPATCH, note)
    return None if known else said


def taken_back(change: Change, was_there: datetime | None) -> bool:
    """Whether an outcome falls with the delivery that was taken back; what dispatch said before it does not."""
    if change.honoured is None:
        return False
    about_it = was_there is not None and change.outcome_at is not None and change.outcome_at >= was_there
    return change.outcome_by != Says.DISPATCH or about_it
