"""What was read of a map so far: places, short pieces of road and lines to draw; in the end a road map."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

import numpy as np
import rustworkx

from portal.domain.geo import Point, distance_m
from portal.roads.lines import simplified
from portal.roads.roadmap import DRAWN, E7, BadRoads, RoadMap
from portal.roads.speeds import Drive

# Short pieces let a door be joined to the nearest place of a road with few meters of error.
LONGEST_PIECE_M = 100.0
# A part of the map that nothing leads to is kept from this many places on: an island with a town, no parking deck.
LEAST_PART = 200
TOLERANCE_M = 2.0

Place = tuple[int, int]


@dataclass(slots=True)
class Sketch:
    """What was read so far: places by OpenStreetMap's number, pieces of road, and lines to draw."""

    node_of: dict[int, int] = field(default_factory=dict)
    lat: array[int] = field(default_factory=lambda: array("i"))
    lng: array[int] = field(default_factory=lambda: array("i"))
    tail: array[int] = field(default_factory=lambda: array("i"))
    head: array[int] = field(default_factory=lambda: array("i"))
    forward: array[float] = field(default_factory=lambda: array("f"))
    backward: array[float] = field(default_factory=lambda: array("f"))
    stopping: array[int] = field(default_factory=lambda: array("B"))
    line_lat: array[int] = field(default_factory=lambda: array("i"))
    line_lng: array[int] = field(default_factory=lambda: array("i"))
    line_start: array[int] = field(default_factory=lambda: array("i", [0]))
    line_kind: array[int] = field(default_factory=lambda: array("B"))
    ways: int = 0
    meters: float = 0.0

    def place(self, lat: int, lng: int) -> int:
        """A new place."""
        self.lat.append(lat)
        self.lng.append(lng)
        return len(self.lat) - 1

    def known(self, number: int, lat: int, lng: int) -> int:
        """The place of a node that ways share."""
        if (found := self.node_of.get(number)) is None:
            found = self.node_of[number] = self.place(lat, lng)
        return found

    def way(self, nodes: list[tuple[int, int, int]], drive: Drive) -> None:
        """A stretch of a way through nodes (number, lat, lng)."""
        ends = [self.known(*node) for node in nodes]
        for start, end in pairwise(ends):
            self._stretch(start, end, drive)
        if drive.drawn:
            for lat, lng in simplified([(lat, lng) for _, lat, lng in nodes], TOLERANCE_M):
                self.line_lat.append(lat)
                self.line_lng.append(lng)
            self.line_start.append(len(self.line_lat))
            self.line_kind.append(DRAWN.index(drive.drawn))

    def _stretch(self, start: int, end: int, drive: Drive) -> None:
        (lat, lng), (to_lat, to_lng) = self._at(start), self._at(end)
        meters = distance_m(Point(lat / E7, lng / E7), Point(to_lat / E7, to_lng / E7))
        pieces = max(ceil(meters / LONGEST_PIECE_M), 1)
        between = [
            self.place(round(lat + (to_lat - lat) * n / pieces), round(lng + (to_lng - lng) * n / pieces))
            for n in range(1, pieces)
        ]
        seconds = meters / pieces * 3.6 / drive.kmh
        for one, two in pairwise([start, *between, end]):
            self.tail.append(one)
            self.head.append(two)
            self.forward.append(seconds if drive.forward else float("inf"))
            self.backward.append(seconds if drive.backward else float("inf"))
            self.stopping.append(drive.stopping)
        self.meters += meters

    def _at(self, node: int) -> Place:
        return self.lat[node], self.lng[node]


@dataclass(frozen=True, slots=True)
class Read:
    """A road map and what there is to say of it."""

    roads: RoadMap
    ways: int
    km: float
    left_out: int
    main_share: float


def joined(sketch: Sketch) -> Read:
    """Only parts of which every place reaches every other, so that no search can end nowhere."""
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(len(sketch.lat)))
    pieces = zip(sketch.tail, sketch.head, sketch.forward, sketch.backward, strict=True)
    inf = float("inf")
    edges = []
    for tail, head, forward, backward in pieces:
        edges += [(tail, head)] if forward < inf else []
        edges += [(head, tail)] if backward < inf else []
    graph.add_edges_from_no_data(edges)
    found = sorted(rustworkx.strongly_connected_components(graph), key=len, reverse=True)
    kept = [part for number, part in enumerate(found) if not number or len(part) >= LEAST_PART]
    if len(kept[0]) < 2:
        raise BadRoads("No road of this file leads back to where it began; is it a cut-out of a few ways?")
    part = np.full(len(sketch.lat), -1, np.int32)
    for number, members in enumerate(kept):
        part[np.fromiter(members, np.int64)] = number
    roads = _renumbered(sketch, part)
    left_out = len(sketch.lat) - len(roads.lat)
    return Read(roads, sketch.ways, sketch.meters / 1000, left_out, len(kept[0]) / len(roads.lat))


def _renumbered(sketch: Sketch, part: np.ndarray[tuple[int], np.dtype[np.int32]]) -> RoadMap:
    stays = part >= 0
    number = np.cumsum(stays, dtype=np.int32) - 1
    tail, head = np.array(sketch.tail, np.int32), np.array(sketch.head, np.int32)
    # a piece between two parts leads away for good
    inside = stays[tail] & (part[tail] == part[head])
    return RoadMap(
        lat=np.array(sketch.lat, np.int32)[stays],
        lng=np.array(sketch.lng, np.int32)[stays],
        part=part[stays],
        tail=number[tail[inside]].astype(np.int32),
        head=number[head[inside]].astype(np.int32),
        forward=np.array(sketch.forward, np.float32)[inside],
        backward=np.array(sketch.backward, np.float32)[inside],
        stopping=np.array(sketch.stopping, np.uint8)[inside],
        line_lat=np.array(sketch.line_lat, np.int32),
        line_lng=np.array(sketch.line_lng, np.int32),
        line_start=np.array(sketch.line_start, np.int32),
        line_kind=np.array(sketch.line_kind, np.uint8),
    )
