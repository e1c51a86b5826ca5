"""The streets of a road file that lie in a part of the map: for drawing, so only numbers."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from portal.roads.roadmap import DRAWN, E7, BadRoads, RoadMap, load

Place = tuple[float, float]
# a meter is enough for a picture, and makes pages shorter
DIGITS = 5


class Streets:
    """Lines with their boxes."""

    def __init__(self, roads: RoadMap) -> None:
        self._places = np.stack([roads.line_lat, roads.line_lng], axis=1) / E7
        self._starts, self._kind = roads.line_start, roads.line_kind
        filled = np.diff(roads.line_start) > 0
        self._lines = np.flatnonzero(filled)
        starts = roads.line_start[:-1][filled]
        some = len(starts) > 0
        self._least = np.minimum.reduceat(self._places, starts) if some else np.empty((0, 2))
        self._most = np.maximum.reduceat(self._places, starts) if some else np.empty((0, 2))

    def within(
        self, south: float, west: float, north: float, east: float
    ) -> dict[str, list[tuple[Place, ...]]]:
        """Lines as (lat, lng) places by kind, `street` or `main`, whose box meets this one (degrees)."""
        meets = (self._least <= (north, east)).all(axis=1) & (self._most >= (south, west)).all(axis=1)
        found: dict[str, list[tuple[Place, ...]]] = {}
        for line in self._lines[meets].tolist():
            places = self._places[self._starts[line] : self._starts[line + 1]].round(DIGITS).tolist()
            kind = DRAWN[min(self._kind[line], len(DRAWN) - 1)]
            found.setdefault(kind, []).append(tuple((lat, lng) for lat, lng in places))
        return found


@lru_cache(maxsize=2)
def streets_of(path: Path) -> Streets | None:
    """The streets of a road file, or None where it cannot be read: a map without streets is still a map."""
    try:
        return Streets(load(path))
    except BadRoads:
        return None
