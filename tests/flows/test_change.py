"""A wish and its life, on both databases: asked, answered or lapsed, and never more places than there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.domain.change import Kind, Life, TooLate
from portal.domain.change_policy import Refused
from portal.domain.kinds.base import No
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.flows.change import Answered, Asked
from portal.flows.change_offer import offer, place_of
from portal.store import changes, shipments
from tests.dispatch import locker, new_dispatch, shipment, slot

PORCH = LeaveInSafePlace("porch")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def ask(kit, reference, wish):
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, reference)])[1, reference].shipment
        return changing.ask(session, kit.voice, found, wish, kit.now())


def answer(kit, change_id, accepted=True, **more):
    with kit.transaction() as session:
        return changing.answer(session, kit.voice, 1, change_id, accepted, "tests", kit.now(), **more)


def told(kit, notice):
    from portal.store import outbox

    with kit.reading() as session:
        return [message for message in outbox.latest(session) if message.notice == notice]


def test_an_accepted_window_becomes_the_plan_and_is_told(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    dispatch.offers(slots=[slot()])
    asked = ask(kit, "A-1", PickNewWindow("evening"))
    assert isinstance(asked, Asked)
    assert isinstance(answer(kit, asked.change.id), Answered)
    planned = dispatch.reads("A-1")["window"]["planned"]
    assert (planned["start"], planned["source"]) == ("2026-06-15T18:00:00+00:00", "recipient")
    assert {message.channel for message in told(kit, "change_accepted")} == {"sms", "email"}


def test_a_refusal_is_told_with_its_reason_and_gives_the_place_back(kit, dispatch):
    dispatch.ships(shipment("A-1"), shipment("A-2"))
    dispatch.offers(lockers=[locker(count=1)])
    asked = ask(kit, "A-1", LeaveInLocker("station"))
    assert ask(kit, "A-2", LeaveInLocker("station")) == Refused(
        No.LOCKER_FULL, asked.change.expires_at.replace(hour=12, minute=0)
    )
    answer(kit, asked.change.id, accepted=False, reason="The locker is being repaired.")
    assert any("repaired" in message.text for message in told(kit, "change_refused"))
    assert isinstance(ask(kit, "A-2", LeaveInLocker("station")), Asked)


def test_one_wish_at_a_time_and_a_withdrawn_one_makes_room(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    asked = ask(kit, "A-1", PORCH)
    assert ask(kit, "A-1", PORCH).because is No.WAITING
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        changing.withdraw(session, kit.voice, found, asked.change.id, kit.now())
    assert isinstance(ask(kit, "A-1", PORCH), Asked)


def test_silence_lapses_and_is_told_once(kit, dispatch, clock):
    dispatch.ships(shipment("A-1"))
    asked = ask(kit, "A-1", PORCH)
    clock.forward(minutes=31)
    for expected in (1, 0):
        with kit.transaction() as session:
            assert changing.lapse_overdue(session, kit.voice, kit.now()) == expected
    late = answer(kit, asked.change.id)
    assert isinstance(late, TooLate)
    assert late.life is Life.LAPSED
    assert len(told(kit, "change_lapsed")) == 2


def test_a_delivery_before_the_answer_overtakes_the_wish(kit, dispatch, clock):
    dispatch.ships(shipment("A-1"))
    asked = ask(kit, "A-1", PORCH)
    dispatch.happens("A-1", "delivered", clock())
    with kit.reading() as session:
        assert changes.find(session, 1, asked.change.id).life is Life.LAPSED


@pytest.mark.parametrize(("how", "honoured"), [("safe_place", True), ("household", False)])
def test_the_door_shows_whether_it_was_honoured(kit, dispatch, clock, how, honoured):
    dispatch.ships(shipment("A-1"))
    asked = ask(kit, "A-1", PORCH)
    answer(kit, asked.change.id)
    dispatch.happens("A-1", "delivered", clock(), how=how)
    assert dispatch.reads("A-1")["changes"][0]["honoured"] is honoured


def test_another_shippers_key_cannot_answer(app, kit, dispatch):
    dispatch.ships(shipment("A-1"))
    asked = ask(kit, "A-1", PORCH)
    thief = new_dispatch(app, "Thief")
    path = f"/changes/{asked.change.id}"
    assert thief.call("POST", f"{path}/decision", json={"decision": "accepted"}).status_code == 404
    assert thief.call("POST", f"{path}/outcome", json={"honoured": True}).status_code == 404


def test_decisions_twice_late_and_contradictory(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    path = f"/changes/{ask(kit, 'A-1', PORCH).change.id}/decision"
    statuses = [
        dispatch.call("POST", path, json={"decision": decision}).status_code
        for decision in ("accepted", "accepted", "refused")
    ]
    assert statuses == [200, 200, 409]


@pytest.mark.parametrize("places", [3])
def test_many_at_once_never_take_more_places_than_there_are(kit, app, dispatch, places):
    many = [f"A-{number}" for number in range(12)]
    dispatch.ships(*(shipment(reference) for reference in many))
    dispatch.offers(slots=[slot(capacity=places)], lockers=[locker(count=places)])

    def wish(reference):
        kind = PickNewWindow("evening") if int(reference[2:]) % 2 else LeaveInLocker("station")
        with app.app_context():
            return ask(kit, reference, kind)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(wish, many))
    assert sum(isinstance(one, Asked) for one in answers) == 2 * places
    assert {one.because for one in answers if isinstance(one, Refused)} <= {No.SLOT_FULL, No.LOCKER_FULL}


def test_one_shipment_asked_by_many_at_once_has_one_wish(kit, app, dispatch):
    dispatch.ships(shipment("A-1"))

    def wish(_):
        with app.app_context():
            return ask(kit, "A-1", PORCH)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(wish, range(8)))
    assert sum(isinstance(one, Asked) for one in answers) == 1


def test_the_deadline_stands_in_what_dispatch_reads(kit, dispatch):
    from portal.flows import dispatch_out

    dispatch.ships(shipment("A-1"))
    ask(kit, "A-1", PORCH)
    with kit.transaction() as session:
        dispatch_out.number_and_send(session, kit.voice, kit.now())
    entry = dispatch.call("GET", "/changes").json["changes"][0]
    assert entry["type"] == "delivery_change.requested"
    assert entry["data"]["to"] == {"spot": "porch", "ring": True}
    assert entry["data"]["expires_at"] == (kit.now() + timedelta(minutes=30)).isoformat()


def test_the_deadline_follows_the_round(kit, dispatch, clock):
    """Before the van leaves by the plan, on the way by where it is; the page's quick look asks no more queries."""

    many = [f"A-{number}" for number in range(1, 9)]
    dispatch.ships(*(shipment(reference) for reference in many))
    dispatch.drives("R", "van", clock() + timedelta(hours=1), *many)

    def offered(reference, kind):
        with kit.reading() as session:
            whole = shipments.by_references(session, [(1, reference)])[1, reference].shipment
            place = place_of(session, whole, kit.now())
            shown = offer(session, kit.voice, whole, [], kit.now()).options
        return place, next(one for one in shown if one.kind is kind)

    place, hold = offered("A-8", Kind.HOLD)
    assert (place.departs_at, place.stops_before) == (clock() + timedelta(hours=1), 7)
    assert hold.until == clock() + timedelta(hours=1)
    clock.forward(hours=1)
    for reference in many:
        dispatch.happens(reference, "out_for_delivery", clock())
    assert offered("A-8", Kind.HOLD)[1].because is No.LOADED
    place, porch = offered("A-8", Kind.SAFE_PLACE)
    assert place.stops_before == 7
    assert len(place.earlier) == 7
    assert porch.until <= min(place.earlier[0], place.expected_at - timedelta(minutes=30))
    assert offered("A-1", Kind.SAFE_PLACE)[1].because is No.NEXT_STOP
