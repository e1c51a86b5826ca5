"""What the demo's dispatch writes fits the schemas of the dispatch API, field by field, without a warning."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from portal.demo import papers, places, plan, story
from portal.demo.depot import Depot, Door
from portal.web.schemas import EventIn, LockerIn, PositionIn, RouteIn, ShipmentIn, SlotIn

SCHEMAS: dict[str, type[BaseModel]] = {
    "shipments": ShipmentIn,
    "slots": SlotIn,
    "lockers": LockerIn,
    "routes": RouteIn,
    "events": EventIn,
    "positions": PositionIn,
}


def test_every_paper_of_the_day_is_one_the_portal_understands(depot: Depot):
    now = depot.day.at("07:29")
    while now < depot.day.at("19:00"):
        after = now + timedelta(minutes=4)
        for letter in story.tell(depot, now, after):
            for item in letter.items if letter.door in set(SCHEMAS) else ():
                assert understood(letter.door.value, item)
        assert all(understood("positions", fix) for fix in story.positions(depot, after))
        now = after


def understood(kind: str, item: papers.Paper) -> bool:
    return not (SCHEMAS[kind].model_validate(item).model_extra or {})


def test_a_route_that_is_told_again_names_every_stop_once(depot: Depot):
    seqs, now = [], depot.day.at("07:29")
    while now < depot.day.at("17:00"):
        after = now + timedelta(minutes=4)
        for letter in story.tell(depot, now, after):
            if letter.door is Door.ROUTES:
                seqs.append([stop["seq"] for stop in letter.items[0]["stops"]])
        now = after
    # seven rounds are planned, three are told again as a break begins, one as its van turns round
    assert len(seqs) == 11
    assert all(sorted(set(one)) == one for one in seqs)


@pytest.mark.parametrize("clock", ["08:00", "11:03", "14:59"])
def test_a_promised_window_holds_the_planned_arrival_with_room_after_it(depot: Depot, clock: str):
    arrival = depot.day.at(clock)
    start, end = plan.promised(arrival)
    assert start + timedelta(minutes=40) <= arrival <= end - timedelta(minutes=50)
    assert end - start == timedelta(hours=2)


def test_slots_of_three_days_close_before_they_begin(depot: Depot):
    slots = places.slots(depot.day)
    assert len({slot.key for slot in slots}) == len(slots) == 9
    assert all(slot.closes_at < slot.start < slot.end for slot in slots)
