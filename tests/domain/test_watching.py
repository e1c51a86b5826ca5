"""How soon a page looks again: near often, far seldom, a busy server less, never below the floor, at the end never."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from portal.domain.watching import CEILING_S, FLOOR_S, Scene, interval_s, under_load

ON_ITS_WAY = [
    Scene(until_window=timedelta(days=2)),
    Scene(until_window=timedelta(hours=6)),
    Scene(on_van=True, stops_away=60, minutes_left=200),
    Scene(on_van=True, stops_away=9, minutes_left=60),
    Scene(on_van=True, stops_away=9, minutes_left=60, van_shown=True),
    Scene(on_van=True, stops_away=1, minutes_left=8, van_shown=True),
]


def test_the_nearer_the_sooner():
    pace = [interval_s(scene) for scene in ON_ITS_WAY]
    assert pace == [300, 60, 30, 20, 10, 5]


def test_who_waits_for_an_answer_hears_it_soon_wherever_the_van_is():
    assert interval_s(Scene(asked=True, until_window=timedelta(days=2))) == 10
    assert interval_s(Scene(asked=True, finished=True)) == 10


def test_at_the_end_there_is_no_next_look():
    assert interval_s(Scene(finished=True, on_van=True, stops_away=1)) == 0
    assert under_load(0, 1.0) == 0


def test_minutes_count_where_stops_are_not_known():
    assert interval_s(Scene(on_van=True, minutes_left=12)) == 10
    assert interval_s(Scene(on_van=True, minutes_left=40)) == 20
    assert interval_s(Scene(minutes_left=12)) == 300


def test_a_busy_server_asks_those_who_are_far_for_more_patience():
    assert [under_load(5, busy) for busy in (0, 0.5, 0.75, 1)] == [5, 5, 10, 15]
    assert [under_load(60, busy) for busy in (0, 0.5, 0.75, 1)] == [60, 60, 270, 480]


some_scene = some.builds(
    Scene,
    finished=some.booleans(),
    asked=some.booleans(),
    on_van=some.booleans(),
    van_shown=some.booleans(),
    stops_away=some.none() | some.integers(1, 2_000),
    minutes_left=some.none() | some.floats(-600, 6_000),
    until_window=some.none() | some.timedeltas(timedelta(days=-9), timedelta(days=9)),
)


@given(some_scene, some.floats(0, 1))
def test_whatever_happens_it_stays_in_bounds(scene, busy):
    seconds = under_load(interval_s(scene), busy)
    assert FLOOR_S <= seconds <= CEILING_S or (seconds == 0 and scene.finished and not scene.asked)


@given(some.sampled_from(ON_ITS_WAY))
def test_more_load_never_means_sooner(scene):
    pace = [under_load(interval_s(scene), busy / 20) for busy in range(21)]
    assert all(sooner <= later for sooner, later in pairwise(pace))


def test_the_pace_settles_where_the_server_can_bear_it():
    """Four times more watchers than it can answer at the usual pace: load and pace find a middle and stay there."""
    usual, watchers, capacity, busy = 30.0, 40_000, 400.0, 0.0
    seen = []
    for _ in range(400):
        asked = watchers / under_load(usual, busy)
        busy += (min(asked / capacity, 1.0) - busy) * 0.1
        seen.append(busy)
    assert max(seen[-50:]) < 1.0
    assert max(seen[-50:]) - min(seen[-50:]) < 0.01
