"""Lays the streets of the demo town, and makes the graph a van drives on."""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, dist, pi, radians, sin
from random import Random

from portal.demo import quarters
from portal.demo.quarters import QUARTERS, Quarter

Point = tuple[float, float]
Graph = dict[Point, dict[Point, float]]

RING_RADIUS_M = 560.0
INNER_RADIUS_M = 260.0
SPOKES = 8


@dataclass(frozen=True, slots=True)
class Street:
    """A street: points in meters east and north of the market square; `main` ones are drawn wider."""

    name: str
    postcode: str
    points: tuple[Point, ...]
    main: bool = False


def lay(rng: Random) -> list[Street]:
    """Every street of the town."""
    grids = {quarter.key: _grid(quarter, rng) for quarter in QUARTERS}
    streets = _old_town(rng)
    for quarter in QUARTERS:
        streets += _patch(quarter, grids[quarter.key])
    return streets + _roads_between(streets, grids)


def _grid(quarter: Quarter, rng: Random) -> list[list[Point]]:
    turn = radians(quarter.turn_deg)
    rows, columns = len(quarter.rows), len(quarter.columns)
    grid = []
    for row in range(rows):
        line = []
        for column in range(columns):
            along = (
                (column - (columns - 1) / 2) * quarter.column_gap_m
                + rng.uniform(-16, 16)
                + 20 * sin(row * 1.1)
            )
            across = (
                (row - (rows - 1) / 2) * quarter.row_gap_m
                + rng.uniform(-12, 12)
                + 22 * sin(column * 0.9 + row)
            )
            x, y = quarter.middle
            line.append(
                _rounded(
                    x + along * cos(turn) - across * sin(turn), y + along * sin(turn) + across * cos(turn)
                )
            )
        grid.append(line)
    return grid


def _patch(quarter: Quarter, grid: list[list[Point]]) -> list[Street]:
    rows = [
        Street(name, quarter.postcode, tuple(line)) for name, line in zip(quarter.rows, grid, strict=True)
    ]
    columns = [
        Street(name, quarter.postcode, tuple(line))
        for name, line in zip(quarter.columns, zip(*grid, strict=True), strict=True)
    ]
    return rows + columns


def _circle(radius: float, corners: int, rng: Random) -> list[Point]:
    angles = [2 * pi * corner / corners for corner in range(corners)]
    return [
        _rounded((radius + rng.uniform(-24, 24)) * cos(a), (radius + rng.uniform(-24, 24)) * sin(a))
        for a in angles
    ]


def _old_town(rng: Random) -> list[Street]:
    ring, inner = _circle(RING_RADIUS_M, 2 * SPOKES, rng), _circle(INNER_RADIUS_M, SPOKES, rng)
    square = (0.0, 0.0)
    postcode = quarters.OLD_TOWN_POSTCODE
    streets = [
        Street(quarters.OLD_TOWN_RING, postcode, (*ring, ring[0]), main=True),
        Street(quarters.OLD_TOWN_INNER, postcode, (*inner, inner[0])),
    ]
    for spoke, name in enumerate(quarters.OLD_TOWN_SPOKES):
        main = spoke % 4 == 0
        points = (
            (square, inner[spoke], ring[2 * spoke]) if spoke % 2 == 0 else (inner[spoke], ring[2 * spoke])
        )
        streets.append(Street(name, postcode, points, main))
    return streets


def _roads_between(streets: list[Street], grids: dict[str, list[list[Point]]]) -> list[Street]:
    """One road from the ring to each quarter, one from each quarter to the next, and the depot's."""
    ring = streets[0].points
    around = ["heron", "orchard", "mill", "garden", "wharf"]
    roads = []
    for quarter in QUARTERS:
        start, end = _nearest(ring, _nodes(grids[quarter.key]))
        roads.append(
            Street(f"{quarter.name} Road", quarter.postcode, (start, _bow(start, end), end), main=True)
        )
    for one, two in pairwise(around):
        start, end = _nearest(_nodes(grids[one]), _nodes(grids[two]))
        roads.append(Street("Outer Road", _postcode(two), (start, _bow(start, end), end), main=True))
    start, end = _nearest([quarters.DEPOT], _nodes(grids["wharf"]))
    roads.append(Street(quarters.DEPOT_ROAD, _postcode("wharf"), (start, end), main=True))
    start, end = _nearest([quarters.DEPOT], _nodes(grids["heron"]))
    return [*roads, Street("Long Bridge", _postcode("heron"), (start, _bow(start, end), end), main=True)]


def _postcode(key: str) -> str:
    return next(quarter.postcode for quarter in QUARTERS if quarter.key == key)


def _nodes(grid: list[list[Point]]) -> list[Point]:
    return [point for line in grid for point in line]


def _nearest(ones: tuple[Point, ...] | list[Point], others: list[Point]) -> tuple[Point, Point]:
    return min(((one, other) for one in ones for other in others), key=lambda pair: dist(*pair))


def _bow(start: Point, end: Point) -> Point:
    """A point beside the middle, so that a long road is not ruled with a ruler."""
    (x, y), (u, v) = start, end
    return _rounded((x + u) / 2 + (v - y) * 0.06, (y + v) / 2 - (u - x) * 0.06)


def _rounded(x: float, y: float) -> Point:
    return (round(x, 1), round(y, 1))


def graph_of(streets: list[Street]) -> Graph:
    """Which points a van can drive between, and the meters."""
    graph: Graph = {}
    for street in streets:
        for start, end in pairwise(street.points):
            join(graph, start, end)
    return graph


def join(graph: Graph, start: Point, end: Point) -> None:
    """Make two points neighbors, both ways."""
    meters = dist(start, end)
    graph.setdefault(start, {})[end] = meters
    graph.setdefault(end, {})[start] = meters
