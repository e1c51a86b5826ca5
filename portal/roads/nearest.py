"""The piece of road nearest to a door, and how a van gets from there into the graph."""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from portal.domain.geo import METERS_PER_DEGREE, Point
from portal.roads.roadmap import E7, RoadMap

# Further from any road than this, a place is not of this map.
OFF_THE_MAP_M = 400.0
# Cells are larger than a piece of road, so that one ring round a place's own cell is enough for what is near.
CELL_M = 250.0
RINGS = (1, 2)
# This share of a piece, two meters at most, is its end.
CORNER = 0.02


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a place meets the road: `walk_m` from it, `share` along its piece.

    A van leaves by node `out` after `out_seconds`, and comes by node `into` with `into_seconds` to go.
    """

    piece: int
    share: float
    walk_m: float
    out: int
    out_seconds: float
    into: int
    into_seconds: float


class Nearest:
    """Finds pieces of road by a grid of cells over their middles."""

    def __init__(self, roads: RoadMap) -> None:
        stops = np.flatnonzero(roads.stopping)
        self._piece: NDArray[np.int64] = stops
        self._tail, self._head = roads.tail, roads.head
        self._forward, self._backward = roads.forward, roads.backward
        lat, lng = roads.lat / E7, roads.lng / E7
        self._shrink = float(np.cos(np.radians(np.median(lat))))
        self._from = self._flat(lat[roads.tail[stops]], lng[roads.tail[stops]])
        self._to = self._flat(lat[roads.head[stops]], lng[roads.head[stops]])
        cells = np.floor((self._from + self._to) / 2 / CELL_M).astype(np.int64)
        self._least = cells.min(axis=0) if len(cells) else np.zeros(2, np.int64)
        cells -= self._least
        self._width = int(cells[:, 1].max()) + 1 if len(cells) else 1
        keys = cells[:, 0] * self._width + cells[:, 1]
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def __call__(self, place: Point) -> Snap | None:
        """Where this place meets the road; None where none is near."""
        here = self._flat(np.array([place.lat]), np.array([place.lng]))[0]
        for rings in RINGS:
            found = self._nearest(here, self._around(here, rings))
            # what lies nearer than the ring's edge, less half a piece, cannot be beaten from outside
            if found and (found[2] <= (rings - 0.5) * CELL_M or rings == RINGS[-1]):
                return self._joined(*found) if found[2] <= OFF_THE_MAP_M else None
        return None

    def _flat(self, lat: NDArray[np.float64], lng: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([lat, lng * self._shrink], axis=1) * METERS_PER_DEGREE

    def _around(self, here: NDArray[np.float64], rings: int) -> NDArray[np.int64]:
        """Pieces of the cells around, as places in our own lists."""
        row, column = (np.floor(here / CELL_M).astype(np.int64) - self._least).tolist()
        first, last = max(column - rings, 0), min(column + rings, self._width - 1)
        if first > last:
            return self._order[:0]
        rows = np.arange(row - rings, row + rings + 1) * self._width
        starts = np.searchsorted(self._keys, rows + first, "left").tolist()
        ends = np.searchsorted(self._keys, rows + last, "right").tolist()
        return np.concatenate([self._order[start:end] for start, end in zip(starts, ends, strict=True)])

    def _nearest(
        self, here: NDArray[np.float64], among: NDArray[np.int64]
    ) -> tuple[int, float, float] | None:
        """(piece, share along it, meters to it) of the nearest of these."""
        if not len(among):
            return None
        start = self._from[among]
        along = self._to[among] - start
        length = np.maximum((along * along).sum(axis=1), 1e-9)
        share = np.clip(((here - start) * along).sum(axis=1) / length, 0.0, 1.0)
        off = here - start - along * share[:, None]
        meters = (off * off).sum(axis=1)
        best = int(meters.argmin())
        return int(self._piece[among[best]]), float(share[best]), float(meters[best] ** 0.5)

    def _joined(self, piece: int, share: float, walk_m: float) -> Snap:
        forward, backward = float(self._forward[piece]), float(self._backward[piece])
        tail, head = int(self._tail[piece]), int(self._head[piece])
        if min(share, 1 - share) < CORNER:
            # at a crossing: no piece of road binds a van to its direction
            corner = tail if share < CORNER else head
            return Snap(piece, share, walk_m, corner, 0.0, corner, 0.0)
        to_head, to_tail = _some(forward, 1 - share), _some(backward, share)
        from_tail, from_head = _some(forward, share), _some(backward, 1 - share)
        out = (head, to_head) if to_head <= to_tail else (tail, to_tail)
        into = (tail, from_tail) if from_tail <= from_head else (head, from_head)
        return Snap(piece, share, walk_m, *out, *into)


def _some(seconds: float, share: float) -> float:
    """A share of the seconds a piece takes; none of a forbidden one is allowed either."""
    return inf if seconds == inf else seconds * share
