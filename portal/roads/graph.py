"""Seconds by road from a road file, in this process: a search a leg, and then from memory."""

from collections.abc import Sequence
from functools import lru_cache
from math import inf

import numpy as np
import rustworkx

from portal.domain.geo import Point, distance_m
from portal.roads.nearest import Nearest, Snap
from portal.roads.roadmap import RoadMap

# Beyond this a leg is no leg of a round; looking for it would visit half the map.
LONGEST_M = 50_000.0
LEGS_AT_HAND, PLACES_AT_HAND = 200_000, 100_000
# A door stands some steps from its road, and those are part of every stop; what is more is walked there and back.
STEPS_M = 20.0
WALK_MPS = 1.2
# Who is further than this from any road where one may stop is perhaps on a motorway.
BESIDE_M = 60.0


class RoadGraph:
    """Roads of one file. Its questions may come from many threads; the first look at a leg costs a search."""

    def __init__(self, roads: RoadMap) -> None:
        self._roads = roads
        self._part = roads.part
        self._graph = _graph(roads)
        self._door = lru_cache(PLACES_AT_HAND)(Nearest(roads, stopping=True))
        self._road = lru_cache(PLACES_AT_HAND)(Nearest(roads, stopping=False))
        self._leg = lru_cache(LEGS_AT_HAND)(self._search)

    def seconds(self, start: Point, end: Point) -> float | None:
        """Seconds by road with the steps beside it; None off the map, between islands and for very long ways."""
        leave, come = self._leaves(start), self._door(end)
        if leave is None or come is None or self._part[leave.out] != self._part[come.into]:
            return None
        drive = self._along(leave, come)
        if drive is None:
            if distance_m(start, end) > LONGEST_M:
                return None
            drive = leave.out_seconds + self._leg(leave.out, come.into) + come.into_seconds
        return drive + _walk_seconds(leave.walk_m) + _walk_seconds(come.walk_m)

    def expect(self, way: Sequence[Point]) -> None:
        """Nothing to do ahead: a leg is found in a tenth of a millisecond."""

    def find(self, way: Sequence[Point]) -> None:
        """Nothing to wait for."""

    def _leaves(self, start: Point) -> Snap | None:
        """The road a way begins on: a door's, or where none is beside it, the one a van is just driving."""
        door = self._door(start)
        if door is not None and door.walk_m <= BESIDE_M:
            return door
        van = self._road(start)
        return van if van and (door is None or van.walk_m < door.walk_m) else door

    def _along(self, leave: Snap, come: Snap) -> float | None:
        """Seconds along one and the same piece of road, where its direction lets us."""
        if leave.piece != come.piece:
            return None
        ahead = come.share >= leave.share
        whole = (self._roads.forward if ahead else self._roads.backward)[leave.piece]
        return None if whole == inf else float(whole) * abs(come.share - leave.share)

    def _search(self, start: int, end: int) -> float:
        if start == end:
            return 0.0
        found = rustworkx.digraph_dijkstra_shortest_path_lengths(self._graph, start, float, goal=end)
        return float(found[end])


def _graph(roads: RoadMap) -> "rustworkx.PyDiGraph[None, float]":
    graph: rustworkx.PyDiGraph[None, float] = rustworkx.PyDiGraph()
    graph.add_nodes_from([None] * len(roads.lat))
    for tail, head, seconds in (
        (roads.tail, roads.head, roads.forward),
        (roads.head, roads.tail, roads.backward),
    ):
        open_ = np.isfinite(seconds)
        graph.add_edges_from(
            list(zip(tail[open_].tolist(), head[open_].tolist(), seconds[open_].tolist(), strict=True))
        )
    return graph


def _walk_seconds(meters: float) -> float:
    return max(meters - STEPS_M, 0.0) / WALK_MPS
