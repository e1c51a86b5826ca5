"""Distances, directions and blurs that a person could check on a map."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.geo import Point, bearing_deg, between, blur, cell_m, distance_m

VADUZ, SCHAAN = Point(47.1410, 9.5209), Point(47.1650, 9.5087)
PLACES = st.builds(Point, st.floats(-85, 85), st.floats(-179, 179))


def test_vaduz_is_2824_meters_from_schaan():
    assert round(distance_m(VADUZ, SCHAAN)) == 2824


def test_a_place_is_no_distance_from_itself_and_opposite_places_do_not_break_the_root():
    assert distance_m(VADUZ, VADUZ) == 0
    assert distance_m(Point(0, 0), Point(0, 180)) > 20_000_000


def test_bearings_run_clockwise_from_north():
    here = Point(0, 0)
    directions = [Point(1, 0), Point(0, 1), Point(-1, 0), Point(0, -1)]
    assert [round(bearing_deg(here, there)) for there in directions] == [0, 90, 180, 270]


@given(PLACES)
def test_a_blurred_place_is_within_its_cell_and_blurs_to_itself(place):
    seen = blur(place, 250)
    assert distance_m(place, seen) <= 250
    assert distance_m(blur(seen, 250), seen) < 1


def test_two_places_in_one_cell_look_the_same():
    assert blur(Point(47.14101, 9.52091), 250) == blur(Point(47.14105, 9.52093), 250)


@given(PLACES, st.sampled_from([30, 60, 100, 125]), st.sampled_from([125, 250, 500, 900, 3_000]))
def test_small_cells_lie_in_large_ones_so_two_blurs_tell_no_more_than_the_finer(place, small, large):
    assert distance_m(blur(blur(place, small), large), blur(place, large)) < 1


@given(PLACES, st.floats(25, 2_000))
def test_cells_are_never_smaller_than_asked(place, grid):
    assert grid <= cell_m(grid) < 2 * grid
    assert distance_m(place, blur(place, grid)) <= cell_m(grid) * 0.72


def test_halfway_is_halfway():
    middle = between(VADUZ, SCHAAN, 0.5)
    assert abs(distance_m(VADUZ, middle) - distance_m(middle, SCHAAN)) < 1
