"""The shortest way through the demo town's streets, and a sensible order to visit doors in."""

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import dist, inf

from portal.demo.streets import Graph, Point


def distances(graph: Graph, start: Point) -> tuple[dict[Point, float], dict[Point, Point]]:
    """Meters from `start` to every point that can be reached, and the point before each (Dijkstra)."""
    meters = {start: 0.0}
    before: dict[Point, Point] = {}
    queue = [(0.0, start)]
    while queue:
        so_far, here = heappop(queue)
        if so_far > meters[here]:
            continue
        for there, length in graph[here].items():
            if so_far + length < meters.get(there, inf):
                meters[there], before[there] = so_far + length, here
                heappush(queue, (so_far + length, there))
    return meters, before


def shortest(graph: Graph, start: Point, end: Point) -> tuple[Point, ...]:
    """The points of the shortest way from `start` to `end`, both included; KeyError where there is none."""
    _, before = distances(graph, start)
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return tuple(reversed(way))


def length(way: Sequence[Point]) -> float:
    """Meters along these points."""
    return sum(dist(a, b) for a, b in pairwise(way))


def tour(graph: Graph, start: Point, places: Sequence[Point]) -> list[int]:
    """The order (indexes into `places`) of a short round: nearest first, then uncrossed (2-opt)."""
    points = [start, *places]
    rows = [distances(graph, point)[0] for point in points]
    meters = [[row[point] for point in points] for row in rows]
    order = [0]
    left = set(range(1, len(points)))
    while left:
        order.append(min(left, key=lambda place: (meters[order[-1]][place], place)))
        left.remove(order[-1])
    _uncross([*order, 0], meters, order)
    return [place - 1 for place in order[1:]]


def _uncross(closed: list[int], meters: list[list[float]], order: list[int]) -> None:
    better = True
    while better:
        better = False
        for i in range(1, len(order) - 1):
            for j in range(i + 1, len(order)):
                a, b, c, d = closed[i - 1], closed[i], closed[j], closed[j + 1]
                if meters[a][c] + meters[b][d] < meters[a][b] + meters[c][d] - 0.5:
                    closed[i : j + 1] = reversed(closed[i : j + 1])
                    better = True
    order[:] = closed[:-1]
