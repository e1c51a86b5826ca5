"""A small cast for tests: one morning, one street, and parcels on their way there."""

from datetime import UTC, datetime, timedelta

from portal.domain.events import DispatchEvent, Happening
from portal.domain.kinds.base import Situation
from portal.domain.parcel import Parcel, Restrictions
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
SHOEBOX = Parcel("P-1", 900, 330, 200, 120)
WARDROBE = Parcel("P-2", 40_000, 2_000, 1_000, 600)


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the test's day, a Monday."""
    return MIDNIGHT + timedelta(hours=hour, minutes=minute)


def event(happening: str, hour: int, minute: int = 0, event_id: str = "", **more: object) -> DispatchEvent:
    """An event of the day; its id is its kind and time unless given."""
    name = event_id or f"{happening}@{hour:02}{minute:02}"
    return DispatchEvent(name, Happening(happening), at(hour, minute), **more)  # type: ignore[arg-type]


def waiting(
    status: Status = Status.AT_DEPOT,
    window: tuple[int, int] | None = (14, 16),
    parcels: tuple[Parcel, ...] = (SHOEBOX,),
    restrictions: Restrictions | None = None,
    rules: ShipperRules | None = None,
    **more: object,
) -> Situation:
    """A shipment's situation, in the depot with a window from 14 to 16 unless told otherwise."""
    start, end = (at(window[0]), at(window[1])) if window else (None, None)
    return Situation(
        status,
        parcels,
        restrictions or Restrictions(),
        rules or ShipperRules(),
        start,
        end,
        **more,  # type: ignore[arg-type]
    )
