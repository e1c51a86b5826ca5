"""The demo's town: streets, doors and depot, the same for the same seed, in the middle of the ocean."""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, dist, radians
from random import Random

from portal.demo import quarters
from portal.demo.streets import Graph, Point, Street, graph_of, join, lay

NAME = "Alderquay"
COUNTRY = "US"
TIMEZONE = "America/New_York"

# In the Atlantic, far from any house, so that it is nobody's town.
MIDDLE_LAT, MIDDLE_LNG = 38.5, -41.3
METERS_PER_DEGREE = 111_320.0

SEED = 7
DOORS_PER_STREET = 4
DOOR_FROM_STREET_M = 13.0
METERS_PER_HOUSE = 12.0


@dataclass(frozen=True, slots=True)
class Door:
    """A house: its address, where it stands, and `foot`, the point of the street where a van stops for it."""

    street: str
    number: int
    postcode: str
    at: Point
    foot: Point

    @property
    def line(self) -> str:
        """The address line, number first."""
        return f"{self.number} {self.street}"


@dataclass(frozen=True, slots=True)
class Town:
    """Everything that stands still."""

    streets: tuple[Street, ...]
    graph: Graph
    doors: tuple[Door, ...]
    depot: Point


def latlng(point: Point) -> tuple[float, float]:
    """Latitude and longitude of a point given in meters, to about 10 cm."""
    x, y = point
    lat = MIDDLE_LAT + y / METERS_PER_DEGREE
    lng = MIDDLE_LNG + x / (METERS_PER_DEGREE * cos(radians(MIDDLE_LAT)))
    return round(lat, 6), round(lng, 6)


def build(seed: int = SEED) -> Town:
    """The town of this seed."""
    rng = Random(seed)
    streets = lay(rng)
    graph = graph_of(streets)
    doors = [door for street in streets for door in _doors(street, rng)]
    _let_vans_stop(graph, streets, doors)
    return Town(tuple(streets), graph, tuple(doors), quarters.DEPOT)


def _doors(street: Street, rng: Random) -> list[Door]:
    """Some houses on both sides of a street; none on the roads between quarters."""
    if street.name.endswith(("Road", "Long Bridge")) and street.main:
        return []
    whole = sum(dist(a, b) for a, b in pairwise(street.points))
    places = sorted(rng.uniform(0.04, 0.96) * whole for _ in range(DOORS_PER_STREET))
    doors = {}
    for along in places:
        side = rng.choice((-1, 1))
        number = 2 * int(along / METERS_PER_HOUSE) + (2 if side > 0 else 1)
        doors[number] = _door(street, along, side, number)
    return list(doors.values())


def _door(street: Street, meters: float, side: int, number: int) -> Door:
    for (x, y), (u, v) in pairwise(street.points):
        step = dist((x, y), (u, v))
        if meters <= step:
            break
        meters -= step
    share = min(0.98, max(0.02, meters / step))
    foot = (round(x + (u - x) * share, 1), round(y + (v - y) * share, 1))
    off = side * DOOR_FROM_STREET_M / step
    return Door(
        street.name, number, street.postcode, (foot[0] + (v - y) * off, foot[1] - (u - x) * off), foot
    )


def _let_vans_stop(graph: Graph, streets: list[Street], doors: list[Door]) -> None:
    """Put the doors' feet into the graph, each between its neighbors along the street."""
    feet: dict[str, list[Point]] = {}
    for door in doors:
        feet.setdefault(door.street, []).append(door.foot)
    for street in streets:
        for start, end in pairwise(street.points):
            between = [foot for foot in feet.get(street.name, []) if _lies_on(foot, start, end)]
            chain = [start, *sorted(between, key=lambda foot: dist(start, foot)), end]
            for one, two in pairwise(chain):
                join(graph, one, two)


def _lies_on(point: Point, start: Point, end: Point) -> bool:
    return dist(start, point) + dist(point, end) - dist(start, end) < 0.05
