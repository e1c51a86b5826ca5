"""What strangers try at the doors: twenty at once, names that cannot be, times out of time, a proof read by link."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from portal import jobs
from portal.app import create_app
from portal.config import SettingsError
from portal.flows import dispatch_out
from portal.flows.codes import CODES_AN_HOUR
from portal.store import links, outbox
from tests.dispatch import AGREED, event, new_dispatch, shipment, slot
from tests.recipient import Recipient, recipient_of, wishes_at_dispatch

PAGES = ("", "/live", "/map", "/change", "/verify", "/confirm", "/proof", "/window.ics", "/feed.json")
GARAGE = {"kind": "safe_place", "spot": "garage"}
DECIDED = {"decision": "accepted"}


@pytest.fixture(autouse=True)
def as_strangers_see_it(app):
    """Errors are answered as they are in production, not raised into the test."""
    app.config["PROPAGATE_EXCEPTIONS"] = False


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


def at_once(ann: Recipient, where: str, from_page: str, times: int, **fields: str) -> list[int]:
    """The same form sent many times at once by the same browser; the statuses."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', ann.looks(from_page))
    cookie = ann.client.get_cookie("doorstep")
    assert token and cookie

    def send(_: int) -> int:
        client = ann.app.test_client()
        client.set_cookie("doorstep", cookie.value)
        return client.post(ann.path + where, data={**fields, "csrf_token": token[1]}).status_code

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(send, range(times)))


def prove(ann: Recipient) -> None:
    """Ask for a code and type it, with no wish in mind."""
    ann.sends("/verify/code", "/verify?for=proof")
    ann.sends("/verify", "/verify?for=proof", code=ann.code(), **{"for": "proof"})


def test_twenty_presses_at_once_send_no_more_codes_than_one_after_the_other(ann):
    statuses = at_once(ann, "/verify/code", "/verify?for=proof", 20)
    assert statuses == [303] * CODES_AN_HOUR + [429] * (20 - CODES_AN_HOUR)


def test_a_right_code_typed_many_times_at_once_is_good_once(ann):
    ann.sends("/verify/code", "/verify?for=proof")
    statuses = at_once(ann, "/verify", "/verify?for=proof", 8, code=ann.code(), **{"for": "proof"})
    assert statuses == [303] + [422] * 7


def test_a_wish_sent_many_times_at_once_is_one_wish(ann):
    prove(ann)
    ann.sends("/change", "/change?kind=safe_place", **GARAGE)
    statuses = at_once(ann, "/confirm", "/confirm", 6)
    assert statuses == [303] + [409] * 5
    assert len(wishes_at_dispatch(ann)) == 1


def test_a_proof_for_one_shipment_opens_no_other(app, dispatch, ann):
    prove(ann)
    other = Recipient(ann.client, recipient_of(app, dispatch, "A-2").path, app)
    asked = other.sends("/change", "/change?kind=safe_place", **GARAGE)
    assert asked.location == f"{other.path}/verify"
    assert wishes_at_dispatch(ann) == []


@pytest.mark.engines("sqlite")
def test_a_first_window_without_a_code_moves_no_other_delivery(app, dispatch):
    when = {"start": "2026-06-16T16:00:00Z", "end": "2026-06-16T18:00:00Z"}
    dispatch.offers(slots=[slot("evening", capacity=2, **when, closes_at="2026-06-16T12:00:00Z")])
    ann = recipient_of(app, dispatch, service="on_demand", window=None)
    dispatch.ships(shipment("A-2"))
    ann.sends("/change", "/change?kind=new_window", kind="new_window", slot="evening", also="A-2")
    assert ann.sends("/confirm", "/confirm").status_code == 303
    assert {one["shipment"] for one in wishes_at_dispatch(ann)} == {"A-1"}


@pytest.mark.engines("sqlite")
def test_whoever_put_their_number_on_a_delivery_does_not_change_it_with_their_own(app, clock, dispatch):
    thief = {"name": "Ann Archer", "phone": "+12025550177", "consent": AGREED}
    dispatch.ships(shipment("A-1"))
    clock.forward(minutes=1)
    bait = recipient_of(app, dispatch, "A-2", recipient=thief)
    dispatch.ships(shipment("A-1", recipient=thief))
    bait.sends("/change", "/change?kind=safe_place", also="A-1", **GARAGE)
    bait.proves()
    assert {one["shipment"] for one in wishes_at_dispatch(bait)} == {"A-2"}


@pytest.mark.engines("sqlite")
def test_the_link_alone_cannot_flood_a_phone(app, ann):
    for number in range(25):
        ann.sends("/change", "/preferences", kind="instructions", floor=str(number))
        ann.sends("/confirm", "/preferences")
    with app.extensions["doorstep"].reading() as session:
        told = [one for one in outbox.latest(session, 500) if one.notice == "change_asked"]
    assert len([one for one in told if one.channel == "sms"]) == 20


@pytest.mark.engines("sqlite")
def test_a_code_that_went_to_a_wrong_number_is_worth_nothing_once_the_number_is_corrected(ann, dispatch):
    ann.sends("/verify/code", "/verify?for=proof")
    dispatch.ships(shipment("A-1", recipient={"name": "Ann Archer", "phone": "+12025550199"}))
    assert ann.sends("/verify", "/verify?for=proof", code=ann.code(), **{"for": "proof"}).status_code == 422


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("page", PAGES)
def test_links_that_open_nothing_cannot_be_told_apart(app, clock, dispatch, page):
    revoked, expired = recipient_of(app, dispatch, "A-1"), recipient_of(app, dispatch, "A-2")
    dispatch.happens("A-2", "delivered", clock())
    clock.forward(days=15)
    with app.extensions["doorstep"].transaction() as session:
        links.revoke(session, 1, clock())
        links.expire_after_end(session, clock())
    codes = ("A" * 22, revoked.path[3:], expired.path[3:], "short", "x" * 500, "ü" * 22, "%ff" * 22, "%00")
    seen = {_miss(app, f"/t/{code}{page}") for code in codes}
    assert len(seen) == 1
    assert next(iter(seen))[0] == 404


def _miss(app, path: str) -> tuple[int, str, str]:
    """Status, headers and body of an answer, without its nonce."""
    answer = app.test_client().get(path, headers={"If-None-Match": "*"})
    parts = (str(sorted(answer.headers)), answer.text)
    headers, body = (re.sub(r"nonce[-=\"]+[\w-]+", "nonce", part) for part in parts)
    return answer.status_code, headers, body


@pytest.mark.parametrize("name", ["%00", "A-1%00"])
def test_names_that_no_database_holds_are_not_found(ann, dispatch, name):
    assert dispatch.call("GET", f"/shipments/{name}").status_code == 404
    assert dispatch.call("POST", f"/changes/{name}/decision", json=DECIDED).status_code == 404
    assert dispatch.call("POST", f"/changes/{name}/outcome", json={"honoured": True}).status_code == 404
    assert dispatch.call("POST", f"/webhook/deliveries/{name}/replay").status_code == 404
    assert ann.sends("/change/withdraw", "/change?kind=safe_place", change="\0").status_code == 409


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]
)
def test_a_time_out_of_our_time_is_answered_and_sinks_no_neighbor(ann, dispatch, clock, at):
    taken, refused = dispatch.reports(
        event("e1", "A-1", "at_depot", clock()), event("e2", "A-1", "delivered", at)
    )
    assert (taken["outcome"], refused["outcome"]) == ("taken", "rejected")
    assert refused["errors"] == [
        {"pointer": "/events/1/happened_at", "detail": "a time lies between the years 2000 and 2100"}
    ]
    times = {"start": at, "end": at, "closes_at": at}
    for method, name, item in (
        ("POST", "shipments", shipment("A-9", window={"start": at, "end": at})),
        ("POST", "routes", {"route": "r", "van": "v", "departs_at": at, "stops": []}),
        ("POST", "positions", {"van": "v", "lat": 1, "lng": 1, "recorded_at": at}),
        ("PUT", "slots", slot() | times),
    ):
        assert dispatch._list(method, name, [item])[0]["outcome"] == "rejected"


@pytest.mark.engines("sqlite")
def test_a_place_nested_a_thousand_deep_is_answered_and_sinks_no_neighbor(ann, dispatch, clock):
    deep = "[" * 1000 + "]" * 1000
    good = '{"event_id":"e1","shipment":"A-1","happening":"at_depot","happened_at":"2026-06-15T07:00:00Z"'
    bad = good.replace("e1", "e2") + f',"place":{deep}}}'
    answer = dispatch.call(
        "POST", "/events", data=f'{{"events":[{good}}},{bad}]}}', content_type="application/json"
    )
    taken, refused = answer.json["results"]
    assert (taken["outcome"], refused["outcome"]) == ("taken", "rejected")
    assert refused["errors"] == [{"pointer": "/events/1/place", "detail": "this is nested too deep"}]


@pytest.mark.engines("sqlite")
def test_the_proof_of_an_outcome_is_not_shown_to_the_link(ann, dispatch, clock):
    ann.sends("/change", "/change?kind=safe_place", **GARAGE)
    ann.proves()
    (wish,) = wishes_at_dispatch(ann)
    path = f"/changes/{wish['change_id']}"
    dispatch.call("POST", f"{path}/decision", json=DECIDED)
    told = {"honoured": False, "note": "Nobody\nopened.", "proof": "signed by Mrs. Oak"}
    assert dispatch.call("POST", f"{path}/outcome", json=told).status_code == 200
    assert "Nobody opened." in ann.reads()
    for page in PAGES:
        assert "Oak" not in ann.app.test_client().get(ann.path + page).text


@pytest.mark.engines("sqlite")
def test_figures_are_for_this_machine_and_not_for_whoever_a_proxy_passes_on(client):
    assert client.get("/metrics").status_code == 200
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        assert client.get("/metrics", headers={name: "203.0.113.9"}).status_code == 403


@pytest.mark.engines("sqlite")
def test_the_wrong_method_is_told_the_right_ones(ann, dispatch):
    assert ann.client.put(ann.path).headers["Allow"] == "GET, HEAD, OPTIONS"
    assert dispatch.call("GET", "/events").headers["Allow"] == "OPTIONS, POST"


@pytest.mark.engines("sqlite")
def test_a_link_in_the_search_box_leads_no_stranger_on(client, ann):
    answer = client.get("/console", query_string={"q": ann.path})
    assert urlsplit(answer.location).query == "next=/console"


@pytest.mark.parametrize("reason", ["\0", "No\0\ud800 \u202egate"])
def test_what_a_webhook_answers_is_taken_in_whatever_it_holds(app, ann, dispatch, clock, reason):
    kit = app.extensions["doorstep"]
    dispatch.call("PUT", "/webhook", json={"url": "http://127.0.0.1:9/hook"})
    ann.sends("/change", "/change?kind=safe_place", **GARAGE)
    ann.proves()
    endless = {"start": "0001-01-01T00:00:00+14:00", "end": "9999-12-31T23:59:59-14:00"}
    answer = {"decision": "refused", "reason": reason, "reason_code": reason, "window": endless}
    jobs.feed(kit)
    with kit.transaction() as session:
        (asked,) = outbox.webhook_deliveries(session, None)
        dispatch_out.answered(session, kit.voice, asked, answer, clock())
    assert "Not possible" in ann.reads()


@pytest.mark.engines("sqlite")
def test_no_answer_leads_to_the_host_that_the_caller_names(client):
    for path in (
        "/console//login",
        "//console",
        "/t//x",
        "/console",
        "/desk/",
        "/console/login?next=//evil.example",
    ):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert "evil" not in answer.headers.get("Location", "") + answer.text


def test_two_answers_at_once_are_one_answer(app, ann, dispatch):
    ann.sends("/change", "/change?kind=safe_place", **GARAGE)
    ann.proves()
    (wish,) = wishes_at_dispatch(ann)

    def decide(number: int) -> int:
        said = {"decision": "refused" if number % 2 else "accepted", "reason": "full"}
        return (
            replace(dispatch, client=app.test_client())
            .call("POST", f"/changes/{wish['change_id']}/decision", json=said)
            .status_code
        )

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(decide, range(8)))
    # the winner's own words again are no contradiction
    assert statuses == [200] * 4 + [409] * 4
    with app.extensions["doorstep"].reading() as session:
        told = [one.notice for one in outbox.latest(session) if one.channel == "sms"]
    assert sum(name in ("change_accepted", "change_refused") for name in told) == 1


@pytest.mark.engines("sqlite")
def test_nothing_is_signed_with_an_empty_key(settings, tmp_path):
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(SettingsError, match="secret_key is empty"):
        create_app(settings.model_copy(update={"secret_key": SecretStr("")}))


@pytest.mark.engines("sqlite")
def test_what_a_trial_keeps_is_for_its_owner_alone(settings, tmp_path):
    home = tmp_path / "new"
    create_app(settings.model_copy(update={"secret_key": SecretStr(""), "instance_path": home}))
    assert home.stat().st_mode & 0o077 == 0
    assert (home / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.engines("sqlite")
def test_a_twisted_query_cannot_put_another_language_into_the_memory(ann):
    assert 'lang="en"' in ann.looks("?lang=&lang=de")
    assert 'lang="de"' in ann.looks("?lang=de")
