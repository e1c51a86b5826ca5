"""Doors whose address has no place on the map: where the round's other doors say that they roughly are."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from portal.domain.geo import between
from portal.domain.round import RoundStop


def with_rough_places(stops: Sequence[RoundStop]) -> tuple[RoundStop, ...]:
    """The stops as they came; those without a place lie evenly between the known ones before and after in the plan.

    Such a place is marked `rough`: it is for adding up minutes. Nobody is shown it, and at either end of a round, where
    only one side is known, there is none.
    """
    if all(stop.point is not None for stop in stops):
        return tuple(stops)
    planned = sorted(range(len(stops)), key=lambda place: stops[place].seq)
    known = [rank for rank, place in enumerate(planned) if stops[place].point is not None]
    found = list(stops)
    for start, end in pairwise(known):
        before, after = stops[planned[start]].point, stops[planned[end]].point
        if before is None or after is None:
            continue
        for rank in range(start + 1, end):
            point = between(before, after, (rank - start) / (end - start))
            found[planned[rank]] = replace(found[planned[rank]], point=point, rough=True)
    return tuple(found)
