"""Is dispatch known to have a change? By our call, by its own reading, by its answer; and an alarm when not."""

import json
from datetime import timedelta

import pytest

from portal import jobs
from portal.domain.kinds.instructions import GiveInstructions
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.flows import dispatch_out, unreached
from portal.store import changes, shipments
from portal.store.changes import FeedEntry
from tests.dispatch import new_dispatch, shipment
from tests.doubles.dispatch import SECRET
from tests.doubles.dispatch import Dispatch as Endpoint
from tests.doubles.server import Answer

PORCH = LeaveInSafePlace("porch")


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def endpoint(dispatch):
    with Endpoint() as double:
        told = {"url": double.url + "/hook", "secret": SECRET}
        assert dispatch.call("PUT", "/webhook", json=told).status_code == 200
        yield double


def ask(kit, dispatch, reference="A-1", wish=PORCH):
    dispatch.ships(shipment(reference))
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, reference)])[1, reference].shipment
        asked = changing.ask(session, kit.voice, found, wish, kit.now())
    jobs.feed(kit)
    return asked.change.id


def known(kit, change_id):
    with kit.reading() as session:
        change = changes.find(session, None, change_id)
    return change.told_how, change.told_at


def alarm(kit):
    with kit.reading() as session:
        return unreached.alarm(session, None, kit.now())


def test_a_call_that_was_taken_says_so(kit, dispatch, endpoint, clock):
    change_id = ask(kit, dispatch)
    before = dispatch.reads("A-1")["version"]
    assert known(kit, change_id) == ("", None)
    jobs.outbox(kit)
    assert known(kit, change_id) == ("webhook", clock())
    shown = dispatch.reads("A-1")
    assert shown["version"] > before and shown["changes"][0]["told_how"] == "webhook"


def test_whoever_goes_on_after_an_entry_has_read_it(kit, dispatch, clock):
    first, second = ask(kit, dispatch), ask(kit, dispatch, "A-2")
    dispatch.call("GET", "/changes?after=0")
    jobs.feed(kit)
    assert known(kit, first) == known(kit, second) == ("", None)
    dispatch.call("GET", "/changes?after=1")
    clock.forward(minutes=1)
    jobs.feed(kit)
    assert known(kit, first) == ("pull", clock() - timedelta(minutes=1))
    assert known(kit, second) == ("", None)


def test_a_number_that_was_never_handed_out_proves_nothing(kit, app, dispatch):
    change_id = ask(kit, dispatch)
    other = new_dispatch(app, "Other")
    for reader, after in ((dispatch, 2**53), (dispatch, 7), (other, 1)):
        assert reader.call("GET", f"/changes?after={after}").status_code == 200
    jobs.feed(kit)
    assert known(kit, change_id) == ("", None)


def test_an_answer_says_so_and_what_the_desk_answered_dispatch_reads(kit, dispatch):
    first, second = ask(kit, dispatch), ask(kit, dispatch, "A-2")
    assert (
        dispatch.call("POST", f"/changes/{first}/decision", json={"decision": "accepted"}).status_code == 200
    )
    with kit.transaction() as session:
        changing.answer(session, kit.voice, 1, second, False, "agent:1", kit.now(), reason="Full.")
    jobs.feed(kit)
    assert (known(kit, first)[0], known(kit, second)[0]) == ("api", "desk")
    entries = dispatch.call("GET", "/changes").json["changes"]
    assert [one["type"].partition(".")[2] for one in entries] == ["requested", "requested", "refused"]
    assert (entries[-1]["data"]["state"], entries[-1]["data"]["reason"]) == ("refused", "Full.")


def test_after_two_minutes_with_nobody_reached_there_is_an_alarm(kit, dispatch, endpoint, client, clock):
    endpoint.answers.extend([Answer(500)] * 3)
    change_id = ask(kit, dispatch)
    jobs.outbox(kit)
    assert alarm(kit) == ""
    clock.forward(minutes=2)
    assert alarm(kit).startswith("1 change is not known to have reached dispatch, the first for 2 minutes")
    assert "doorstep_oldest_untold_change_seconds 120.0" in client.get("/metrics").text
    dispatch.call("GET", "/changes?after=1")
    jobs.feed(kit)
    assert (alarm(kit), known(kit, change_id)[0]) == ("", "pull")
    (call,) = dispatch.call("GET", "/webhook/deliveries").json["deliveries"]
    assert (call["state"], call["pulled"], call["seq"]) == ("queued", True, 1)
    assert call["next_at"]


def test_what_was_pulled_and_called_is_the_same_entry(kit, dispatch, endpoint):
    ask(kit, dispatch)
    jobs.outbox(kit)
    (pulled,) = dispatch.call("GET", "/changes").json["changes"]
    (called,) = endpoint.calls
    assert json.loads(called.body) == {name: pulled[name] for name in ("type", "timestamp", "data")}
    assert pulled["data"]["seq"] == pulled["seq"]
    jobs.outbox(kit)
    (log,) = dispatch.call("GET", "/webhook/deliveries").json["deliveries"]
    assert log["id"] == called.headers["webhook-id"]


def test_a_wish_taken_back_needs_nobody_any_more(kit, dispatch, clock):
    change_id = ask(kit, dispatch)
    clock.forward(minutes=5)
    assert alarm(kit)
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        changing.withdraw(session, kit.voice, found, change_id, kit.now())
    assert alarm(kit) == ""


def test_a_moved_endpoint_gets_what_the_old_one_did_not_take(kit, dispatch, endpoint, clock):
    endpoint.answers.append(Answer(500))
    ask(kit, dispatch)
    jobs.outbox(kit)
    told = {"url": endpoint.url + "/elsewhere", "secret": SECRET}
    assert dispatch.call("PUT", "/webhook", json=told).status_code == 200
    clock.forward(minutes=1)
    jobs.outbox(kit)
    assert [one.path for one in endpoint.calls] == ["/hook", "/elsewhere"]


def test_an_endpoint_that_is_gone_is_not_called_for_what_still_waits(kit, dispatch, endpoint, clock):
    endpoint.answers.append(Answer(410))
    ask(kit, dispatch)
    jobs.outbox(kit)
    ask(kit, dispatch, "A-2")
    calls = dispatch.call("GET", "/webhook/deliveries").json["deliveries"]
    assert dispatch.call("POST", f"/webhook/deliveries/{calls[0]['id']}/replay").status_code == 200
    jobs.outbox(kit)
    assert len(endpoint.calls) == 1


def test_the_log_of_calls_is_read_page_by_page(kit, dispatch, endpoint):
    for number in range(5):
        ask(kit, dispatch, f"A-{number}")
    seen, before = [], ""
    while before is not None:
        page = dispatch.call("GET", f"/webhook/deliveries?limit=2&before={before}").json
        seen += [one["seq"] for one in page["deliveries"]]
        before = page["next"]
    assert seen == [5, 4, 3, 2, 1]
    assert dispatch.call("GET", "/webhook/deliveries?before=nonsense").json["deliveries"] == []
    assert dispatch.call("GET", "/webhook/deliveries?limit=x").status_code == 422


@pytest.mark.parametrize(
    "data",
    [{"to": {"words": "ü" * 12_000}}, {"to": [{"note": "x" * 900}] * 500}, {"to": {"deep": [["y"] * 9_000]}}],
)
def test_no_body_reaches_twenty_kilobytes(data, clock):
    entry = FeedEntry(7, 1, 1, "delivery_change.requested", clock(), {"change_id": "c", "seq": 7} | data)
    body = dispatch_out.body_of(entry)
    assert len(body.encode()) < 20_000
    told = json.loads(body)["data"]
    assert (told["change_id"], told["seq"], told["cut"]) == ("c", 7, True)


def test_the_longest_instructions_fit_whole(kit, dispatch, endpoint):
    ask(kit, dispatch, wish=GiveInstructions("9" * 20, "12", (), "Ü" * 200))
    jobs.outbox(kit)
    assert len(endpoint.calls[0].body) < 20_000 and b'"cut"' not in endpoint.calls[0].body
