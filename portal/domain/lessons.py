"""Which finished rounds teach how far estimates stray, and why others do not: their data cannot be what happened."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from portal.domain.events import DispatchEvent, Happening
from portal.domain.round import Round, RoundStop
from portal.domain.visits import visits

FEWEST_STOPS = 3
LONGEST = timedelta(hours=20)
LEFT_EARLY_AT_MOST = timedelta(hours=4)
SCANNED_TOGETHER = timedelta(seconds=5)
MOST_SCANNED_TOGETHER = 0.5
MOST_STEPS_BACK = 0.2
MOST_HEARD_OF_LATE = 0.5


class LeftOut(StrEnum):
    """Why a round teaches nothing."""

    NOT_WHOLE = "some stops were never reported"
    TOO_SHORT = f"fewer than {FEWEST_STOPS} stops"
    TOO_LONG = f"more than {LONGEST.seconds // 3600} hours from the first stop to the last"
    TOO_EARLY = "done before it was to leave"
    TOGETHER = "reported all at once, not stop by stop"
    OTHER_ORDER = "driven in another order than planned"
    HEARD_OF_LATE = "told to us while or after it was driven"
    BROKEN = "could not be worked out"


def stood_there(story: Sequence[DispatchEvent], done_at: datetime | None) -> bool:
    """Whether somebody was at the door when its stop was done; a parcel called back leaves no visit."""
    dropped = (event.happened_at for event in story if event.happening is Happening.READY_FOR_PICKUP)
    return done_at is not None and done_at in (*visits(story), *dropped)


def left_out(finished: Round) -> LeftOut | None:
    """Why this round teaches nothing, or None: then every stop of it was done, in about the planned order."""
    done = finished.done()
    if len(done) < len(finished.stops):
        return LeftOut.NOT_WHOLE
    if len(done) < FEWEST_STOPS:
        return LeftOut.TOO_SHORT
    at = [stop.done_at for stop in done if stop.done_at is not None]
    if at[-1] - at[0] > LONGEST:
        return LeftOut.TOO_LONG
    if finished.departs_at is not None and at[0] < finished.departs_at - LEFT_EARLY_AT_MOST:
        return LeftOut.TOO_EARLY
    if _share(end - start <= SCANNED_TOGETHER for start, end in pairwise(at)) > MOST_SCANNED_TOGETHER:
        return LeftOut.TOGETHER
    if _share(later.seq < earlier.seq for earlier, later in pairwise(done)) > MOST_STEPS_BACK:
        return LeftOut.OTHER_ORDER
    if _share(map(_heard_of_late, done)) > MOST_HEARD_OF_LATE:
        return LeftOut.HEARD_OF_LATE
    return None


def _heard_of_late(stop: RoundStop) -> bool:
    return stop.known_at is not None and stop.done_at is not None and stop.known_at > stop.done_at


def _share(said: Iterable[bool]) -> float:
    found = list(said)
    return sum(found) / len(found)
