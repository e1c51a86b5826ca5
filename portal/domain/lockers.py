"""Lockers and pickup points: which compartment parcels fit into, how far it is to walk, and a stay with its end."""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.geo import Point
from portal.domain.packing import MOST_TOGETHER, fit_together
from portal.domain.parcel import Parcel

# Streets are no great circles: the way on foot is about a third longer (detour index of towns, 1.2 to 1.4).
DETOUR = 1.3
WALKING_M_A_MINUTE = 80.0
# What has no accent to take off, but is typed without it.
LETTERS = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


class Sort(StrEnum):
    """What it is: a machine that opens by itself, or a counter with people."""

    LOCKER = "locker"
    PICKUP_POINT = "pickup_point"


class Misfit(StrEnum):
    """Why a locker cannot take a shipment now, the lasting reasons first."""

    TOO_BIG = "too_big"
    TOO_HEAVY = "too_heavy"
    NOT_LOW = "not_low"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Compartment:
    """A kind of box in a locker; `free` of `count` can still be taken.

    `max_weight_g` 0: no limit; `low`: it is reached without lifting, also from a wheelchair.
    """

    id: int
    size: str
    width_mm: int
    height_mm: int
    depth_mm: int
    count: int
    free: int
    max_weight_g: int = 0
    low: bool = False

    @property
    def sides_mm(self) -> tuple[int, int, int]:
        """The three sides, shortest first."""
        a, b, c = sorted((self.width_mm, self.height_mm, self.depth_mm))
        return a, b, c

    @property
    def volume(self) -> int:
        """Cubic millimeters."""
        return self.width_mm * self.height_mm * self.depth_mm


@dataclass(frozen=True, slots=True)
class Locker:
    """A locker or pickup point with its compartments; `reachable`: without steps."""

    id: int
    key: str
    name: str
    address: str
    lat: float
    lng: float
    hours: str
    reachable: bool
    hold_hours: int
    compartments: tuple[Compartment, ...]
    sort: Sort = Sort.LOCKER


@dataclass(frozen=True, slots=True)
class Place:
    """A known point near which somebody looks for a locker."""

    name: str
    address: str
    point: Point


def folded(text: str) -> str:
    """Words as they are compared: no accents, no capitals, no signs, one space between."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    letters = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(letters).split())


def fits(parcels: Iterable[Parcel], compartment: Compartment) -> bool:
    """Whether all parcels fit together by their sides; unknown sizes by trust."""
    sides = sorted(parcel.sides_mm for parcel in parcels)
    if any(side > room for box in sides for side, room in zip(box, compartment.sides_mm, strict=True)):
        return False
    known = tuple(box for box in sides if all(box))
    return len(sides) <= MOST_TOGETHER and fit_together(known, compartment.sides_mm)


def light_enough(parcels: Iterable[Parcel], compartment: Compartment) -> bool:
    """Whether the compartment carries all parcels together; unknown weights by trust."""
    limit = compartment.max_weight_g
    return not limit or sum(parcel.weight_g for parcel in parcels) <= limit


def smallest_fitting(parcels: Iterable[Parcel], locker: Locker, low: bool = False) -> tuple[Compartment, ...]:
    """The compartments that take these parcels, smallest first, whether free or not; `low`: only low ones."""
    boxes = list(parcels)
    fitting = (
        box
        for box in locker.compartments
        if (box.low or not low) and light_enough(boxes, box) and fits(boxes, box)
    )
    # what can be reached by everybody is kept for who needs it, where another of its size will do
    return tuple(sorted(fitting, key=lambda box: (box.volume, box.low)))


def misfit(parcels: Iterable[Parcel], locker: Locker, low: bool = False) -> Misfit | None:
    """Why this locker cannot take these parcels now; None when it can."""
    boxes = list(parcels)
    by_size = [box for box in locker.compartments if fits(boxes, box)]
    carried = [box for box in by_size if light_enough(boxes, box)]
    reached = [box for box in carried if box.low or not low]
    if not by_size:
        return Misfit.TOO_BIG
    if not carried:
        return Misfit.TOO_HEAVY
    if not reached:
        return Misfit.NOT_LOW
    return None if any(box.free > 0 for box in reached) else Misfit.FULL


def walking_m(straight_m: float) -> float:
    """Meters on foot for a distance on the great circle."""
    return straight_m * DETOUR


def walking_minutes(straight_m: float) -> int:
    """Minutes on foot for a distance on the great circle, rounded up, at least one."""
    return max(math.ceil(walking_m(straight_m) / WALKING_M_A_MINUTE), 1)


@dataclass(frozen=True, slots=True)
class Booking:
    """A compartment kept for the shipment of a change, and the stay in it.

    `arrived_at` is when the parcel was put in, `until` when the stay ends, `extended` how often it was made longer;
    `own_code` opens it where the locker makes its own codes. `delegate_nonce` is there while somebody else may
    collect it, `delegate_used_at` once they did. `expired_at` is when dispatch was told that the time is over.
    """

    change_id: str
    shipment_id: int
    compartment_id: int
    size: str
    low: bool
    locker: Locker
    released_at: datetime | None = None
    arrived_at: datetime | None = None
    until: datetime | None = None
    extended: int = 0
    own_code: str = ""
    delegate_nonce: str = ""
    delegate_used_at: datetime | None = None
    opened_at: datetime | None = None
    opened_by: str = ""
    expired_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """The parcel is in it and was not taken out."""
        return self.arrived_at is not None and self.released_at is None

    def over(self, now: datetime) -> bool:
        """The time to collect it has run out."""
        return self.until is not None and now >= self.until


def stay_end(arrived_at: datetime, locker: Locker) -> datetime:
    """Until when a parcel that was put in may stay."""
    return arrived_at + timedelta(hours=locker.hold_hours)
