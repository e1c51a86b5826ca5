"""The town is a town: connected, small to send, nobody's, and the same every time."""

import itertools
import json

from portal.demo import drawing, paths, places
from portal.demo import town as towns
from portal.demo.town import Town, latlng


def test_every_door_can_be_reached_from_the_depot(town: Town):
    meters, _ = paths.distances(town.graph, town.depot)
    assert {door.foot for door in town.doors} <= set(meters)


def test_the_same_seed_builds_the_same_town_and_another_seed_another(town: Town):
    assert towns.build().doors == town.doors
    assert towns.build(seed=8).doors != town.doors


def test_no_two_doors_have_the_same_address(town: Town):
    addresses = [(door.line, door.postcode) for door in town.doors]
    assert len(set(addresses)) == len(addresses)


def test_the_drawing_is_small_and_holds_kinds_and_numbers_only(town: Town):
    text = drawing.text(town)
    assert len(text) < 60_000
    for feature in json.loads(text)["features"]:
        assert feature["properties"] == {"kind": feature["properties"]["kind"]}
        assert feature["properties"]["kind"] in {"water", "green", "street", "main"}


def test_the_town_lies_in_the_middle_of_the_ocean(town: Town):
    for door in town.doors:
        lat, lng = latlng(door.at)
        assert 38.4 < lat < 38.6
        assert -41.4 < lng < -41.2


def test_every_locker_stands_on_a_street(town: Town):
    assert all(places.corner(town, station).street == station.street for station in places.STATIONS)


def test_a_shortest_way_runs_along_streets(town: Town):
    way = paths.shortest(town.graph, town.depot, town.doors[0].foot)
    assert all(after in town.graph[before] for before, after in itertools.pairwise(way))
    assert round(paths.length(way)) == round(paths.distances(town.graph, town.depot)[0][town.doors[0].foot])


def test_a_tour_visits_every_place_once(town: Town):
    feet = [door.foot for door in town.doors[:12]]
    assert sorted(paths.tour(town.graph, town.depot, feet)) == list(range(12))
