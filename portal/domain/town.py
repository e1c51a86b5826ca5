"""Which kind of round this is, by what dispatch says of its stops; small town where it says nothing."""

from itertools import pairwise
from statistics import median

from portal.domain.round import Round
from portal.domain.travel import DENSE_VAN, SMALL_TOWN, Profile

QUICK_SERVICE_SECONDS = 300
QUICK_LEG_MINUTES = 6.0
ENOUGH = 3


def kind_of(planned: Round) -> Profile:
    """A dense van round when planned legs, or else planned service times, are short for most stops."""
    if len(legs := _planned_legs(planned)) >= ENOUGH:
        return DENSE_VAN if median(legs) <= QUICK_LEG_MINUTES else SMALL_TOWN
    services = [stop.service_seconds for stop in planned.stops if stop.service_seconds is not None]
    if len(services) >= ENOUGH:
        return DENSE_VAN if median(services) <= QUICK_SERVICE_SECONDS else SMALL_TOWN
    return SMALL_TOWN


def _planned_legs(planned: Round) -> list[float]:
    times = sorted(stop.planned_at for stop in planned.stops if stop.planned_at is not None)
    return [(end - start).total_seconds() / 60 for start, end in pairwise(times)]
