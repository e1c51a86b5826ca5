"""The demo's lockers and the windows a recipient can choose instead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.demo.endings import Ending
from portal.demo.paths import distances
from portal.demo.plan import Day
from portal.demo.streets import Point
from portal.demo.town import Door, Town

DEPOT_NAME = "Alderquay Depot"

LOCKER_SERVICE = timedelta(minutes=4)

# Size, width, height and depth in millimeters.
BOXES = (("S", 400, 120, 600), ("M", 400, 260, 600), ("L", 400, 460, 600))


@dataclass(frozen=True, slots=True)
class LockerStation:
    """A locker on a street corner; `counts` are its compartments by size."""

    key: str
    name: str
    street: str
    hours: str
    reachable: bool
    counts: dict[str, int]


STATIONS = (
    LockerStation(
        "L-MARKET", "Market Row Locker", "Market Row", "day and night", True, {"S": 6, "M": 6, "L": 3}
    ),
    LockerStation(
        "L-WILLOW", "Willow Landing Locker", "Willow Landing", "6 am to 11 pm", True, {"S": 4, "M": 4, "L": 2}
    ),
    LockerStation(
        "L-GARDEN", "Lavender Walk Locker", "Lavender Walk", "day and night", False, {"S": 4, "M": 3, "L": 1}
    ),
)

# Local start and end; capacity for all doors of the depot together.
SLOTS = (("09:00", "12:00", 12), ("13:00", "16:00", 10), ("16:30", "19:30", 6))


def corner(town: Town, station: LockerStation) -> Door:
    """The house at which a locker stands."""
    return next(door for door in town.doors if door.street == station.street)


def station(key: str) -> LockerStation | None:
    """The locker of this key."""
    return next((known for known in STATIONS if known.key == key), None)


def in_locker(station: LockerStation) -> Ending:
    """A stop that ends at a locker."""
    return Ending("ready_for_pickup", place=station.name)


def meters_between(town: Town, one: Point, other: Point) -> float:
    """How far a van drives from one foot to another."""
    return distances(town.graph, one)[0][other]


@dataclass(frozen=True, slots=True)
class DaySlot:
    """A window that can be chosen."""

    key: str
    start: datetime
    end: datetime
    capacity: int
    closes_at: datetime


def slots(day: Day, days: int = 3) -> list[DaySlot]:
    """The windows of today and the next days; each closes an hour before it begins."""
    found = []
    for ahead in range(days):
        for start, end, capacity in SLOTS:
            begins = day.at(start, ahead)
            key = f"{day.date + timedelta(days=ahead)}-{start[:2]}"
            found.append(DaySlot(key, begins, day.at(end, ahead), capacity, begins - timedelta(hours=1)))
    return found
