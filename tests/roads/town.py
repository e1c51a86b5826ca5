"""A small map file: streets of 390 m blocks, a one-way street, a lane nobody may drive, and a river in between.

7 ── 8 ── 9      north: 7-8-9 is a main road
│    ↑    │      2 to 5 to 8 is one-way, northwards
4 ── 5 ── 6
│    ↑    │      an island: 21 ── 22
1 ── 2 ── 3
"""

from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

from portal.domain.geo import METERS_PER_DEGREE, Point

BLOCK_M = 390.0
SOUTH_WEST = Point(0.3, 20.0)

Ways = list[tuple[list[int], dict[str, str]]]

PLACES = {row * 3 + column + 1: (row, column) for row in range(3) for column in range(3)}
STREETS: Ways = [
    ([1, 2, 3], {"highway": "residential", "name": "South Street"}),
    ([4, 5, 6], {"highway": "residential"}),
    ([7, 8, 9], {"highway": "secondary"}),
    ([1, 4, 7], {"highway": "residential"}),
    ([3, 6, 9], {"highway": "residential"}),
    ([2, 5, 8], {"highway": "residential", "oneway": "yes"}),
    ([1, 5], {"highway": "footway"}),
    ([5, 9], {"highway": "service", "access": "no"}),
]


def spot(row: float, column: float) -> Point:
    """A place of the town, counted in blocks from its south-west corner; near the equator degrees are square."""
    step = BLOCK_M / METERS_PER_DEGREE
    return Point(SOUTH_WEST.lat + row * step, SOUTH_WEST.lng + column * step)


def write(
    path: Path, ways: Ways = STREETS, more: dict[int, tuple[float, float]] | None = None, missing: int = 0
) -> Path:
    """The map file; `more` are other nodes by (row, column), `missing` one that the file leaves out."""
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    for number, (row, column) in sorted((PLACES | (more or {})).items()):
        if number != missing:
            at = spot(row, column)
            writer.add_node(Node(id=number, location=(at.lng, at.lat)))
    for number, (nodes, tags) in enumerate(ways, 1):
        writer.add_way(Way(id=number, nodes=nodes, tags=tags))
    writer.close()
    return path
