"""Which box parcels fit into, where the nearest is, and the codes that open it."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import grid
from portal.domain.geo import Point, distance_m
from portal.domain.lockers import (
    Booking,
    Compartment,
    Locker,
    Misfit,
    fits,
    folded,
    light_enough,
    misfit,
    smallest_fitting,
    walking_minutes,
)
from portal.domain.packing import fit_together
from portal.domain.parcel import Parcel
from portal.domain.pickup import By, NotLonger, blocked_until, longer, pickup_code, whose
from portal.domain.rules import ShipperRules
from tests.parcels import SHOEBOX, WARDROBE, at

SMALL = Compartment(1, "S", 350, 210, 130, count=2, free=2, max_weight_g=2_000)
LARGE = Compartment(2, "L", 400, 400, 600, count=1, free=1, low=True)
STATION = Locker(1, "station", "Station", "1 Station Sq", 0, 0, "24/7", True, 72, (LARGE, SMALL))
CUBE = Parcel("C", 500, 200, 200, 200)
WAITS = Booking("c-1", 1, 1, "S", False, STATION, arrived_at=at(9), until=at(20))
SECRET = b"secret"


def test_the_smallest_box_that_fits_comes_first_and_a_parcel_may_be_turned():
    assert smallest_fitting([SHOEBOX], STATION) == (SMALL, LARGE)
    assert fits([Parcel("P", 1, 120, 330, 200)], SMALL)


def test_several_parcels_fit_only_when_they_can_really_be_laid_side_by_side():
    cube = replace(LARGE, width_mm=400, height_mm=400, depth_mm=400)
    assert fits([CUBE] * 8, cube)
    assert not fits([CUBE] * 9, cube)
    # by volume alone five of them would fit
    assert not fits([Parcel("P", 1, 210, 210, 210)] * 5, cube)


def test_unknown_sizes_and_weights_are_trusted():
    assert fits([Parcel("P")], SMALL)
    assert light_enough([Parcel("P")], SMALL)


@pytest.mark.parametrize(
    ("parcels", "low", "reason"),
    [
        ([SHOEBOX], False, None),
        ([SHOEBOX], True, None),
        ([WARDROBE], False, Misfit.TOO_BIG),
        ([replace(SHOEBOX, weight_g=2_001)], False, None),
        ([replace(SHOEBOX, weight_g=2_001)], True, None),
    ],
)
def test_why_a_locker_cannot_take_it(parcels, low, reason):
    assert misfit(parcels, STATION, low) is reason


def test_too_heavy_not_low_and_full_are_told_apart():
    only_small = replace(STATION, compartments=(SMALL,))
    assert misfit([replace(SHOEBOX, weight_g=2_001)], only_small) is Misfit.TOO_HEAVY
    assert misfit([SHOEBOX], only_small, low=True) is Misfit.NOT_LOW
    assert misfit([SHOEBOX], replace(STATION, compartments=(replace(SMALL, free=0),))) is Misfit.FULL
    assert misfit([SHOEBOX] * 2, only_small) is Misfit.TOO_BIG


sides = st.tuples(*[st.integers(1, 300)] * 3)


@given(st.lists(sides, min_size=1, max_size=6), sides)
def test_what_is_said_to_fit_never_has_more_volume_or_longer_sides_than_the_room(boxes, room):
    if fit_together(tuple(boxes), room):
        assert sum(a * b * c for a, b, c in boxes) <= room[0] * room[1] * room[2]
        assert all(
            side <= space for box in boxes for side, space in zip(sorted(box), sorted(room), strict=True)
        )


@given(sides, st.integers(1, 8), st.permutations(range(3)))
def test_boxes_of_one_size_fit_a_shelf_as_long_as_all_of_them(box, number, turned):
    shelf = (box[0] * number, box[1], box[2])
    assert fit_together((tuple(box[side] for side in turned),) * number, shelf)


places = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


@given(places, st.integers(grid.FIRST, grid.LAST), st.floats(0, 1), st.floats(-1, 1))
def test_nothing_within_the_sure_distance_is_missed(place, level, north, east):
    lat, lng = place
    reach = grid.sure_m(lat, level)
    other = Point(max(min(lat + north * reach / 111_195, 90), -90), (lng + east * 2 + 180) % 360 - 180)
    if distance_m(Point(lat, lng), other) <= reach * 0.999:
        cell = grid.cell_of(other.lat, other.lng)
        assert any(first <= cell <= last for first, last in grid.around(lat, lng, level))


@given(st.integers(grid.FIRST, grid.LAST), st.integers(0, 50), st.integers(1, 51))
def test_the_next_squares_are_larger_the_fewer_were_found(level, found, wanted):
    assert grid.next_level(level, found, wanted) > level
    assert grid.next_level(level, found, wanted) >= grid.next_level(level, found + 1, wanted)


def test_the_ends_of_the_earth_have_cells_too():
    for lat, lng in ((90, 180), (-90, -180), (90, -180), (0, 179.9999)):
        assert 0 <= grid.cell_of(lat, lng) < 4**grid.BITS
        assert all(0 <= first <= last < 4**grid.BITS for first, last in grid.around(lat, lng, 9))


def test_words_are_compared_without_accents_and_signs():
    assert folded("Główna-Straße 5, ÇORUM") == "glowna strasse 5 corum"


def test_on_foot_it_is_farther_than_on_the_map():
    assert (walking_minutes(0), walking_minutes(500), walking_minutes(1_000)) == (1, 9, 17)


def test_a_code_is_the_same_each_time_and_another_for_everybody():
    code = pickup_code(SECRET, "c-1")
    assert (len(code), code.isdecimal(), code) == (8, True, pickup_code(SECRET, "c-1"))
    assert pickup_code(SECRET, "c-1", taken={code}) != code
    rng = random.Random(1)
    assert len({pickup_code(SECRET, str(rng.random())) for _ in range(1_000)}) == 1_000


def test_whose_code_was_typed():
    lent = replace(WAITS, delegate_nonce="n")
    assert whose(SECRET, lent, pickup_code(SECRET, "c-1")) is By.RECIPIENT
    assert whose(SECRET, lent, pickup_code(SECRET, "c-1", "n")) is By.DELEGATE
    assert whose(SECRET, replace(lent, delegate_used_at=at(10)), pickup_code(SECRET, "c-1", "n")) is None
    assert whose(SECRET, replace(WAITS, own_code="K-77"), "K-77") is By.RECIPIENT
    assert whose(SECRET, replace(WAITS, own_code="K-77"), pickup_code(SECRET, "c-1")) is None
    assert whose(SECRET, WAITS, "") is None
    assert whose(SECRET, WAITS, "\ud800") is None


def test_a_stay_can_be_made_longer_once_and_only_before_it_ends():
    rules = ShipperRules()
    assert longer(WAITS, rules, at(19)) == at(20) + timedelta(hours=24)
    assert longer(WAITS, rules, at(20)) is NotLonger.OVER
    assert longer(replace(WAITS, extended=1), rules, at(19)) is NotLonger.ALREADY
    assert longer(WAITS, ShipperRules(extend_hours=0), at(19)) is NotLonger.NOT_OFFERED
    assert longer(replace(WAITS, arrived_at=None), rules, at(19)) is NotLonger.NOT_THERE


def test_a_locker_waits_after_ten_wrong_codes():
    assert blocked_until(9, at(9), at(9, 5)) is None
    assert blocked_until(10, at(9), at(9, 5)) == at(9, 15)
    assert blocked_until(10, at(9), at(9, 15)) is None
