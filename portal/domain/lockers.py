"""Which compartment of a locker a shipment fits, by the sizes of its parcels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.domain.parcel import Parcel


@dataclass(frozen=True, slots=True)
class Compartment:
    """A kind of box in a locker; `free` of `count` can still be taken."""

    id: int
    size: str
    width_mm: int
    height_mm: int
    depth_mm: int
    count: int
    free: int

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
    """A locker station with its compartments."""

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


@dataclass(frozen=True, slots=True)
class Booking:
    """A compartment kept for a shipment; `code` opens it once the parcel is in."""

    locker: Locker
    size: str
    until: datetime | None


def fits(parcels: Iterable[Parcel], compartment: Compartment) -> bool:
    """Whether all parcels fit together: each by its sides, all by volume; unknown sizes by trust."""
    boxes = list(parcels)
    if any(
        side > room
        for parcel in boxes
        for side, room in zip(parcel.sides_mm, compartment.sides_mm, strict=True)
    ):
        return False
    needed = sum(parcel.length_mm * parcel.width_mm * parcel.height_mm for parcel in boxes)
    return needed <= compartment.volume


def smallest_fitting(parcels: Iterable[Parcel], locker: Locker) -> tuple[Compartment, ...]:
    """The compartments that take these parcels, smallest first, whether free or not."""
    boxes = list(parcels)
    fitting = [compartment for compartment in locker.compartments if fits(boxes, compartment)]
    return tuple(sorted(fitting, key=lambda compartment: compartment.volume))
