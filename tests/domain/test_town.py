"""A dense round is known by what dispatch says of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.town import kind_of
from portal.domain.travel import DENSE_VAN, SMALL_TOWN
from tests.domain.rounds import at, street


def with_service(seconds):
    planned = street(5)
    return replace(planned, stops=tuple(replace(stop, service_seconds=seconds) for stop in planned.stops))


def with_plan(minutes):
    planned = street(5)
    times = (at(9) + timedelta(minutes=minutes * stop.seq) for stop in planned.stops)
    stops = (replace(stop, planned_at=time) for stop, time in zip(planned.stops, times, strict=True))
    return replace(planned, stops=tuple(stops))


@pytest.mark.parametrize(
    ("planned", "kind"),
    [
        (street(5), SMALL_TOWN),
        (with_service(90), DENSE_VAN),
        (with_service(600), SMALL_TOWN),
        (with_plan(3), DENSE_VAN),
        (with_plan(12), SMALL_TOWN),
    ],
)
def test_short_stops_or_short_legs_make_a_dense_round(planned, kind):
    assert kind_of(planned) is kind
