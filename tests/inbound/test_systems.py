"""What other systems call with: their signatures, their words as our events, repeats, and what nobody knows."""

import json
from datetime import datetime

import pytest

from portal.flows import operate_sources
from tests.dispatch import new_dispatch, shipment
from tests.inbound.systems import SECRETS, aftership, easypost, karrio, onfleet, system

KINDS = sorted(SECRETS)
EIGHT_MS = int(datetime.fromisoformat("2026-06-15T07:30:00+00:00").timestamp() * 1000)


@pytest.fixture
def dispatch(app):
    made = new_dispatch(app)
    made.ships(shipment("A-1"))
    return made


def one_of(kind):
    """A call of each that says: out for delivery, or on its way to the door."""
    return {
        "onfleet": onfleet("taskCompleted", EIGHT_MS),
        "easypost": easypost(("2026-06-15T07:30:00Z", "out_for_delivery", "out_for_delivery")),
        "aftership": aftership(("2026-06-15T07:30:00+00:00", "OutForDelivery", "OutForDelivery_001")),
        "karrio": karrio({"date": "2026-06-15", "time": "07:30", "status": "out_for_delivery"}),
    }[kind]


def story(dispatch):
    return [
        (one["happening"], one.get("how"), one.get("reason")) for one in dispatch.reads("A-1")["timeline"]
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_signed_is_taken_and_its_repetition_seen(app, dispatch, kind):
    theirs = system(app, kind)
    first, again = theirs.says(one_of(kind)), theirs.says(one_of(kind))
    assert (first.status_code, first.json["results"]) == (200, ["taken"])
    assert again.json["results"] == ["seen"]
    wanted = "delivered" if kind == "onfleet" else "out_for_delivery"
    assert [one[0] for one in story(dispatch)] == [wanted]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("headers", [{}, "wrong", "other"])
def test_what_is_not_signed_by_them_is_refused_and_counted(app, dispatch, kind, headers):
    theirs = system(app, kind)
    name = {
        "onfleet": "X-Onfleet-Signature",
        "easypost": "X-Hmac-Signature",
        "aftership": "aftership-hmac-sha256",
        "karrio": "X-Event-Id",
    }[kind]
    if headers == "wrong":
        headers = {name: "0" * 128}
    elif headers == "other":
        theirs.secret = "ff" * 16
        headers = None
    answer = theirs.says(one_of(kind), **({} if headers is None else {"headers": headers}))
    assert answer.status_code == 403
    assert story(dispatch) == []
    figures = app.test_client().get("/metrics").text
    assert f'doorstep_forged_callbacks_total{{provider="{kind}"}} 1.0' in figures


# Karrio signs nothing: it sends its secret
@pytest.mark.parametrize("kind", [one for one in KINDS if one != "karrio"])
def test_one_changed_byte_breaks_the_signature(app, dispatch, kind):
    from tests.inbound.systems import signed

    theirs = system(app, kind)
    body = json.dumps(one_of(kind)).encode()
    headers = signed(kind, theirs.secret, body)
    assert theirs.says(body + b" ", headers=headers).status_code == 403
    assert theirs.says(body, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_addresses_other_kinds_and_revoked_ones_look_the_same(app, dispatch, kind):
    theirs = system(app, kind)
    other = next(one for one in KINDS if one != kind)
    kit, client = app.extensions["doorstep"], app.test_client()
    paths = [f"/callbacks/in/{kind}/nothing", theirs.path.replace(kind, other), "/callbacks/in/fedex/x"]
    with app.app_context():
        operate_sources.revoke_source(kit, 1, kit.now())
    answers = [client.post(path, data=b"{}") for path in [*paths, theirs.path]]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"1",
        b'"x"',
        b"{",
        b"{}",
        b"\xff\xfe",
        b'{"event": 7, "msg": 7, "data": 7, "result": 7}',
        b'{"event": "tracker_x", "data": {"events": [1, null, {"date": {}, "time": []}]}}',
        b'{"description": "tracker.updated", "result": {"tracking_details": [{"datetime": "2026-99-99"}]}}',
        b'{"msg": {"checkpoints": [{"checkpoint_time": "9999-12-31T23:59:59+14:00", "tag": "Delivered"}]}}',
        b'{"triggerName": "taskCompleted", "time": 1e308, "taskId": "x", "data": {"task": {"metadata": {}}}}',
        b'{"triggerName": "taskCompleted", "time": -1, "taskId": "\\u0000\\ud800"}',
        b'{"triggerId": ' + b"9" * 400 + b"}",
        b'{"triggerName": "taskCompleted", "time": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"data": {"events": [' + b",".join([b"{}"] * 3_000) + b"]}}",
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_whatever_a_signed_body_holds_nothing_breaks_and_nothing_is_told(app, dispatch, kind, body):
    answer = system(app, kind).says(body)
    assert answer.status_code in (200, 400, 422)
    assert story(dispatch) == []


def test_too_much_is_refused_before_it_is_read(app, dispatch):
    assert system(app, "easypost").says(b'{"a": "' + b"x" * 1_100_000 + b'"}').status_code == 413


def test_what_nobody_knows_is_answered_with_a_yes_and_counted(app, dispatch):
    theirs = system(app, "easypost")
    assert theirs.says(easypost(("2026-06-15T07:00:00Z", "delivered", ""), code="Z-9")).status_code == 200
    assert theirs.says(easypost(("2026-06-15T07:00:00Z", "dreaming", ""))).json["results"] == ["ignored"]
    kit = app.extensions["doorstep"]
    with app.app_context():
        (line,) = operate_sources.list_sources(kit)
    assert "heard 2026-06-15 08:00 UTC  0 events taken  2 not known, the last: 'dreaming'" in line


def test_a_source_speaks_of_its_own_shippers_parcels_only(app, dispatch):
    new_dispatch(app, "Other")
    theirs = system(app, "easypost", "other")
    assert theirs.says(one_of("easypost")).json["results"] == ["ignored"]
    assert story(dispatch) == []


def test_a_code_used_again_means_the_newest_shipment(app, dispatch):
    dispatch.ships(shipment("A-2", parcels=[{"code": "P-A-1"}]))
    system(app, "easypost").says(one_of("easypost"))
    assert story(dispatch) == []
    assert [one["happening"] for one in dispatch.reads("A-2")["timeline"]] == ["out_for_delivery"]


def test_onfleet_wants_its_own_word_back(app, dispatch):
    theirs = system(app, "onfleet")
    answer = app.test_client().get(f"{theirs.path}?check=3Cu1A<b>")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "3Cu1A<b>", "text/plain")
    assert app.test_client().get("/callbacks/in/onfleet/nothing?check=x").status_code == 404
    assert app.test_client().get(system(app, "karrio").path).status_code == 405


def test_a_day_in_onfleets_words(app, dispatch):
    dispatch.happens("A-1", "out_for_delivery", datetime.fromisoformat("2026-06-15T07:00:00+00:00"))
    theirs = system(app, "onfleet")
    minute = 60_000
    for step, trigger in enumerate(["taskAssigned", "taskStarted", "taskEta", "taskUnassigned"]):
        theirs.says(onfleet(trigger, EIGHT_MS + step * minute))
    theirs.says(
        onfleet("taskFailed", EIGHT_MS + 9 * minute, failureReason="UNABLE_TO_LOCATE", failureNotes="No 12.")
    )
    assert story(dispatch)[1:] == [
        ("next_stop", None, None),
        ("nearby", None, None),
        ("no_longer_heading", None, None),
        ("attempt_failed", None, "carrier_address_not_found"),
    ]
    assert dispatch.reads("A-1")["timeline"][-1]["note"] == "No 12."


def test_a_tracker_tells_its_whole_story_every_time(app, dispatch):
    theirs = system(app, "easypost")
    scans = [
        ("2026-06-14T20:00:00Z", "in_transit", "arrived_at_facility"),
        ("2026-06-14T23:00:00Z", "in_transit", "departed_facility"),
        ("2026-06-15T06:00:00Z", "in_transit", "arrived_at_destination"),
        ("2026-06-15T07:00:00Z", "out_for_delivery", ""),
    ]
    for much in range(1, 5):
        results = theirs.says(easypost(*reversed(scans[:much]))).json["results"]
        assert results == ["seen"] * (much - 1) + ["taken"]
    assert [one[0] for one in story(dispatch)] == [
        "arrived_at_hub",
        "left_hub",
        "at_depot",
        "out_for_delivery",
    ]


def test_aftership_knows_neighbors_and_a_time_without_offset_is_local(app, dispatch):
    system(app, "aftership").says(aftership(("2026-06-15T07:45:00", "Delivered", "Delivered_005")))
    assert story(dispatch) == [("delivered", "neighbor", None)]
    assert dispatch.reads("A-1")["timeline"][0]["happened_at"] == "2026-06-15T07:45:00+00:00"


def test_karrios_reasons_are_ours(app, dispatch):
    dispatch.happens("A-1", "out_for_delivery", datetime.fromisoformat("2026-06-15T06:00:00+00:00"))
    failed = {"date": "2026-06-15", "time": "07:45 AM", "status": "delivery_failed"}
    system(app, "karrio").says(karrio(failed | {"reason": "consignee_safe_place_unavailable"}))
    assert story(dispatch)[-1] == ("attempt_failed", None, "consignee_safe_place_unavailable")


def test_what_will_be_is_not_told(app, dispatch):
    answer = system(app, "karrio").says(
        karrio({"date": "2026-06-16", "time": "07:30", "status": "delivered"})
    )
    assert (answer.json["results"], story(dispatch)) == (["ignored"], [])


class TestInPublic:
    """Karrio sends its secret in clear."""

    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(
            update={"public_url": "https://track.example.com", "trusted_proxy_hops": 1, "redis_url": ""}
        )

    @pytest.mark.engines("sqlite")
    def test_karrio_is_heard_over_https_only(self, app, dispatch):
        theirs = system(app, "karrio")
        said = one_of("karrio")
        body, base = json.dumps(said).encode(), {"X-Event-Id": SECRETS["karrio"]}
        assert theirs.says(body, headers=base).status_code == 403
        over = {**base, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "track.example.com"}
        assert theirs.says(body, headers=over).status_code == 200
