"""The road file of ROADS_FILE, read when the first leg is wanted; one that cannot be read is no roads at all."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock

import structlog

from portal.domain.geo import Point
from portal.roads.graph import RoadGraph
from portal.roads.roadmap import BadRoads, load

log = structlog.get_logger()


class RoadsAtHand:
    """Roads of a file. Where it cannot be read this is logged once, and nothing is known: windows go on without."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()

    def seconds(self, start: Point, end: Point) -> float | None:
        """As the file has it."""
        graph = self._graph
        return graph.seconds(start, end) if graph else None

    def expect(self, way: Sequence[Point]) -> None:
        """Have the file read."""
        if graph := self._graph:
            graph.expect(way)

    def find(self, way: Sequence[Point]) -> None:
        """The file is read."""
        self.expect(way)

    @cached_property
    def _graph(self) -> RoadGraph | None:
        with self._lock:
            if "_graph" in self.__dict__:
                # somebody else read it while we waited
                found: RoadGraph | None = self.__dict__["_graph"]
                return found
            try:
                graph = RoadGraph(load(self._path))
            except BadRoads as bad:
                log.warning("no_roads", problem=str(bad))
                graph = None
            self.__dict__["_graph"] = graph
            return graph
