"""The driver was at a door, or turns out not to have been: the windows shown there are judged, or judged anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.shipment import State
from portal.domain.visits import judged_by, let_go, visits
from portal.domain.window import score
from portal.store import promises


class Moved(Protocol):
    """A shipment with its state before and after a batch."""

    @property
    def id(self) -> int: ...
    @property
    def before(self) -> State: ...
    @property
    def state(self) -> State: ...


def was_visited(one: Moved) -> bool:
    """Whether the batch says something new about when the driver was at this door."""
    return visits(one.before.story) != visits(one.state.story)


def judge(
    session: Session, visited: Sequence[Moved], wishes: Mapping[int, Sequence[Change]], now: datetime
) -> None:
    """Judge each window shown at these doors by the first visit since; one whose visit was taken back is open again.

    Only outcomes that differ are written, so that figures count each window once.
    """
    visits_at = {one.id: visits(one.state.story) for one in visited}
    gone = {one.id: let_go(wishes.get(one.id, ())) for one in visited}
    outcomes: list[promises.Verdict] = []
    for shown in promises.of_shipments(session, visits_at):
        at = judged_by(shown.promise, visits_at[shown.shipment_id], gone[shown.shipment_id])
        if at != shown.delivered_at:
            window = shown.promise
            outcome = score(window.start, window.end, at).outcome.value if at else None
            outcomes.append((shown.id, outcome, at))
    promises.score(session, outcomes, now)
