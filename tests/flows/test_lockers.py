"""A box in a locker on both databases: held, booked, filled, emptied; never more than there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.domain.change_policy import Refused
from portal.domain.kinds.base import No
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.pickup import pickup_code
from portal.flows import holds, pickup
from portal.flows.change import Asked
from portal.flows.holds import Held
from portal.jobs import end_stays, free_compartments
from portal.store import changes, compartments, shipments
from portal.store.locker_rows import CompartmentRow
from tests.dispatch import locker, new_dispatch, shipment
from tests.lockers import agree, ask, booking, opens, put_in


@pytest.fixture
def dispatch(app):
    found = new_dispatch(app)
    found.ships(shipment("A-1"), shipment("A-2"))
    return found


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def hold(kit, reference, key="station"):
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, reference)])[1, reference].shipment
        return holds.hold(session, kit.voice, found, LeaveInLocker(key), kit.now())


def taken(kit):
    with kit.reading() as session:
        return list(session.execute(select(CompartmentRow.taken).order_by(CompartmentRow.id)).scalars())


def told(kit, type):
    with kit.transaction() as session:
        changes.number_new_entries(session)
        return [entry.data for entry in changes.feed(session, None, 0, 100) if entry.type == type]


def test_a_box_is_kept_for_five_minutes_for_who_decides_and_counts_as_taken(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    assert hold(kit, "A-1") == Held(clock() + timedelta(minutes=5))
    assert ask(kit, "A-2").because is No.LOCKER_FULL
    assert isinstance(ask(kit, "A-1"), Asked)
    assert taken(kit) == [1]


def test_a_hold_that_ran_out_is_in_nobodys_way(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    hold(kit, "A-1")
    clock.forward(minutes=5)
    assert isinstance(ask(kit, "A-2"), Asked)
    assert taken(kit) == [1]
    assert ask(kit, "A-1").because is No.LOCKER_FULL


def test_a_tick_frees_what_ran_out_once(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    hold(kit, "A-1")
    clock.forward(minutes=6)
    free_compartments(kit)
    free_compartments(kit)
    assert taken(kit) == [0]
    with kit.reading() as session:
        assert compartments.with_expired_holds(session, clock()) == []


def test_a_shipment_holds_one_box(kit, dispatch):
    dispatch.offers(lockers=[locker(), locker("other")])
    hold(kit, "A-1")
    hold(kit, "A-1", "other")
    hold(kit, "A-1", "other")
    assert sum(taken(kit)) == 1
    assert isinstance(ask(kit, "A-2"), Asked)


def test_many_who_look_and_ask_at_once_never_get_more_boxes_than_there_are(kit, app, dispatch):
    many = [f"B-{number}" for number in range(12)]
    dispatch.ships(*(shipment(reference) for reference in many))
    dispatch.offers(lockers=[locker(count=3)])

    def try_it(reference):
        with app.app_context():
            held = kit.database.played(lambda: hold(kit, reference))
            return held if isinstance(held, Refused) else kit.database.played(lambda: ask(kit, reference))

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(try_it, many))
    assert sum(isinstance(one, Asked) for one in answers) == 3
    assert taken(kit) == [3]


def test_fewer_boxes_than_are_taken_break_nothing(kit, dispatch):
    dispatch.offers(lockers=[locker(count=2)])
    asked = [ask(kit, reference).change.id for reference in ("A-1", "A-2")]
    dispatch.offers(lockers=[locker(count=1)])
    for change_id in asked:
        dispatch.call("POST", f"/changes/{change_id}/decision", json={"decision": "refused"})
    assert taken(kit) == [0]
    assert isinstance(ask(kit, "A-1"), Asked)
    assert ask(kit, "A-2").because is No.LOCKER_FULL


def test_the_stay_begins_when_it_is_put_in_and_ends_when_it_is_taken_out(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    put_in(kit, dispatch, clock)
    assert booking(kit).until == clock() + timedelta(hours=48)
    clock.forward(hours=1)
    dispatch.happens("A-1", "collected", clock())
    assert booking(kit) is None
    assert taken(kit) == [0]


def test_a_collection_that_was_no_collection_takes_the_box_again(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    put_in(kit, dispatch, clock)
    clock.forward(hours=1)
    dispatch.happens("A-1", "collected", clock())
    wrong = f"ev-{dispatch.numbers[0]}"
    dispatch.happens("A-1", "ready_for_pickup", clock(), corrects=wrong)
    assert booking(kit).waits
    assert taken(kit) == [1]


def test_the_booking_follows_the_parcel_into_another_locker(kit, dispatch, clock):
    dispatch.offers(lockers=[locker(), locker("harbor", name="Harbor", count=0)])
    put_in(kit, dispatch, clock, place="harbor")
    assert booking(kit).locker.name == "Harbor"
    assert sum(taken(kit)) == 1


def test_delivered_at_the_door_instead_frees_the_box(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    agree(kit, dispatch)
    dispatch.happens("A-1", "delivered", clock(), how="household")
    assert taken(kit) == [0]


def test_delivered_into_the_locker_is_free_when_it_was_opened_and_the_time_is_over(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    change_id = agree(kit, dispatch)
    dispatch.happens("A-1", "delivered", clock(), how="locker")
    assert booking(kit).waits
    assert opens(dispatch, pickup_code(kit.voice.secret, change_id)).status_code == 200
    clock.forward(hours=48)
    assert end_stays(kit) == 0
    assert taken(kit) == [0]
    assert told(kit, pickup.EXPIRED) == []


def test_the_time_is_over_and_dispatch_hears_it_once(kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    put_in(kit, dispatch, clock)
    clock.forward(hours=48)
    assert (end_stays(kit), end_stays(kit)) == (1, 0)
    (data,) = told(kit, pickup.EXPIRED)
    assert (data["shipment"], data["locker"]) == ("A-1", "station")
    dispatch.happens("A-1", "returning", clock())
    assert taken(kit) == [1]
    dispatch.happens("A-1", "returned", clock() + timedelta(minutes=1))
    assert taken(kit) == [0]


def test_a_full_locker_asks_for_the_nearest_other_one_within_what_was_said(kit, dispatch):
    near, full = locker("near", lat=10.003, lng=20.001), locker("full", lat=10.0015, lng=20.001, count=0)
    far = locker("far", lat=10.012, lng=20.001)
    dispatch.offers(lockers=[locker(), near, full, far])
    first = ask(kit, overflow_m=500).change.id
    refused = {"decision": "refused", "reason_code": "locker_full", "reason": "It is full."}
    assert dispatch.call("POST", f"/changes/{first}/decision", json=refused).status_code == 200
    before, after = dispatch.reads("A-1")["changes"]
    assert (before["state"], after["state"]) == ("refused", "asked")
    assert told(kit, "delivery_change.requested")[-1]["to"]["locker"] == "near"
    assert told(kit, "delivery_change.requested")[-1]["from"]["instead_of"] == first
    second = told(kit, "delivery_change.requested")[-1]["change_id"]
    dispatch.call("POST", f"/changes/{second}/decision", json=refused)
    assert len(dispatch.reads("A-1")["changes"]) == 2
    assert sum(taken(kit)) == 0


@pytest.mark.parametrize("more", [{"reason_code": "other"}, {}])
def test_another_refusal_asks_for_nothing_else(kit, dispatch, more):
    dispatch.offers(lockers=[locker(), locker("near", lat=10.003)])
    first = ask(kit, overflow_m=500).change.id
    dispatch.call("POST", f"/changes/{first}/decision", json={"decision": "refused", **more})
    assert len(dispatch.reads("A-1")["changes"]) == 1
