"""Making a road file, and what the doctor says of roads."""

import pytest

from tests.doubles.routing import Manner, RoutingServer
from tests.roads.town import STREETS, write


@pytest.fixture
def town(tmp_path):
    return write(tmp_path / "town.osm.pbf")


def test_a_road_file_is_made(terminal, town, tmp_path):
    made = terminal.types("roads", "build", "town.osm.pbf", "--out", "town.npz")
    assert made.exit_code == 0, made.output
    first, *_, last = made.stdout.splitlines()
    assert first.startswith("town.npz: 6 ways, 5 km; 45 places, 48 pieces of road, 6 lines to draw")
    assert f"ROADS_FILE={tmp_path / 'town.npz'}" in last
    assert "OpenStreetMap" in last
    assert "6 ways read" in made.stderr


def test_what_is_left_out_is_said(terminal, tmp_path):
    write(
        tmp_path / "town.osm.pbf",
        [*STREETS, ([21, 22], {"highway": "service"})],
        {21: (0.5, 1.2), 22: (0.5, 1.7)},
    )
    assert "3 places are left out" in terminal.types("roads", "build", "town.osm.pbf").output
    assert (tmp_path / "roads.npz").exists()


def test_what_is_no_map_is_one_sentence(terminal, tmp_path):
    (tmp_path / "letter.osm.pbf").write_text("Dear Sir or Madam")
    (tmp_path / "empty.osm.pbf").touch()
    assert "There is no file" in terminal.is_told("roads", "build", "gone.osm.pbf")
    assert "is empty" in terminal.is_told("roads", "build", "empty.osm.pbf")
    assert "no OpenStreetMap data" in terminal.is_told("roads", "build", "letter.osm.pbf")
    assert not (tmp_path / "roads.npz").exists()


def test_a_road_file_that_cannot_be_written_is_one_sentence(terminal, town):
    said = terminal.types("roads", "build", "town.osm.pbf", "--out", "no/such/folder.npz")
    assert said.exit_code == 1
    assert said.stderr.splitlines()[-1].startswith("doorstep: no/such/folder.npz cannot be written")


def test_the_doctor_reads_the_road_file(migrated, town, tmp_path):
    migrated.types("roads", "build", "town.osm.pbf")
    migrated.sets(ROADS_FILE="roads.npz")
    assert "ok  ROADS_FILE: 45 places" in migrated.types("doctor").output
    migrated.sets(ROADS_FILE="town.osm.pbf")
    checked = migrated.types("doctor")
    assert checked.exit_code == 1
    assert (
        "FIX ROADS_FILE: town.osm.pbf is no road file; make one with `doorstep roads build`" in checked.output
    )
    migrated.sets(ROADS_FILE="gone.npz")
    assert "FIX ROADS_FILE: There is no file gone.npz" in migrated.types("doctor").output


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_the_doctor_greets_the_routing_server(migrated, kind):
    with RoutingServer(kind) as server:
        migrated.sets(ROUTING_URL=server.url, ROUTING_KIND=kind)
        assert f"ok  ROUTING_URL: {kind} answers" in migrated.types("doctor").output
        server.manner = Manner.NEXT_DOOR
        checked = migrated.types("doctor")
        assert f"FIX ROUTING_URL: {kind} does not answer (what answers is no" in checked.output
    migrated.sets(ROUTING_URL="http://127.0.0.1:9")
    assert "(no connection): look at ROUTING_URL and ROUTING_KIND" in migrated.types("doctor").output


def test_a_routing_url_that_is_none_and_a_kind_nobody_knows(terminal):
    terminal.sets(ROUTING_URL="osrm.example.com:5000")
    assert "ROUTING_URL must begin with http" in terminal.is_told("doctor")
    terminal.sets(ROUTING_URL="http://osrm.example.com:5000", ROUTING_KIND="google")
    assert terminal.is_told("doctor").startswith("ROUTING_KIND")
