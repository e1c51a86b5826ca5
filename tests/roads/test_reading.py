"""Map files, road files, and what is none."""

import os
from contextlib import suppress
from dataclasses import fields, replace

import numpy as np
import pytest

from portal.roads import reading, roadmap
from portal.roads.roadmap import BadRoads
from tests.roads.town import STREETS, write


@pytest.fixture
def town(tmp_path):
    return write(tmp_path / "town.osm.pbf")


def same(one, other):
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


def test_a_map_file_becomes_a_road_map_of_short_pieces(town):
    found = reading.read(town)
    # footway and shut lane are left out; 12 blocks of 390 m are 48 pieces, for 9 corners and 3 places in each block
    assert (found.ways, round(found.km, 1), found.left_out, found.main_share) == (6, 4.7, 0, 1.0)
    assert (len(found.roads.lat), len(found.roads.tail), len(found.roads.line_kind)) == (9 + 12 * 3, 48, 6)


@pytest.mark.parametrize("ending", ["osm", "osm.bz2", "osm.gz"])
def test_other_ways_to_write_the_same_map(tmp_path, town, ending):
    other = write(tmp_path / f"town.{ending}")
    assert same(reading.read(other).roads, reading.read(town).roads)


def test_what_is_kept_is_what_is_read(town, tmp_path):
    roads = reading.read(town).roads
    roadmap.save(roads, tmp_path / "roads.npz")
    assert same(roadmap.load(tmp_path / "roads.npz"), roads)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_parking_deck_that_nothing_leads_to_is_left_out(tmp_path):
    island = {21: (0.5, 1.2), 22: (0.5, 1.7)}
    ways = [*STREETS, ([21, 22], {"highway": "service"})]
    found = reading.read(write(tmp_path / "town.osm.pbf", ways, island))
    assert found.left_out == 3
    assert len(found.roads.lat) == 45


def test_a_one_way_street_into_nowhere_is_left_out(tmp_path):
    ways = [*STREETS, ([9, 31], {"highway": "residential", "oneway": "yes"})]
    found = reading.read(write(tmp_path / "town.osm.pbf", ways, {31: (2, 3)}))
    assert found.left_out == 4


def test_a_street_is_not_joined_over_a_node_that_the_cut_out_lacks(tmp_path):
    whole = reading.read(write(tmp_path / "whole.osm.pbf"))
    cut = reading.read(write(tmp_path / "cut.osm.pbf", missing=6))
    assert whole.km - cut.km == pytest.approx(3 * 0.39, abs=0.01)


def test_long_builds_say_how_far_they_are(town):
    said = []
    reading.read(town, said.append)
    assert said == ["6 ways read, 5 km; looking what hangs together"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.osm.pbf", None, "There is no file"),
        ("empty.osm.pbf", b"", "is empty"),
        ("text.osm.pbf", b"Dear Sir or Madam,\nplease find attached", "no OpenStreetMap data"),
        ("noise.osm.pbf", os.urandom(4096), "no OpenStreetMap data"),
        ("roads.osm", b"<osm version='0.6'><node id='1'", "no OpenStreetMap data"),
        ("nothing.osm", b"<osm version='0.6'></osm>", "no road that a van could drive"),
        ("town.txt", b"highway", "by its name"),
    ],
)
def test_what_is_no_map_ends_in_one_sentence(tmp_path, name, content, sentence):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadRoads) as bad:
        reading.read(path)
    assert sentence in str(bad.value)
    assert "\n" not in str(bad.value)


def test_a_folder_is_no_map(tmp_path):
    with pytest.raises(BadRoads):
        reading.read(tmp_path)


def test_a_map_cut_off_anywhere_is_a_sentence_or_a_smaller_map(town, tmp_path):
    whole = town.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for size in range(1, len(whole), max(len(whole) // 40, 1)):
        cut.write_bytes(whole[:size])
        with suppress(BadRoads):
            assert reading.read(cut).km <= 4.7


def test_only_footpaths_are_no_roads(tmp_path):
    with pytest.raises(BadRoads, match="no road that a van could drive"):
        reading.read(write(tmp_path / "park.osm.pbf", [([1, 2, 3], {"highway": "footway"})]))


def test_roads_that_nobody_comes_back_from_are_refused(tmp_path):
    with pytest.raises(BadRoads, match="leads back"):
        reading.read(write(tmp_path / "out.osm.pbf", [([1, 2], {"highway": "primary", "oneway": "yes"})]))


def test_a_road_file_that_cannot_be_written(town, tmp_path):
    roads = reading.read(town).roads
    with pytest.raises(BadRoads, match="cannot be written"):
        roadmap.save(roads, tmp_path / "no such folder" / "roads.npz")
    (tmp_path / "taken").mkdir()
    with pytest.raises(BadRoads, match="cannot be written"):
        roadmap.save(roads, tmp_path / "taken")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken", "town.osm.pbf"]


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x03\x04 half a zip", b"\x93NUMPY\x01\x00v\x00{'descr': '|O'"]
)
def test_what_is_no_road_file(tmp_path, content):
    path = tmp_path / "roads.npz"
    path.write_bytes(content)
    with pytest.raises(BadRoads, match="roads build"):
        roadmap.load(path)


def test_road_files_of_others(tmp_path, town):
    path = tmp_path / "roads.npz"
    with pytest.raises(BadRoads, match="no file"):
        roadmap.load(path)
    with pytest.raises(BadRoads, match="cannot be read"):
        roadmap.load(tmp_path)
    np.savez(path, lat=np.arange(3))
    with pytest.raises(BadRoads, match="no road file"):
        roadmap.load(path)
    np.savez(path, version=np.array([99]))
    with pytest.raises(BadRoads, match="another version"):
        roadmap.load(path)
    np.savez(path, version=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BadRoads, match="roads build"):
        roadmap.load(path)


def test_a_damaged_road_file_is_told_from_a_whole_one(tmp_path, town):
    roads = reading.read(town).roads
    path = tmp_path / "roads.npz"
    for harm in (
        {"head": roads.head + 1000},
        {"tail": roads.tail - 1000},
        {"forward": -roads.forward},
        {"forward": roads.forward * np.float32("nan")},
        {"backward": roads.backward[:-1]},
        {"lat": roads.lat[:-1]},
        {"lng": np.full_like(roads.lng, 2_000_000_000)},
        {"line_start": roads.line_start[::-1].copy()},
        {"stopping": roads.stopping.astype(np.float64)},
        {"part": roads.part.reshape(1, -1)},
    ):
        roadmap.save(replace(roads, **harm), path)
        with pytest.raises(BadRoads, match="damaged"):
            roadmap.load(path)


def test_a_road_file_with_a_flipped_byte_never_ends_in_a_trace(tmp_path, town):
    path = tmp_path / "roads.npz"
    roadmap.save(reading.read(town).roads, path)
    whole = bytearray(path.read_bytes())
    for place in range(0, len(whole), 37):
        whole[place] ^= 0x5A
        path.write_bytes(whole)
        whole[place] ^= 0x5A
        with suppress(BadRoads):
            assert len(roadmap.load(path).tail) == 48
