"""Back again: what was agreed is taken back or replaced, and what the sender asked holds again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.domain.change import Life, TooLate
from portal.domain.clue import read
from portal.domain.kinds.address_correction import CorrectAddress
from portal.domain.kinds.base import No
from portal.domain.kinds.hold import KeepForAWhile
from portal.domain.kinds.instructions import GiveInstructions
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.flows import search_words
from portal.flows.change import Answered, Asked
from portal.store import changes, outbox, shipments
from tests.dispatch import DOOR, locker, new_dispatch, shipment, slot

PORCH = LeaveInSafePlace("porch")
HOLIDAY = KeepForAWhile("2026-06-22")
WINDOW = {"start": "2026-06-15T14:00:00+00:00", "end": "2026-06-15T16:00:00+00:00"}


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def found(session, reference="A-1"):
    return shipments.by_references(session, [(1, reference)])[1, reference].shipment


def ask(kit, wish, reference="A-1"):
    with kit.transaction() as session:
        return changing.ask(session, kit.voice, found(session, reference), wish, kit.now())


def answer(kit, asked, accepted=True, **more):
    with kit.transaction() as session:
        return changing.answer(session, kit.voice, 1, asked.change.id, accepted, "tests", kit.now(), **more)


def agreed(kit, wish, reference="A-1"):
    asked = ask(kit, wish, reference)
    assert isinstance(asked, Asked), asked
    answer(kit, asked)
    return asked


def withdraw(kit, asked, reference="A-1"):
    with kit.transaction() as session:
        return changing.withdraw(session, kit.voice, found(session, reference), asked.change.id, kit.now())


def lives(kit, reference="A-1"):
    with kit.reading() as session:
        one = found(session, reference)
        return sorted(change.life for change in changes.of_shipments(session, [one.id])[one.id])


def planned(dispatch, reference="A-1"):
    window = dispatch.reads(reference)["window"]["planned"]
    return window and (window["start"], window["source"])


def feed(kit):
    with kit.transaction() as session:
        changes.number_new_entries(session)
        return [
            (one.type.partition(".")[2], one.data.get("kind")) for one in changes.feed(session, 1, 0, 100)
        ]


def told(kit, notice):
    with kit.reading() as session:
        return [one for one in outbox.latest(session) if one.notice == notice]


def test_a_hold_takes_the_window_off_and_back(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    asked = agreed(kit, HOLIDAY)
    assert planned(dispatch) is None
    assert isinstance(withdraw(kit, asked), Answered)
    assert planned(dispatch) == ("2026-06-15T14:00:00+00:00", "dispatch")
    assert {one.channel for one in told(kit, "change_withdrawn")} == {"sms", "email"}


def test_dispatch_may_name_the_window_of_a_hold(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    path = f"/changes/{ask(kit, HOLIDAY).change.id}/decision"
    window = {"start": "2026-06-22T09:00:00Z", "end": "2026-06-22T11:00:00Z"}
    assert dispatch.call("POST", path, json={"decision": "accepted", "window": window}).status_code == 200
    assert planned(dispatch) == ("2026-06-22T09:00:00+00:00", "recipient")


def test_dispatch_may_name_another_window_than_the_slot_whose_place_is_free_again(kit, dispatch):
    dispatch.ships(shipment("A-1"), shipment("A-2"))
    dispatch.offers(slots=[slot(capacity=1)])
    asked = ask(kit, PickNewWindow("evening"))
    start = kit.now() + timedelta(days=1)
    answer(kit, asked, window=(start, start + timedelta(hours=2)))
    assert planned(dispatch) == (start.isoformat(), "recipient")
    assert isinstance(ask(kit, PickNewWindow("evening"), "A-2"), Asked)


def test_a_window_goes_back_while_the_old_one_is_ahead(kit, dispatch, clock):
    dispatch.ships(shipment("A-1"))
    dispatch.offers(slots=[slot(), slot("late", start="2026-06-16T18:00:00Z", end="2026-06-16T20:00:00Z")])
    asked = agreed(kit, PickNewWindow("evening"))
    withdraw(kit, asked)
    assert planned(dispatch) == ("2026-06-15T14:00:00+00:00", "dispatch")
    later = agreed(kit, PickNewWindow("late"))
    clock.forward(hours=9)
    withdraw(kit, later)
    assert planned(dispatch) is None


def test_of_two_windows_the_later_holds_and_back_is_what_the_sender_asked(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    late = slot("late", start="2026-06-16T18:00:00Z", end="2026-06-16T20:00:00Z")
    dispatch.offers(slots=[slot(capacity=1), late])
    agreed(kit, PickNewWindow("evening"))
    second = agreed(kit, PickNewWindow("late"))
    assert lives(kit) == [Life.ACCEPTED, Life.REPLACED]
    assert [one for one, _ in feed(kit)] == ["requested", "accepted", "requested", "withdrawn", "accepted"]
    withdraw(kit, second)
    assert planned(dispatch) == ("2026-06-15T14:00:00+00:00", "dispatch")


def test_what_dispatch_plans_after_it_agreed_is_not_taken_back(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    asked = agreed(kit, HOLIDAY)
    newer = {"start": "2026-06-23T09:00:00Z", "end": "2026-06-23T11:00:00Z"}
    dispatch.ships(shipment("A-1", window=newer))
    withdraw(kit, asked)
    assert planned(dispatch) == ("2026-06-23T09:00:00+00:00", "dispatch")


def corrected(kit):
    with kit.reading() as session:
        words = read("14 Mill Lane").words
        return found(session).address.lines, search_words.whole(session, 1, words, 10)


def test_an_address_is_put_right_everywhere_and_back(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    with kit.reading() as session:
        door = found(session).door
    asked = agreed(kit, CorrectAddress("14 Mill Lane", "Flat 2"))
    lines, hits = corrected(kit)
    assert lines == ("14 Mill Lane", "Flat 2")
    assert len(hits) == 1
    with kit.reading() as session:
        assert found(session).door != door
    withdraw(kit, asked)
    assert corrected(kit) == (("12 Mill Lane",), [])
    with kit.reading() as session:
        assert found(session).door == door


def test_an_old_list_of_dispatch_does_not_undo_a_correction_but_a_newer_word_does(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    agreed(kit, CorrectAddress("14 Mill Lane"))
    dispatch.ships(shipment("A-1", depot="south"))
    assert corrected(kit)[0] == ("14 Mill Lane",)
    dispatch.ships(shipment("A-1", address=DOOR | {"lines": ["16 Mill Lane"]}))
    assert corrected(kit)[0] == ("16 Mill Lane",)


def test_instructions_hold_at_once_and_the_latest_holds(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    ask(kit, GiveInstructions(floor="2"))
    ask(kit, GiveInstructions(floor="3"))
    assert lives(kit) == [Life.ACCEPTED, Life.REPLACED]
    assert ("instructions", "instructions") in feed(kit)


def test_a_refused_replacement_leaves_what_was_agreed(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    dispatch.offers(lockers=[locker(count=1)])
    agreed(kit, LeaveInLocker("station"))
    answer(kit, ask(kit, PORCH), accepted=False)
    assert lives(kit) == [Life.ACCEPTED, Life.REFUSED]


def test_a_locker_that_was_replaced_is_free_again(kit, dispatch):
    dispatch.ships(shipment("A-1"), shipment("A-2"))
    dispatch.offers(lockers=[locker(count=1)])
    agreed(kit, LeaveInLocker("station"))
    assert ask(kit, LeaveInLocker("station"), "A-2").because is No.LOCKER_FULL
    agreed(kit, PORCH)
    assert isinstance(ask(kit, LeaveInLocker("station"), "A-2"), Asked)


def test_on_the_way_to_the_door_nothing_is_taken_back(kit, dispatch, clock):
    dispatch.ships(shipment("A-1"))
    asked = agreed(kit, PORCH)
    dispatch.happens("A-1", "out_for_delivery", clock())
    dispatch.happens("A-1", "next_stop", clock())
    late = withdraw(kit, asked)
    assert isinstance(late, TooLate)
    assert late.life is Life.ACCEPTED


def test_who_shares_the_address_hears_of_a_hold_once_and_without_names(kit, dispatch):
    bea = {"name": "Bea Book", "phone": "+12025550144", "email": "bea@example.com", "language": "en"}
    elsewhere = DOOR | {"lines": ["99 Mill Lane"]}
    dispatch.ships(
        shipment("A-1"),
        shipment("A-2"),
        shipment("B-1", recipient=bea, address=DOOR | {"lines": ["12  MILL Lane"]}),
        shipment("B-2", recipient=bea, address=DOOR),
        shipment(
            "C-1", recipient=bea | {"phone": "+12025550155", "email": "c@example.com"}, address=elsewhere
        ),
    )
    agreed(kit, HOLIDAY)
    heard = told(kit, "household_held")
    assert {one.to for one in heard} <= {"+12025550144", "bea@example.com"}
    assert sorted(one.channel for one in heard) == ["email", "sms"]
    assert not any("Ann" in one.text for one in heard)


@pytest.mark.parametrize("accepted", [True, False])
def test_dispatch_and_recipient_at_once_have_one_answer(kit, app, dispatch, accepted):
    many = [f"A-{number}" for number in range(6)]
    dispatch.ships(*(shipment(one) for one in many))
    asked = {one: ask(kit, PORCH, one) for one in many}

    def act(what):
        reference, by_dispatch = what
        with app.app_context():
            if by_dispatch:
                return answer(kit, asked[reference], accepted)
            return withdraw(kit, asked[reference], reference)

    with ThreadPoolExecutor(8) as pool:
        both = list(pool.map(act, [(one, side) for one in many for side in (True, False)]))
    for reference, by_dispatch, by_recipient in zip(many, both[::2], both[1::2], strict=True):
        (life,) = lives(kit, reference)
        said = [
            one.change.life if isinstance(one, Answered) else one.life for one in (by_dispatch, by_recipient)
        ]
        # an agreed one may still be taken back; else whoever came second reads what holds
        assert life in said
        assert life is not Life.ASKED
        assert dispatch.reads(reference)["changes"][0]["state"] == life.value
        if life is not Life.WITHDRAWN:
            assert isinstance(by_recipient, TooLate)


def test_driver_and_recipient_at_once(kit, app, dispatch, clock):
    dispatch.ships(shipment("A-1"))
    asked = agreed(kit, PORCH)
    dispatch.happens("A-1", "out_for_delivery", clock())

    def act(delivers):
        with app.app_context():
            if delivers:
                return dispatch.happens("A-1", "delivered", clock(), how="safe_place")
            return withdraw(kit, asked)

    with ThreadPoolExecutor(2) as pool:
        _, back = pool.map(act, [True, False])
    with kit.reading() as session:
        change = changes.find(session, 1, asked.change.id)
    if isinstance(back, Answered):
        assert (change.life, change.honoured) == (Life.WITHDRAWN, None)
    else:
        assert (change.life, change.honoured) == (Life.ACCEPTED, True)


def test_replacing_counts_among_the_times_it_may_be_changed(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    for spot in ("porch", "garage", "shed"):
        agreed(kit, LeaveInSafePlace(spot))
    assert ask(kit, PORCH).because is No.OFTEN


def test_who_is_told_of_instructions_reads_nothing_of_a_depot_that_must_agree(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    ask(kit, GiveInstructions(floor="2"))
    (mail,) = (one for one in told(kit, "change_asked") if one.channel == "email")
    assert "depot has to agree" not in mail.text
    assert "take it back" in mail.text
