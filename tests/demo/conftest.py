"""One town, one date and one depot for the demo's tests."""

from datetime import date

import pytest

from portal.demo import depot as depots
from portal.demo import town as towns
from portal.demo.depot import Depot
from portal.demo.plan import Day
from portal.demo.town import Town


@pytest.fixture(scope="session")
def town() -> Town:
    return towns.build()


@pytest.fixture
def day() -> Day:
    return Day(date(2026, 5, 20))


@pytest.fixture
def depot(town: Town, day: Day) -> Depot:
    return depots.open_depot(town, day)
