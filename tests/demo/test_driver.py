"""A van is where it should be: on its way, at the door, standing still, turned round."""

from datetime import timedelta
from math import dist

from portal.demo import paths
from portal.demo.driver import METERS_PER_SECOND, Did, Leg, Stop, Van, at_depot, drive
from portal.demo.plan import Day
from portal.demo.town import Town

SERVICE = timedelta(minutes=10)


def van_with(town: Town, day: Day, doors: int = 3, rests: dict[str, timedelta] | None = None) -> Van:
    stops = tuple(Stop(f"P{place}", town.doors[place * 20].foot, SERVICE) for place in range(doors))
    return at_depot("van-1", "R-1", town.depot, day.at("08:00"), stops, rests)


def test_a_leg_takes_as_long_as_its_way_at_town_speed(day: Day):
    leg = Leg(((0, 0), (300, 0), (300, 400)), day.at("08:00"))
    assert leg.arrives_at - leg.leaves_at == timedelta(seconds=700 / METERS_PER_SECOND)
    assert leg.at(day.at("07:00")) == ((0, 0), 90.0)
    assert leg.at(leg.leaves_at + timedelta(seconds=300 / METERS_PER_SECOND + 1))[1] == 0.0
    assert leg.at(day.at("09:00"))[0] == (300, 400)


def test_a_halted_van_stands_where_it_was_and_then_drives_the_rest(day: Day):
    leg = Leg(((0, 0), (3_000, 0)), day.at("08:00"))
    stopped = leg.halted(day.at("08:02"), day.at("08:30"))
    assert stopped.at(day.at("08:20"))[0] == leg.at(day.at("08:02"))[0]
    assert stopped.arrives_at - leg.arrives_at == timedelta(minutes=28)


def test_a_round_serves_every_stop_in_order_and_comes_back(town: Town, day: Day):
    van, deeds = drive(van_with(town, day), town.graph, day.at("18:00"))
    assert van.back
    served = [deed.stop.reference for deed in deeds if deed.did is Did.HANDED_OVER and deed.stop]
    assert served == ["P0", "P1", "P2"]
    assert [deed.at for deed in deeds] == sorted(deed.at for deed in deeds)
    assert deeds[-1].did is Did.CAME_BACK


def test_looking_often_or_once_gives_the_same_deeds(town: Town, day: Day):
    once = drive(van_with(town, day), town.graph, day.at("18:00"))[1]
    van, often, now = van_with(town, day), [], day.at("07:59")
    while now < day.at("18:00"):
        now += timedelta(seconds=37)
        van, deeds = drive(van, town.graph, now)
        often += deeds
    assert often == once


def test_a_driving_van_is_on_its_streets_and_never_jumps(town: Town, day: Day):
    van, now, last = van_with(town, day), day.at("08:00"), town.depot
    while not van.back:
        now += timedelta(seconds=20)
        van, _ = drive(van, town.graph, now)
        point, speed, heading = van.fix(now)
        assert dist(last, point) <= 20 * METERS_PER_SECOND + 1
        assert speed in (0.0, METERS_PER_SECOND)
        assert 0 <= heading <= 360
        last = point


def test_a_break_comes_after_its_stop(town: Town, day: Day):
    plain = drive(van_with(town, day), town.graph, day.at("18:00"))[1]
    rested = drive(van_with(town, day, rests={"P0": timedelta(minutes=30)}), town.graph, day.at("18:00"))[1]
    assert rested[-1].at - plain[-1].at == timedelta(minutes=30)


def test_a_van_told_to_skip_a_stop_does_not_go_there(town: Town, day: Day):
    _, deeds = drive(van_with(town, day).without("P1"), town.graph, day.at("18:00"))
    assert "P1" not in {deed.stop.reference for deed in deeds if deed.stop}


def test_a_van_told_of_another_place_goes_there(town: Town, day: Day):
    elsewhere = town.doors[5].foot
    _van, deeds = drive(van_with(town, day).via("P1", elsewhere), town.graph, day.at("18:00"))
    assert {deed.stop.foot for deed in deeds if deed.stop and deed.stop.reference == "P1"} == {elsewhere}


def test_a_van_that_turns_round_serves_the_next_but_one_first(town: Town, day: Day):
    now = day.at("08:01")
    van, _ = drive(van_with(town, day), town.graph, now)
    before = van.fix(now)[0]
    van = van.turned_round(town.graph, now)
    assert dist(before, van.fix(now)[0]) < 0.1
    assert all(b in town.graph[a] for a, b in zip(van.leg.way[1:], van.leg.way[2:], strict=False))
    _, deeds = drive(van, town.graph, day.at("18:00"))
    served = [deed.stop.reference for deed in deeds if deed.did is Did.HANDED_OVER and deed.stop]
    assert served == ["P1", "P0", "P2"]


def test_the_way_of_a_leg_is_the_shortest(town: Town, day: Day):
    van, _ = drive(van_with(town, day), town.graph, day.at("08:00"))
    assert van.leg.way == paths.shortest(town.graph, town.depot, town.doors[0].foot)
