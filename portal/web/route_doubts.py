"""What looks wrong about a route that can be taken all the same: each becomes a warning in the answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, pairwise

from portal.domain.sources import DOUBTS, Doubt, heard
from portal.flows.live import ROUND_LASTS
from portal.web.schemas import RouteIn, StopIn

FAR_AHEAD = timedelta(days=60)
# A round sent backwards would bring a warning a stop; whoever reads ten knows.
MOST = 10

Places = list[tuple[int, StopIn]]


def doubts_of(route: RouteIn, where: str, now: datetime) -> Iterator[str]:
    """Warnings, each beginning with a pointer; at most ten of a kind."""
    stops = sorted(enumerate(route.stops), key=lambda one: one[1].seq)
    yield from _departure(route, where, now)
    for kind in (_backwards(stops), _outside(stops), _estimates(stops, now)):
        yield from (f"{where}/{warning}" for warning in islice(kind, MOST))
    yield from (f"{where}/{warning}" for warning in islice(_breaks(route, stops), MOST))


def _departure(route: RouteIn, where: str, now: datetime) -> Iterator[str]:
    if route.departs_at < now - ROUND_LASTS:
        hours = round(ROUND_LASTS.total_seconds() / 3600)
        yield f"{where}/departs_at: more than {hours} hours ago; this round counts as over"
    if route.departs_at > now + FAR_AHEAD:
        yield f"{where}/departs_at: more than {FAR_AHEAD.days} days ahead; is the date right?"


def _backwards(stops: Places) -> Iterator[str]:
    timed = [(place, stop) for place, stop in stops if stop.planned_at]
    for (_, before), (place, stop) in pairwise(timed):
        if before.planned_at and stop.planned_at and stop.planned_at < before.planned_at:
            yield f"stops/{place}/planned_at: earlier than that of the stop before; this leg is estimated instead"


def _outside(stops: Places) -> Iterator[str]:
    for place, stop in stops:
        if stop.planned_at and stop.not_after and stop.planned_at > stop.not_after:
            yield f"stops/{place}/planned_at: later than not_after"
        if stop.planned_at and stop.not_before and stop.planned_at < stop.not_before:
            yield f"stops/{place}/planned_at: earlier than not_before; the van is taken to wait"


def _estimates(stops: Places, now: datetime) -> Iterator[str]:
    after = 0.0
    for place, stop in stops:
        said = heard(stop.eta_at, stop.eta_sent_at or now, now, after)
        if said.doubt not in (None, Doubt.NOT_GIVEN):
            yield f"stops/{place}/eta_at: not used. {DOUBTS[said.doubt]}"
        elif said.weight:
            after = said.minutes


def _breaks(route: RouteIn, stops: Places) -> Iterator[str]:
    known = {stop.seq for _, stop in stops}
    for place, pause in enumerate(route.breaks):
        if pause.started_at or pause.after_seq in known:
            continue
        if known and pause.after_seq > min(known):
            yield f"breaks/{place}/after_seq: no stop has this seq; the break follows the last one before it"
        else:
            yield f"breaks/{place}/after_seq: no stop comes before it, so it is not counted; say a later departs_at"
