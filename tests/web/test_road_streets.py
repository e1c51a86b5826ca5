"""Maps draw the streets of the road file and say whose they are."""

import json
import re

import pytest

from portal.config import Settings
from portal.roads import reading, roadmap
from tests.dispatch import DOOR, new_dispatch, shipment
from tests.recipient import recipient_of
from tests.roads.town import spot, write

pytestmark = pytest.mark.engines("sqlite")
CREDIT = "OpenStreetMap"


@pytest.fixture
def roads_file(tmp_path):
    path = tmp_path / "roads.npz"
    roadmap.save(reading.read(write(tmp_path / "town.osm.pbf")).roads, path)
    return path


@pytest.fixture
def settings(settings, roads_file):
    settings.roads_file = roads_file
    return settings


@pytest.fixture
def frame(app, clock):
    """The frame of Ann's map, when the van is two blocks away and her door is next; `frame("/map.svg")` the picture."""
    dispatch = new_dispatch(app)
    door = DOOR | {"lat": spot(1, 1).lat, "lng": spot(1, 1).lng, "timezone": "UTC"}
    ann = recipient_of(app, dispatch, address=door, window=None)
    dispatch.ships(shipment("B-1", address=door, window=None))
    dispatch.drives("R-1", "V-1", clock(), "A-1", "B-1")
    dispatch.happens("A-1", "out_for_delivery", clock())
    dispatch.stands("V-1", spot(0.5, 2).lat, spot(0.5, 2).lng, clock())
    return lambda path="/map": ann.client.get(ann.path + path).text


def lines(page):
    """The lines that the frame draws, as (lat, lng) places."""
    return [
        line for found in re.findall(r"L\.polyline\(\s*(\[\[\[.*?\]\]\])", page) for line in json.loads(found)
    ]


def test_the_frame_draws_the_streets_of_the_road_file(frame):
    drawn = lines(frame())
    south_street = [[round(spot(0, column).lat, 5), round(spot(0, column).lng, 5)] for column in (0, 2)]
    assert south_street in drawn
    # six ways, each with its edge beneath
    assert len(drawn) == 12


def test_it_says_whose_streets_they_are(frame):
    assert CREDIT in frame()
    assert "© OpenStreetMap contributors" in frame("/map.svg")


def test_the_operators_words_come_first(frame, settings):
    settings.map_attribution = "Map by the town of Harbourton"
    assert CREDIT not in frame()
    assert "Map by the town of Harbourton" in frame()


def test_a_road_file_that_is_gone_leaves_a_map_without_streets(frame, settings, tmp_path):
    settings.roads_file = tmp_path / "gone.npz"
    page = frame()
    assert lines(page) == []
    assert 'id="numbers"' in page


def test_nobody_is_named_where_nothing_of_theirs_is_drawn(tmp_path):
    def credit(**more):
        return Settings(_env_file=None, **more).map_credit

    assert credit() == ""
    assert CREDIT in credit(roads_file=tmp_path / "roads.npz")
    assert credit(roads_file=tmp_path / "roads.npz", map_streets=tmp_path / "town.geojson") == ""
    assert credit(roads_file=tmp_path / "roads.npz", map_attribution="Us") == "Us"
    tiles = {"map_tiles_url": "https://tiles.example.com/{z}/{x}/{y}.png", "map_attribution": "Tiles by us"}
    assert credit(roads_file=tmp_path / "roads.npz", **tiles) == "Tiles by us"
