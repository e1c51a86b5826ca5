"""From the planned round to the page, day by day: a date, a half day, hours, and then the van itself."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal import jobs
from portal.store.outbox_rows import MessageRow
from portal.store.promises import PromiseRow
from tests.dispatch import DOOR, Dispatch, new_dispatch, shipment
from tests.recipient import recipient_of

ZONE = {"timezone": "UTC"}


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def told_route(dispatch: Dispatch, departs_at: datetime, *names: str, **more):
    """A dense van round, two minutes a stop as planned."""
    stops = [
        {
            "seq": seq,
            "shipment": name,
            "planned_at": (departs_at + timedelta(minutes=2 * seq + 60)).isoformat(),
        }
        for seq, name in enumerate(names, 1)
    ]
    told = {"route": "north 1", "van": "van 1", "departs_at": departs_at.isoformat(), "stops": stops} | more
    (answer,) = dispatch._list("POST", "routes", [told])
    assert answer["outcome"] == "taken"


@pytest.fixture
def dispatch(app) -> Dispatch:
    """Two doors without any window, and one that was promised one."""
    dispatch = new_dispatch(app)
    places = [DOOR | ZONE | {"lat": 48 + 0.002 * place, "lng": 9.0} for place in range(4)]
    dispatch.ships(
        shipment("S-1", address=places[0], window=None),
        shipment("S-2", address=places[1], window=None),
        shipment("S-3", address=places[2], window=_span("2026-06-18T09:00:00Z", "2026-06-18T11:00:00Z")),
        shipment("S-4", address=places[3], window=_span("2026-06-18T07:00:00Z", "2026-06-18T21:00:00Z")),
    )
    return dispatch


def _span(start, end):
    return {"start": start, "end": end}


NAMES = ("S-1", "S-2", "S-3", "S-4")
THURSDAY = timedelta(days=3)


def ledger(kit, number):
    query = select(PromiseRow.stage, PromiseRow.source).where(PromiseRow.shipment_id == number)
    with kit.reading() as session:
        return [tuple(row) for row in session.execute(query.order_by(PromiseRow.id))]


def at_the_clock(kit, clock, moment):
    clock.move_to(moment)
    for _ in range(2):
        jobs.stages_reached(kit)


def test_each_stage_comes_when_its_time_has_come_and_once(app, dispatch, clock, kit):
    thursday = clock() + THURSDAY
    told_route(dispatch, thursday, *NAMES)
    planned = dispatch.reads("S-1")["window"]["planned"]
    assert (planned["source"], planned["start"][:16]) == ("route", "2026-06-18T08:00")
    at_the_clock(kit, clock, thursday.replace(hour=17, minute=59) - timedelta(days=1))
    assert ledger(kit, 1) == [("date", "route")]
    at_the_clock(kit, clock, thursday.replace(hour=18) - timedelta(days=1))
    assert ledger(kit, 1)[1:] == [("half_day", "route")]
    assert dispatch.reads("S-1")["window"]["planned"]["end"][:16] == "2026-06-18T13:00"
    at_the_clock(kit, clock, thursday.replace(hour=0))
    at_the_clock(kit, clock, thursday.replace(hour=7))
    assert ledger(kit, 1)[2:] == [("departure", "route")]
    clock.move_to(thursday)
    dispatch.happens("S-1", "out_for_delivery", clock())
    live = dispatch.reads("S-1")["window"]["live"]
    # the hours stand while the van says that they will be kept, and are made for as many as before
    assert (live["source"], live["level"]) == ("route", 90)
    with kit.reading() as session:
        notices = set(session.execute(select(MessageRow.notice)).scalars())
    assert notices == {"out_for_delivery"}


def test_what_was_promised_stands_and_a_whole_day_gets_hours(dispatch, clock, kit):
    thursday = clock() + THURSDAY
    told_route(dispatch, thursday, *NAMES)
    at_the_clock(kit, clock, thursday.replace(hour=6))
    assert dispatch.reads("S-3")["window"]["planned"]["source"] == "dispatch"
    assert ledger(kit, 3) == [("", "dispatch")]
    assert [stage for stage, _ in ledger(kit, 4)] == ["", "departure"]


def test_a_round_moved_to_another_day_moves_the_date_and_one_left_out_has_none(dispatch, clock, kit):
    told_route(dispatch, clock() + THURSDAY, *NAMES)
    told_route(dispatch, clock() + THURSDAY + timedelta(days=1), *NAMES)
    assert dispatch.reads("S-1")["window"]["planned"]["start"][:10] == "2026-06-19"
    told_route(dispatch, clock() + THURSDAY, "S-2")
    assert dispatch.reads("S-1")["window"]["planned"] is None
    assert dispatch.reads("S-3")["window"]["planned"]["source"] == "dispatch"


def test_whoever_chooses_or_keeps_a_parcel_at_the_depot_is_told_no_time(app, dispatch, clock, kit):
    dispatch.ships(shipment("S-5", window=None, service="on_demand"))
    told_route(dispatch, clock() + THURSDAY, "S-5")
    assert dispatch.reads("S-5")["window"]["planned"] is None


def test_the_page_says_morning_the_evening_before(app, dispatch, clock, kit):
    ann = recipient_of(app, dispatch, "S-6", window=None)
    thursday = clock() + THURSDAY
    told_route(dispatch, thursday, "S-6", *NAMES)
    assert "Thursday, June 18, during the day" in ann.reads()
    at_the_clock(kit, clock, thursday.replace(hour=19) - timedelta(days=1))
    said = ann.reads()
    assert "Tomorrow morning between 8 am and 1 pm" in said
    assert "This follows from the round the depot has planned." in said
    assert "Morgen Vormittag zwischen" in ann.reads("?lang=de")
