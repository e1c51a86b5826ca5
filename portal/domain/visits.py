"""When the driver was at the door, when the van left it, and by which visit a window that was shown is judged."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from portal.domain.change import Change, Kind, Life
from portal.domain.delivery import Promise
from portal.domain.events import DispatchEvent, Happening, Reason
from portal.domain.shipment import LEADS_TO, Status

# Attempts that failed for these reasons failed at the door; for any other reason nobody stood there.
AT_THE_DOOR = {None, Reason.UNKNOWN, *(reason for reason in Reason if reason.name.startswith("CONSIGNEE_"))}
# The van has left the door, with or without the parcel.
LEFT_THE_DOOR = {Status.DELIVERED, Status.MISSED, Status.RETURNING, Status.READY_FOR_PICKUP, Status.CANCELLED}
# Who asks for another time or place has let go of the windows shown before.
LETS_GO = {Kind.NEW_WINDOW, Kind.HOLD, Kind.LOCKER, Kind.ADDRESS_CORRECTION}


def visits(story: Iterable[DispatchEvent]) -> tuple[datetime, ...]:
    """The moments at which the driver was at the door, by the events that count, oldest first."""
    return tuple(sorted(event.happened_at for event in story if _at_the_door(event)))


def first_attempt(story: Iterable[DispatchEvent]) -> tuple[datetime, bool] | None:
    """When the parcel was first brought to the door and whether it was handed over then; None before that.

    Any failed attempt counts, whatever its reason: to the recipient it is one. `story`: the events that count,
    oldest first.
    """
    for event in story:
        if event.happening in (Happening.DELIVERED, Happening.ATTEMPT_FAILED):
            return event.happened_at, event.happening is Happening.DELIVERED
    return None


def _at_the_door(event: DispatchEvent) -> bool:
    if event.happening is Happening.ATTEMPT_FAILED:
        return event.reason in AT_THE_DOOR
    return event.happening is Happening.DELIVERED


def left_at(story: Iterable[DispatchEvent]) -> datetime | None:
    """When the van was done with this door on its latest trip; what becomes of the parcel later changes nothing."""
    left: datetime | None = None
    for event in story:
        status = LEADS_TO.get(event.happening)
        if status is Status.ON_VAN:
            left = None
        elif status in LEFT_THE_DOOR and left is None:
            left = event.happened_at
    return left


def let_go(changes: Iterable[Change]) -> tuple[datetime, ...]:
    """When dispatch agreed to another time or place that the recipient had asked for."""
    agreed = (one for one in changes if one.kind in LETS_GO and one.life is Life.ACCEPTED)
    return tuple(one.decided_at for one in agreed if one.decided_at is not None)


def judged_by(shown: Promise, visited: Sequence[datetime], gone: Sequence[datetime] = ()) -> datetime | None:
    """The first visit since the window was shown; None before it, or when the recipient let go of the window.

    `visited` as from `visits`, `gone` as from `let_go`.
    """
    visit = next((at for at in visited if at >= shown.updated_at), None)
    if visit is None or any(shown.updated_at < at <= visit for at in gone):
        return None
    return visit
