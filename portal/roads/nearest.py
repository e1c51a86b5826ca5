"""The piece of road nearest to a door, and how a van gets from there into the graph."""

from dataclasses import dataclass
from math import floor, inf

import numpy as np
from numpy.typing import NDArray

from portal.domain.geo import METERS_PER_DEGREE, Point
from portal.roads.roadmap import E7, RoadMap

# Further from any road than this, a place is not of this map.
OFF_THE_MAP_M = 400.0
# Cells are longer than a piece of road, so that one ring round a place's own cell is enough for what is near.
CELL_M = 120.0
RINGS = (1, 2, 4)
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
    """Finds pieces of road by a grid of cells over their middles. Meters north and east are complex numbers here."""

    def __init__(self, roads: RoadMap, *, stopping: bool) -> None:
        """`stopping`: only roads where somebody may get out, as for a door; else also the motorway a van is on."""
        self._piece = np.flatnonzero(roads.stopping if stopping else np.ones_like(roads.stopping))
        self._tail, self._head = roads.tail, roads.head
        self._forward, self._backward = roads.forward, roads.backward
        self._shrink = float(np.cos(np.radians(np.median(roads.lat / E7))))
        spots = (roads.lat + 1j * roads.lng * self._shrink) / E7 * METERS_PER_DEGREE
        self._from = spots[roads.tail[self._piece]]
        self._along = spots[roads.head[self._piece]] - self._from
        self._per_length = 1 / np.maximum(np.abs(self._along) ** 2, 1e-9)
        middles = (self._from + self._along / 2) / CELL_M
        rows, columns = np.floor(middles.real).astype(np.int64), np.floor(middles.imag).astype(np.int64)
        some = len(middles) > 0
        self._row, self._column = (int(rows.min()), int(columns.min())) if some else (0, 0)
        self._width = int(columns.max()) - self._column + 1 if some else 1
        keys = (rows - self._row) * self._width + columns - self._column
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def __call__(self, place: Point) -> Snap | None:
        """Where this place meets the road; None where none is near."""
        here = complex(place.lat, place.lng * self._shrink) * METERS_PER_DEGREE
        for rings in RINGS:
            found = self._nearest(here, self._around(here, rings))
            # what lies nearer than the ring's edge, less half a piece, cannot be beaten from outside
            if found and (found[2] <= (rings - 0.5) * CELL_M or rings == RINGS[-1]):
                return self._joined(*found) if found[2] <= OFF_THE_MAP_M else None
        return None

    def _around(self, here: complex, rings: int) -> NDArray[np.int64]:
        """Pieces of the cells around, as places in our own lists."""
        row, column = floor(here.real / CELL_M) - self._row, floor(here.imag / CELL_M) - self._column
        first, last = max(column - rings, 0), min(column + rings, self._width - 1)
        if first > last:
            return self._order[:0]
        rows = np.arange(row - rings, row + rings + 1) * self._width
        starts = self._keys.searchsorted(rows + first).tolist()
        ends = self._keys.searchsorted(rows + last, "right").tolist()
        return np.concatenate([self._order[start:end] for start, end in zip(starts, ends, strict=True)])

    def _nearest(self, here: complex, among: NDArray[np.int64]) -> tuple[int, float, float] | None:
        """(piece, share along it, meters to it) of the nearest of these."""
        if not len(among):
            return None
        along, away = self._along[among], here - self._from[among]
        share = np.minimum(np.maximum((away * along.conj()).real * self._per_length[among], 0.0), 1.0)
        meters = np.abs(away - share * along)
        best = int(meters.argmin())
        return int(self._piece[among[best]]), float(share[best]), float(meters[best])

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
