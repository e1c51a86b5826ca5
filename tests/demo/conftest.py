"""One town, one date and one depot for the demo's tests, and a portal in the middle of that day."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.clock import ManualClock
from portal.demo import cards, drawing, papers, plan, seed
from portal.demo import depot as depots
from portal.demo import town as towns
from portal.demo.depot import Depot
from portal.demo.notebook import Notebook
from portal.demo.plan import Day
from portal.demo.town import Town
from tests.demo.house import NAMES, send


@pytest.fixture(scope="session")
def town() -> Town:
    return towns.build()


@pytest.fixture
def day() -> Day:
    return Day(date(2026, 5, 20))


@pytest.fixture
def depot(town: Town, day: Day) -> Depot:
    return depots.open_depot(town, day)


@pytest.fixture
def clock(day: Day) -> ManualClock:
    return ManualClock(day.at("09:00"))


@pytest.fixture
def settings(settings: Any, day: Day, tmp_path: Path) -> Any:
    settings.demo, settings.clock_speed = True, 60.0
    settings.clock_starts_at, settings.clock_ends_at = day.at("07:30"), day.at("17:30")
    settings.map_streets = tmp_path / "town.geojson"
    return settings


@pytest.fixture
def key(settings: Any, clock: ManualClock) -> str:
    return seed.seed(settings.database, clock()).key


@pytest.fixture
def told(client: Any, app: Any, key: str, depot: Depot, clock: ManualClock, tmp_path: Path) -> dict[str, Any]:
    """Five people's parcels are told and on the van, their messages have arrived, the notebook is written."""
    chosen = [depot.named(name) for name in NAMES]
    bodies = [papers.shipment(one, plan.promised(depot.planned[one.reference])) for one in chosen]
    headers = {"Authorization": f"Bearer {key}"}
    answers = client.post("/api/v1/shipments", json={"shipments": bodies}, headers=headers).json["results"]
    send(
        client, app, key, *(papers.event(f"e-{o.reference}", o, "out_for_delivery", clock()) for o in chosen)
    )
    (tmp_path / "town.geojson").write_text(drawing.text(depot.town))
    roles = {"cards": [asdict(role) for role in cards.CARDS], "also": [asdict(role) for role in cards.ALSO]}
    notebook = Notebook(tmp_path, {"town": "Alderquay", "key": key, **roles})
    notebook.facts |= {"agent": {"email": seed.AGENT, "password": "secret"}}
    notebook.facts |= {"frame": drawing.frame(depot.town), "vans": ["van-1"]}
    notebook.note_shipments(depot.deliveries, answers)
    notebook.note_line(clock(), "Something <b>happened</b>.")
    return {answer["reference"]: answer for answer in answers}
