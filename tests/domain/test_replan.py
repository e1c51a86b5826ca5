"""A round thought through again: calm windows, few messages, and only true ones."""

from dataclasses import replace
from datetime import timedelta

from portal.domain.delivery import Promise
from portal.domain.milestones import Milestone
from portal.domain.replan import Yardstick, how_well_seen, replan
from portal.domain.round import Break, Fix, Round
from portal.domain.round_news import Door
from portal.domain.spreads import default_table
from portal.domain.travel import DENSE_VAN, SMALL_TOWN
from portal.domain.window import Because, Source
from tests.domain.rounds import at, door, driven, street

TOWN = Yardstick(SMALL_TOWN, {90: default_table("small_town", 90)})
CITY = Yardstick(DENSE_VAN, {90: default_table("dense_van", 90)})


class Day:
    """A round as it goes on: doors remember what they were shown and told."""

    def __init__(self, planned: Round, yardstick: Yardstick = TOWN) -> None:
        self.yardstick = yardstick
        self.doors = {stop.shipment_id: Door(stop.shipment_id, expects=True) for stop in planned.stops}
        self.said: list[tuple[int, Milestone]] = []
        self.shown = 0

    def goes_on(self, planned: Round, now, van: Fix | None = None, *, at_stop: bool = True):
        step = replan(planned, self.doors, van, self.yardstick, now, at_stop=at_stop)
        for shipment_id, window in step.windows.items():
            self.doors[shipment_id] = replace(self.doors[shipment_id], live=window)
        for shipment_id, told in step.told.items():
            self.doors[shipment_id] = replace(self.doors[shipment_id], told=told)
        self.shown += len(step.shown)
        self.said += [(tell.shipment_id, tell.milestone) for tell in step.news]
        return step


def test_a_driver_who_keeps_the_pace_changes_few_windows_and_says_you_are_next_once():
    planned, day = street(10), Day(street(10))
    times = [at(9) + timedelta(minutes=11.3 * n) for n in range(10)]
    for done in range(1, 10):
        day.goes_on(driven(planned, *times[:done]), times[done - 1], Fix(door(done), times[done - 1]))
    assert day.shown / 9 < 3
    assert [said for said in day.said if said[1] is Milestone.NEXT_STOP] == [
        (100 + n, Milestone.NEXT_STOP) for n in range(3, 11)
    ]
    assert not [said for said in day.said if said[1] is Milestone.DELAYED]


def test_a_dense_round_says_nearby_a_few_stops_before_and_not_also_next():
    planned, day = street(12), Day(street(12), CITY)
    times = [at(9) + timedelta(minutes=2.9 * n) for n in range(12)]
    for done in range(1, 12):
        day.goes_on(driven(planned, *times[:done]), times[done - 1])
    of_anna = [milestone for shipment_id, milestone in day.said if shipment_id == 112]
    assert of_anna == [Milestone.NEARBY]


def test_a_long_break_is_told_once_as_a_delay_when_the_told_window_is_lost():
    planned = street(5)
    day = Day(planned)
    step = day.goes_on(driven(planned, at(9)), at(9))
    first = step.shown[103]
    for minutes in range(5, 240, 5):
        day.goes_on(driven(planned, at(9)), at(9) + timedelta(minutes=minutes), at_stop=False)
    delays = [milestone for shipment_id, milestone in day.said if shipment_id == 103]
    assert first.because is Because.FIRST
    assert 1 <= delays.count(Milestone.DELAYED) <= 3


def test_a_declared_break_is_the_stated_reason():
    planned = driven(street(4), at(9))
    day = Day(planned)
    day.goes_on(planned, at(9))
    rest = replace(planned, breaks=(Break(1, 120),))
    assert day.goes_on(rest, at(9, 5)).shown[102].because is Because.ON_BREAK


def test_an_unchanged_window_keeps_its_times_but_counts_the_stops_anew():
    planned = street(8)
    day = Day(planned)
    before = day.goes_on(driven(planned, at(9)), at(9)).windows[106]
    after = day.goes_on(driven(planned, at(9), at(9, 11)), at(9, 11)).windows[106]
    assert (before.start, before.end) == (after.start, after.end)
    assert (before.stops_before, after.stops_before) == (4, 3)
    assert after.updated_at == at(9, 11)


def test_a_door_that_does_not_expect_the_van_gets_neither_window_nor_message():
    planned = driven(street(3), at(9))
    doors = {102: Door(102, expects=False), 103: Door(103, expects=True)}
    step = replan(planned, doors, None, TOWN, at(9), at_stop=True)
    assert set(step.windows) == {103}
    assert step.news == ()


def test_a_promised_slot_that_cannot_be_kept_any_more_is_told():
    planned = driven(street(12), at(9))
    slot = Promise(at(9), at(10), Source.DISPATCH, at(7))
    doors = {112: Door(112, expects=True, planned=slot, live=replace(slot, source=Source.TODAY))}
    step = replan(planned, doors, None, TOWN, at(9), at_stop=True)
    assert [tell.milestone for tell in step.news] == [Milestone.DELAYED]


def test_a_van_without_a_sign_of_life_for_an_hour_is_lost():
    planned = driven(street(3), at(9))
    assert not how_well_seen(planned, None, at(9, 59)).lost
    assert how_well_seen(planned, None, at(10, 1)).lost
    seen = how_well_seen(planned, Fix(door(1), at(10)), at(10, 1))
    assert not seen.lost
    assert not seen.stale


def test_a_promised_window_stands_while_the_round_will_keep_it():
    planned, day = street(6), Day(street(6))
    promised = Promise(at(9, 30), at(11, 30), "dispatch", at(6))
    day.doors[105] = replace(day.doors[105], planned=promised)
    step = day.goes_on(driven(planned, at(9)), at(9), Fix(door(1), at(9)))
    kept = step.windows[105]
    assert 105 not in step.shown
    assert (kept.start, kept.end, kept.source) == (promised.start, promised.end, "dispatch")
    assert kept.stops_before == 3
    assert kept.expected_at is not None


def test_a_promised_window_gives_way_when_the_van_will_miss_it():
    planned, day = street(12), Day(street(12))
    day.doors[104] = replace(day.doors[104], planned=Promise(at(8), at(9, 10), "dispatch", at(6)))
    step = day.goes_on(driven(planned, at(9)), at(9), Fix(door(1), at(9)))
    assert step.shown[104].source == Source.LIVE
    assert step.shown[104].because is Because.LATER
