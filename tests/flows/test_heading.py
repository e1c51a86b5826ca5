"""A door the van turns away from is told so, and told anew when the van comes after all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import jobs
from portal.store.outbox_rows import MessageRow
from tests.dispatch import DOOR, Dispatch, new_dispatch, shipment

NAMES = ("S-1", "S-2", "S-3", "S-4")


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def told_route(dispatch: Dispatch, clock, *names: str, route: str = "north 1", van: str = "van 1", **more):
    stops = [{"seq": seq, "shipment": name} for seq, name in enumerate(names, 1)]
    told = {"route": route, "van": van, "departs_at": clock().isoformat(), "stops": stops} | more
    (answer,) = dispatch._list("POST", "routes", [told])
    return answer


@pytest.fixture
def dispatch(app, clock) -> Dispatch:
    """Four doors; the van has left."""
    dispatch = new_dispatch(app)
    places = {name: DOOR | {"lat": 48 + 0.0027 * place, "lng": 9.0} for place, name in enumerate(NAMES)}
    dispatch.ships(*(shipment(name, address=places[name], window=None) for name in NAMES))
    told_route(dispatch, clock, *NAMES)
    for name in NAMES:
        dispatch.happens(name, "out_for_delivery", clock())
    clock.forward(minutes=5)
    return dispatch


def news(kit, number: int) -> list[str]:
    """The notices a door got by text, in order."""
    query = (
        select(MessageRow.notice)
        .where(MessageRow.shipment_id == number, MessageRow.channel == "sms")
        .order_by(MessageRow.seq)
    )
    with kit.reading() as session:
        return list(session.execute(query).scalars())


def test_a_stop_left_out_of_a_running_round_is_told_and_loses_its_window(dispatch, clock, kit):
    told_route(dispatch, clock, "S-1", "S-2", "S-4")
    read = dispatch.reads("S-3")
    assert read["window"]["live"] is None
    assert read["timeline"][-1]["happening"] == "no_longer_heading"
    assert read["timeline"][-1]["note"] == "The round was sent again without this stop."
    assert news(kit, 3)[-1] == "no_longer_heading"
    assert dispatch.reads("S-4")["window"]["live"]
    with kit.reading() as session:
        why = select(MessageRow.because).where(MessageRow.notice == "no_longer_heading")
        assert set(session.execute(why).scalars()) == {"The round was sent again without this stop."}
    forged = {"event_id": read["timeline"][-1]["event_id"], "shipment": "S-4", "happening": "delivered"}
    (answer,) = dispatch.reports(forged | {"happened_at": clock().isoformat()})
    assert answer["outcome"] == "rejected"
    assert "the portal's own" in answer["because"]


def test_it_is_told_once_however_often_the_round_is_sent(dispatch, clock, kit):
    for _ in range(3):
        told_route(dispatch, clock, "S-1", "S-2", "S-4")
        clock.forward(minutes=1)
    assert news(kit, 3).count("no_longer_heading") == 1


def test_back_on_the_round_it_is_told_anew_with_a_window(dispatch, clock, kit):
    told_route(dispatch, clock, "S-1", "S-2", "S-4")
    clock.forward(minutes=10)
    told_route(dispatch, clock, *NAMES)
    assert news(kit, 3)[-2:] == ["no_longer_heading", "out_for_delivery"]
    assert dispatch.reads("S-3")["window"]["live"]
    told_route(dispatch, clock, "S-1", "S-2", "S-4")
    assert news(kit, 3)[-1] == "no_longer_heading"


def test_a_parcel_handed_to_another_van_of_today_is_still_coming(dispatch, clock, kit):
    told_route(dispatch, clock, "S-3", route="north 2", van="van 2")
    told_route(dispatch, clock, "S-1", "S-2", "S-4")
    assert "no_longer_heading" not in news(kit, 3)
    assert dispatch.reads("S-3")["window"]["live"]


def test_a_parcel_put_on_the_round_of_tomorrow_does_not_come_today(dispatch, clock, kit):
    tomorrow = (clock() + timedelta(days=1)).isoformat()
    told_route(dispatch, clock, "S-3", route="north t", van="van 1", departs_at=tomorrow)
    told_route(dispatch, clock, "S-1", "S-2", "S-4")
    assert news(kit, 3)[-1] == "no_longer_heading"


def test_what_dispatch_said_itself_is_not_undone_by_a_round(dispatch, clock, kit):
    dispatch.happens("S-3", "no_longer_heading", clock())
    clock.forward(minutes=1)
    told_route(dispatch, clock, *NAMES)
    assert news(kit, 3)[-1] == "no_longer_heading"
    clock.forward(minutes=1)
    dispatch.happens("S-3", "out_for_delivery", clock())
    assert dispatch.reads("S-3")["window"]["live"]
    assert news(kit, 3)[-1] == "out_for_delivery"


def test_a_stop_that_is_done_or_was_never_loaded_is_just_dropped(dispatch, clock, kit):
    dispatch.ships(shipment("S-5", window=None))
    told_route(dispatch, clock, *NAMES, "S-5")
    dispatch.happens("S-1", "delivered", clock())
    told_route(dispatch, clock, "S-2", "S-3", "S-4")
    assert "no_longer_heading" not in news(kit, 1) + news(kit, 5)


def test_a_door_that_the_van_never_reached_hears_of_it_when_the_round_is_over(dispatch, clock, kit):
    dispatch.happens("S-1", "delivered", clock())
    clock.forward(hours=21)
    jobs.windows(kit)
    jobs.windows(kit)
    for number, name in enumerate(NAMES[1:], 2):
        assert dispatch.reads(name)["timeline"][-1]["note"] == "The round ended without this stop."
        assert news(kit, number).count("no_longer_heading") == 1
    assert "no_longer_heading" not in news(kit, 1)


def test_two_vans_for_one_parcel_make_one_window(dispatch, clock, kit):
    told_route(dispatch, clock, "S-4", "S-3", "S-2", "S-1", route="south", van="van 2")
    one = dispatch.reads("S-4")["window"]["live"]["end"]
    clock.forward(minutes=1)
    dispatch.stands("van 1", 48.0, 9.0, clock())
    dispatch.stands("van 2", 48.0, 9.0, clock())
    assert dispatch.reads("S-4")["window"]["live"]["end"] == one
