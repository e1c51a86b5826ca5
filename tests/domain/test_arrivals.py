"""Doors that positions tell of: the van stood there, and left."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.arrivals import Door, follow, probably_left
from portal.domain.fixes import Fix
from portal.domain.geo import METERS_PER_DEGREE, Point

START = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def place(meters: float) -> Point:
    """So far along a street that runs north."""
    return Point(48.0 + meters / METERS_PER_DEGREE, 9.0)


def door(number: int, meters: float | None, **more: object) -> Door:
    return Door(number, place(meters) if meters is not None else None, **more)  # type: ignore[arg-type]


def drive(doors: list[Door], *steps: tuple[float, float], accuracy: float | None = None) -> dict[int, Door]:
    """The doors after the van was at (second, meter) one after the other."""
    now, last = {one.shipment_id: one for one in doors}, None
    for seconds, meters in steps:
        point = place(meters)
        fix = Fix(point.lat, point.lng, at(seconds), accuracy)
        for one in follow(list(now.values()), last, fix):
            old = now[one.shipment_id]
            now[one.shipment_id] = Door(
                old.shipment_id, old.point, old.on_van, old.served_at, one.arrived_at, one.left_at
            )
        last = fix
    return now


def left(doors: dict[int, Door]) -> dict[int, float]:
    """The doors that were left, and the second at which."""
    return {
        number: (one.left_at - START).total_seconds()
        for number, one in doors.items()
        if one.left_at is not None
    }


STOOD = [(0, -200), (20, 0), (40, 5), (60, 3), (80, 0), (100, 2), (110, 60), (120, 150)]


def test_a_van_that_stood_at_the_next_door_and_went_has_left_it():
    after = drive([door(1, 0), door(2, 800)], *STOOD)
    assert after[1].arrived_at == at(20)
    assert left(after) == {1: 110.0}


def test_while_it_stands_there_nothing_is_believed():
    after = drive([door(1, 0)], *STOOD[:5])
    assert after[1].arrived_at == at(20)
    assert left(after) == {}


def test_driving_past_is_no_visit():
    after = drive([door(1, 0)], (0, -200), (10, -20), (20, 40), (30, 200))
    assert after[1].arrived_at is None
    assert left(after) == {}


def test_a_phone_that_is_silent_while_it_stands_tells_as_much():
    """Apps with a distance filter say nothing for four minutes, and then are 60 m away."""
    after = drive([door(1, 0)], (0, -200), (20, 0), (260, 90))
    assert left(after) == {1: pytest.approx(230.0)}


def test_a_rare_position_on_the_way_past_is_no_visit():
    assert left(drive([door(1, 0)], (0, -900), (300, 10), (600, 1_400))) == {}


def test_a_phone_that_was_off_for_long_tells_nothing():
    after = drive([door(1, 0)], (0, 0), (3_000, 5_000))
    assert after[1].arrived_at is None


def test_two_doors_of_one_house_each_need_their_time():
    house = [door(1, 0), door(2, 0), door(3, 900)]
    assert set(left(drive(house, (0, 0), (70, 0), (80, 200)))) == {1}
    assert set(left(drive(house, (0, 0), (95, 0), (105, 200)))) == {1, 2}


def test_a_door_that_was_scanned_meanwhile_takes_its_share_of_the_time():
    doors = [door(1, 0, served_at=at(30)), door(2, 20, arrived_at=at(0))]
    assert left(drive(doors, (70, 0), (80, 200))) == {}
    assert set(left(drive(doors, (60, 0), (100, 0), (110, 200)))) == {2}


def test_a_door_is_left_in_its_turn_only():
    """The van comes back here later, as planned; or the driver skipped a door, and a scan has to say so."""
    after = drive([door(1, 900), door(2, 0)], *STOOD)
    assert left(after) == {}
    assert after[2].arrived_at is None


def test_a_scan_of_the_door_before_makes_it_the_next():
    assert set(left(drive([door(1, 900, served_at=at(-60)), door(2, 0)], *STOOD))) == {2}


def test_rough_positions_and_doors_without_a_place_tell_nothing():
    assert drive([door(1, 0)], *STOOD, accuracy=60.0)[1].arrived_at is None
    assert set(left(drive([door(1, 0)], *STOOD, accuracy=20.0))) == {1}
    assert left(drive([door(1, None), door(2, 0)], *STOOD)) == {}


def test_a_parcel_that_is_not_on_the_van_is_not_delivered_by_standing_there():
    assert drive([door(1, 0, on_van=False)], *STOOD)[1].arrived_at is None


def test_driving_off_and_round_the_block_changes_nothing_more():
    after = drive([door(1, 0)], *STOOD, (200, 300), (260, 0), (400, 0), (410, 300))
    assert left(after) == {1: 110.0}


def test_without_a_scan_it_is_believed_for_an_hour():
    assert probably_left(at(0), at(3_599)) == at(0)
    assert probably_left(at(0), at(3_600)) is None
    assert probably_left(None, at(0)) is None
