"""Which ways a van drives, how fast and in which direction."""

import pytest

from portal.roads.speeds import drive_of, limit_kmh


def drive(kind, **tags):
    return drive_of({"highway": kind} | {name.replace("__", ":"): value for name, value in tags.items()})


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("50", 50), ("30 mph", pytest.approx(48.27)), ("20mph", pytest.approx(32.18)), ("50 km/h", 50),
        ("50;30", 50), ("DE:urban", 50), ("FR:zone30", 30), ("walk", 7), ("none", None), ("signals", None),
        ("", None), ("0", None), ("-30", None), ("nan", None), ("inf", None), ("1e9", None), ("٥٠", None),
        ("200", 130), ("2", 5), ("fünfzig", None), ("50 50", 50),
    ],
)  # fmt: skip
def test_limits_as_people_write_them(said, limit):
    assert limit_kmh(said) == limit


def test_a_limit_slows_and_a_high_one_hardly_speeds_up():
    assert drive("residential", maxspeed="10").kmh == 8.5
    assert drive("residential", maxspeed="130").kmh == pytest.approx(32.5)
    assert (
        drive("motorway").kmh > drive("primary").kmh > drive("residential").kmh > drive("living_street").kmh
    )


@pytest.mark.parametrize(
    "tags",
    [
        {"access": "no"}, {"motor_vehicle": "no"}, {"vehicle": "no"}, {"access": "agricultural"},
        {"access": "yes", "motor_vehicle": "no"}, {"area": "yes"},
    ],
)  # fmt: skip
def test_what_is_shut_is_not_driven(tags):
    assert drive("residential", **tags) is None


def test_the_most_specific_tag_speaks_last():
    assert drive("residential", access="no", motor_vehicle="destination")
    # as a main road of Liechtenstein was tagged
    assert drive("primary", motor_vehicle="no", motorcar="yes")


@pytest.mark.parametrize("kind", ["footway", "path", "steps", "cycleway", "construction", "proposed", ""])
def test_vans_keep_off_what_is_no_road(kind):
    assert drive(kind) is None


def test_tracks_and_pedestrian_streets_only_where_a_tag_says_so():
    assert drive("track") is None
    assert drive("track", tracktype="grade1")
    assert drive("track", tracktype="grade1", motor_vehicle="no") is None
    assert drive("pedestrian") is None
    assert drive("pedestrian", motor_vehicle="delivery")


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "reversible"}, (True, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True)),
        ({"oneway": "yes", "oneway__motor_vehicle": "no"}, (True, True)),
    ],
)
def test_directions(tags, ways):
    found = drive("residential", **tags)
    assert (found.forward, found.backward) == ways


def test_a_motorway_is_one_way_and_nobody_gets_out_there():
    found = drive("motorway")
    assert (found.backward, found.stopping) == (False, False)
    assert not drive("primary", tunnel="yes").stopping
    assert drive("primary").stopping


def test_maps_leave_out_what_lies_behind_houses():
    assert [drive(kind).drawn for kind in ("primary", "residential", "service")] == ["main", "street", ""]
