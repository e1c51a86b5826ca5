"""Seconds by road for a round of 150 doors and for one leg, beside the library's bare searches for the same.

The map is made up: a town of 8 by 8 km with 20,000 places, a fifth of its streets left out, one in ten one-way.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import rustworkx

from benchmarks.figures import Figures
from portal.domain.eta import estimate
from portal.domain.geo import METERS_PER_DEGREE, Point, distance_m
from portal.domain.round import Round, RoundStop
from portal.domain.travel import SMALL_TOWN, on_roads
from portal.roads.graph import RoadGraph
from portal.roads.roadmap import E7, RoadMap
from portal.roads.sketch import Sketch, joined
from portal.roads.speeds import Drive

SIDE, BLOCK_M, KMH = 142, 57.0, 30.0
DOORS, STOPS, TIMES = 150, 200, 15
AGAIN_MS, ESTIMATE_MS, SHARE = 3.0, 20.0, 0.3
Leg = tuple[Point, Point]


def run(figures: Figures) -> None:
    """Goals, in CPU time: a first look 0.3 as quick as bare searches; known legs of a round in 3 ms."""
    measure(figures, SIDE, TIMES)


def measure(figures: Figures, side: int, times: int) -> None:
    """On a town of `side` by `side` places."""
    roads = _town(side)
    doors = _round(random.Random(4), side, DOORS)
    legs = list(pairwise(doors))
    graph = RoadGraph(roads)
    graph.seconds(*legs[0])
    ends = _ends(graph, legs)
    ours, theirs = [], []
    for _ in range(times):
        fresh = RoadGraph(roads)
        theirs.append(_ms(partial(_bare, fresh, ends)))
        ours.append(_ms(partial(_all, fresh, legs)))
    first, library = statistics.median(ours), statistics.median(theirs)
    facts = {"places": len(roads.lat), "legs": len(legs)}
    figures.add(
        "roads_round_first_look",
        library / first,
        "of bare searches",
        f">= {SHARE:g}",
        ms=first,
        bare_ms=library,
        **facts,
    )
    figures.add(
        "roads_leg_first_look",
        first / len(legs) * 1000,
        "microseconds",
        bare_microseconds=library / len(legs) * 1000,
    )
    _all(graph, legs)
    again = statistics.median(_ms(partial(_all, graph, legs)) for _ in range(times))
    figures.add("roads_round_again", again, "ms", f"<= {AGAIN_MS:g}", **facts)
    _estimate(figures, graph, side, times)


def _estimate(figures: Figures, graph: RoadGraph, side: int, times: int) -> None:
    """The estimate of a whole round on known roads."""
    doors = _round(random.Random(5), side, STOPS)
    planned = Round(tuple(RoundStop(number, number, door) for number, door in enumerate(doors, 1)))
    now, profile = datetime(2026, 6, 15, 9, tzinfo=UTC), on_roads(SMALL_TOWN, graph)
    estimate(planned, now, None, profile)
    taken = statistics.median(_ms(lambda: estimate(planned, now, None, profile)) for _ in range(times))
    figures.add("roads_estimate_of_200", taken, "ms", f"<= {ESTIMATE_MS:g}", stops=STOPS)


def _all(graph: RoadGraph, legs: Sequence[Leg]) -> None:
    for leg in legs:
        graph.seconds(*leg)


def _ms(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def _ends(graph: RoadGraph, legs: Sequence[Leg]) -> list[tuple[int, int]]:
    snapped = [(graph._door(start), graph._door(end)) for start, end in legs]
    return [(leave.out, come.into) for leave, come in snapped if leave and come]


def _bare(graph: RoadGraph, ends: Sequence[tuple[int, int]]) -> None:
    """The same searches from node to node, with nothing around them."""
    for start, end in ends:
        rustworkx.digraph_dijkstra_shortest_path_lengths(graph._graph, start, float, goal=end)


def _town(side: int) -> RoadMap:
    """A grid of blocks; what is cut off is left out, as in a real map."""
    dice, sketch = random.Random(3), Sketch()
    degrees = round(BLOCK_M / METERS_PER_DEGREE * E7)

    def node(row: int, column: int) -> tuple[int, int, int]:
        return row * side + column, row * degrees, column * degrees

    for row in range(side - 1):
        for column in range(side - 1):
            for there in (node(row, column + 1), node(row + 1, column)):
                if dice.random() < 0.8:
                    both = dice.random() < 0.9
                    sketch.way([node(row, column), there], Drive(KMH, True, both, True, ""))
    return joined(sketch).roads


def _round(dice: random.Random, side: int, doors: int) -> list[Point]:
    """Doors of a quarter, each next to the one before."""
    span = BLOCK_M / METERS_PER_DEGREE * side
    left = [Point(span * dice.uniform(0.3, 0.6), span * dice.uniform(0.3, 0.6)) for _ in range(doors)]
    tour = [left.pop()]
    while left:
        tour.append(min(left, key=lambda door: distance_m(tour[-1], door)))
        left.remove(tour[-1])
    return tour
