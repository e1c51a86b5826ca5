"""Seconds by road in a small town of blocks."""

import heapq
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from portal.domain.geo import Point, between, distance_m
from portal.domain.travel import DENSE_VAN, SMALL_TOWN, on_roads
from portal.roads import reading
from portal.roads.at_hand import RoadsAtHand
from portal.roads.graph import STEPS_M, WALK_MPS, RoadGraph
from portal.roads.nearest import Nearest
from portal.roads.roadmap import save
from portal.roads.streets import Streets, streets_of
from tests.roads.town import BLOCK_M, PLACES, STREETS, spot, write

BLOCK_SECONDS = BLOCK_M * 3.6 / 25
MAIN_SECONDS = BLOCK_M * 3.6 / 50


@pytest.fixture(scope="module")
def roads(tmp_path_factory):
    return reading.read(write(tmp_path_factory.mktemp("town") / "town.osm.pbf")).roads


@pytest.fixture(scope="module")
def town(roads):
    return RoadGraph(roads)


def test_along_a_street_and_round_a_corner(town):
    assert town.seconds(spot(0, 0), spot(0, 2)) == pytest.approx(2 * BLOCK_SECONDS, rel=0.01)
    assert town.seconds(spot(0, 0), spot(1, 1)) == pytest.approx(2 * BLOCK_SECONDS, rel=0.01)
    assert town.seconds(spot(1, 1), spot(1, 1)) == 0


def test_the_main_road_is_quicker(town):
    assert town.seconds(spot(2, 0), spot(2, 2)) == pytest.approx(2 * MAIN_SECONDS, rel=0.01)


def test_a_one_way_street_is_driven_one_way(town):
    assert town.seconds(spot(0, 1), spot(2, 1)) == pytest.approx(2 * BLOCK_SECONDS, rel=0.01)
    back = town.seconds(spot(2, 1), spot(0, 1))
    assert back == pytest.approx(MAIN_SECONDS + 3 * BLOCK_SECONDS, rel=0.01)


def test_doors_in_the_same_block(town):
    assert town.seconds(spot(0, 0.2), spot(0, 0.3)) == pytest.approx(BLOCK_SECONDS / 10, rel=0.02)
    assert town.seconds(spot(0, 0.3), spot(0, 0.2)) == pytest.approx(BLOCK_SECONDS / 10, rel=0.02)


def test_the_door_just_passed_in_a_one_way_street_is_a_way_round_the_block(town):
    ahead, back = (town.seconds(spot(one, 1), spot(two, 1)) for one, two in ((0.44, 0.46), (0.46, 0.44)))
    assert ahead == pytest.approx(BLOCK_SECONDS * 0.02, rel=0.1)
    assert back == pytest.approx(BLOCK_SECONDS * 4, rel=0.02)


def test_a_door_off_the_road_is_walked_to(town):
    # in the middle of the south-west block, 60 m from South Street
    inside = 60 / BLOCK_M
    walked = town.seconds(spot(0, 0), spot(inside, 0.5))
    assert walked == pytest.approx(BLOCK_SECONDS / 2 + (60 - STEPS_M) / WALK_MPS, rel=0.01)


@pytest.mark.parametrize("place", [Point(1, 1), spot(-1.1, 0), Point(90, 0), Point(-90, -180), Point(0, 180)])
def test_off_the_map_nothing_is_known(town, place):
    assert town.seconds(spot(0, 0), place) is None
    assert town.seconds(place, spot(0, 0)) is None


def test_the_nearest_road_is_the_nearest_of_all(roads):
    find, dice = Nearest(roads, stopping=True), random.Random(7)
    ends = [
        (Point(roads.lat[a] / 1e7, roads.lng[a] / 1e7), Point(roads.lat[b] / 1e7, roads.lng[b] / 1e7))
        for a, b in zip(roads.tail, roads.head, strict=True)
    ]
    for _ in range(200):
        place = spot(dice.uniform(-1.5, 3.5), dice.uniform(-1.5, 3.5))
        nearest = min(distance_m(place, between(*piece, n / 20)) for piece in ends for n in range(21))
        found = find(place)
        if found is None:
            assert nearest > 399
        else:
            assert found.walk_m == pytest.approx(nearest, abs=3)


def test_a_van_on_the_motorway_is_there_and_no_door_is(tmp_path):
    ends = {41: (3, 0), 42: (3, 2)}
    ways = [
        *STREETS,
        ([41, 42], {"highway": "motorway"}),
        ([42, 9], {"highway": "motorway_link"}),
        ([7, 41], {"highway": "motorway_link"}),
    ]
    town = RoadGraph(reading.read(write(tmp_path / "town.osm.pbf", ways, ends)).roads)
    on_it = spot(3, 1)
    driven = town.seconds(on_it, spot(2, 2))
    assert driven == pytest.approx(BLOCK_M * 3.6 / 100 + BLOCK_M * 3.6 / 55, rel=0.02)
    beside = town.seconds(spot(2, 2), on_it)
    assert beside is not None and beside > 0.9 * BLOCK_M / WALK_MPS


def test_islands_are_of_their_own(tmp_path):
    # two long streets with water between them: both are kept, and no bridge is made up
    far = {100 + n: (0.25 * (n % 250), 40.0 + 10 * (n // 250)) for n in range(500)}
    here, there = sorted(far)[:250], sorted(far)[250:]
    ways = [(here, {"highway": "residential"}), (there, {"highway": "residential"})]
    found = reading.read(write(tmp_path / "two.osm.pbf", ways, far))
    both = RoadGraph(found.roads)
    assert found.main_share == 0.5
    assert both.seconds(spot(0, 40), spot(10, 40)) is not None
    assert both.seconds(spot(0, 50), spot(10, 50)) is not None
    assert both.seconds(spot(0, 40), spot(0, 50)) is None


def test_no_search_of_our_own_would_find_a_shorter_way(roads, town):
    edges = {}
    for tail, head, ahead, back in zip(roads.tail, roads.head, roads.forward, roads.backward, strict=True):
        edges.setdefault(int(tail), []).append((int(head), float(ahead)))
        edges.setdefault(int(head), []).append((int(tail), float(back)))

    def plain(start, end):
        waiting, seen = [(0.0, start)], set()
        while waiting:
            so_far, here = heapq.heappop(waiting)
            if here == end:
                return so_far
            if here not in seen:
                seen.add(here)
                for there, seconds in edges[here]:
                    heapq.heappush(waiting, (so_far + seconds, there))
        return None

    dice = random.Random(5)
    corners = {number: spot(*place) for number, place in PLACES.items()}
    node = {
        number: int(np.argmin(np.hypot(roads.lat / 1e7 - at.lat, roads.lng / 1e7 - at.lng)))
        for number, at in corners.items()
    }
    for _ in range(30):
        one, two = dice.choice(list(corners)), dice.choice(list(corners))
        expected = plain(node[one], node[two])
        assert town.seconds(corners[one], corners[two]) == pytest.approx(expected, abs=0.5)


def test_many_threads_may_ask_at_once(roads):
    graph, dice = RoadGraph(roads), random.Random(1)
    legs = [
        (spot(dice.uniform(0, 2), dice.uniform(0, 2)), spot(dice.uniform(0, 2), dice.uniform(0, 2)))
        for _ in range(300)
    ]
    alone = [RoadGraph(roads).seconds(*leg) for leg in legs[:50]]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda leg: graph.seconds(*leg), legs * 4))
    assert found[:50] == alone
    assert found[:300] == found[300:600] == found[900:]


def test_a_profile_on_roads_says_by_leg_what_it_rests_on(town):
    on = on_roads(SMALL_TOWN, town).travel
    assert on.by_road(spot(0, 0), spot(0, 1))
    assert not on.by_road(spot(0, 0), Point(1, 1))
    assert on.seconds(spot(0, 0), Point(1, 1)) == SMALL_TOWN.travel.seconds(spot(0, 0), Point(1, 1))
    assert on_roads(SMALL_TOWN, None) is SMALL_TOWN


@pytest.mark.parametrize("profile", [SMALL_TOWN, DENSE_VAN])
def test_roads_and_straight_line_agree_on_an_ordinary_round(town, profile):
    dice = random.Random(2)
    doors = [spot(dice.uniform(0, 2), dice.choice((0, 2))) for _ in range(40)]
    legs = [leg for leg in pairwise(doors) if 200 < distance_m(*leg) < 900]
    on = on_roads(profile, town)
    by_line = sum(profile.service_seconds + profile.travel.seconds(*leg) for leg in legs)
    by_road = sum(profile.service_seconds + on.travel.seconds(*leg) for leg in legs)
    assert 0.8 < by_road / by_line < 1.25


def test_a_far_leg_takes_the_drive_and_no_ten_kilometers_of_looking_for_the_door(town):
    class Highway:
        def seconds(self, start, end):
            return 600.0

    there = on_roads(SMALL_TOWN, Highway()).travel.seconds(Point(0, 0), Point(0.1, 0))
    assert 600 < there < 600 + 600
    assert SMALL_TOWN.travel.seconds(Point(0, 0), Point(0.1, 0)) > 6000


def test_a_road_file_that_cannot_be_read_is_no_roads_at_all(tmp_path, caplog):
    broken = tmp_path / "roads.npz"
    broken.write_text("no roads")
    for path in (broken, tmp_path / "gone.npz"):
        at_hand = RoadsAtHand(path)
        at_hand.expect(())
        assert at_hand.seconds(spot(0, 0), spot(0, 1)) is None


def test_a_road_file_is_read_once_by_whoever_comes_first(tmp_path, roads):
    save(roads, tmp_path / "roads.npz")
    at_hand = RoadsAtHand(tmp_path / "roads.npz")
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: at_hand.seconds(spot(0, 0), spot(0, 1)), range(8)))
    (tmp_path / "roads.npz").unlink()
    assert len(found) == 1
    assert at_hand.seconds(spot(0, 0), spot(0, 2)) is not None


def test_a_map_draws_what_meets_its_box(roads, tmp_path):
    streets = Streets(roads)
    everything = streets.within(0, 19, 1, 21)
    assert {kind: len(lines) for kind, lines in everything.items()} == {"street": 5, "main": 1}
    # a straight street needs its ends, not its corners
    assert all(len(line) == 2 for lines in everything.values() for line in lines)
    south, north = spot(-0.5, 0).lat, spot(0.5, 0).lat
    assert {kind: len(lines) for kind, lines in streets.within(south, 19, north, 21).items()} == {"street": 4}
    assert streets.within(5, 19, 6, 21) == {}
    assert streets_of(tmp_path / "gone.npz") is None
