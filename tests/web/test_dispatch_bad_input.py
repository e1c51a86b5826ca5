"""Bad input gets a clear answer naming item and field, its neighbors are kept, nothing is half-written."""

import pytest

from tests.dispatch import DOOR, event, locker, new_dispatch, shipment, slot

pytestmark = pytest.mark.engines("sqlite")
AT = "2026-06-15T07:00:00Z"


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def person(**more):
    return {"recipient": {"name": "Ann", **more}}


SHIPMENTS = {
    "phone that is no phone": (person(phone="12"), "/recipient/phone"),
    "email that is no email": (person(email="ann at home"), "/recipient/email"),
    "window that ends first": ({"window": {"start": "2026-06-15T16:00:00Z", "end": AT}}, "/window"),
    "window of a month": ({"window": {"start": AT, "end": "2026-07-15T07:00:00Z"}}, "/window"),
    "time without offset": ({"window": {"start": "2026-06-15T16:00:00", "end": AT}}, "/window/start"),
    "latitude that is a longitude": ({"address": DOOR | {"lat": 121.5, "lng": 37.4}}, "/address/lat"),
    "latitude alone": ({"address": DOOR | {"lat": 10.0}}, "/address"),
    "not a number": ({"address": DOOR | {"lat": "north", "lng": 1}}, "/address/lat"),
    "no lines": ({"address": DOOR | {"lines": []}}, "/address/lines"),
    "no country": ({"address": DOOR | {"country": "Germany"}}, "/address/country"),
    "no zone": ({"address": DOOR | {"timezone": "Mars/Base"}}, "/address/timezone"),
    "unknown service": ({"service": "teleport"}, "/service"),
    "another's shipper": ({"shipper": "somebody-else"}, "/shipper"),
    "huge reference": ({"reference": "R" * 500}, "/reference"),
    "parcel of minus one gram": ({"parcels": [{"code": "x", "weight_g": -1}]}, "/parcels/0/weight_g"),
}


@pytest.mark.parametrize("name", SHIPMENTS)
def test_a_bad_shipment_names_its_field_and_spares_its_neighbors(dispatch, name):
    change, pointer = SHIPMENTS[name]
    results = dispatch.ships(shipment("GOOD-1"), shipment("BAD") | change, shipment("GOOD-2"))
    assert [result["outcome"] for result in results] == ["created", "rejected", "created"]
    assert f"/shipments/1{pointer}" in [error["pointer"] for error in results[1]["errors"]]


@pytest.mark.parametrize("item", [None, 7, "text", [], {}, {"reference": None}, {"reference": {"$ne": 1}}])
def test_an_item_that_is_no_shipment_is_answered(dispatch, item):
    results = dispatch.ships(item, shipment("GOOD"))
    assert [result["outcome"] for result in results] == ["rejected", "created"]


EVENTS = {
    "unknown shipment": (event("x", "NOBODY", "at_depot", AT), "/shipment"),
    "far in the future": (event("x", "A-1", "at_depot", "2036-01-01T00:00:00Z"), "/happened_at"),
    "no offset": (event("x", "A-1", "at_depot", "2026-06-15T07:00:00"), "/happened_at"),
    "no time": (event("x", "A-1", "at_depot", "tomorrow"), "/happened_at"),
    "unknown happening": (event("x", "A-1", "exploded", AT), "/happening"),
    "unknown reason": (event("x", "A-1", "attempt_failed", AT, reason="lazy"), "/reason"),
    "corrects itself": (event("x", "A-1", "at_depot", AT, corrects="x"), ""),
    "huge note": (event("x", "A-1", "at_depot", AT, note="n" * 5000), "/note"),
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_bad_event_names_its_field_and_spares_its_neighbors(dispatch, name):
    bad, pointer = EVENTS[name]
    dispatch.ships(shipment("A-1"))
    good = event("good", "A-1", "at_depot", AT)
    results = dispatch.reports(bad, good)
    assert [result["outcome"] for result in results] == ["rejected", "taken"]
    assert [error["pointer"] for error in results[0]["errors"]] == [f"/events/0{pointer}"]
    assert results[0]["because"]


def test_an_unknown_van_and_a_misplaced_one_are_told_apart(dispatch, clock):
    dispatch.ships(shipment("A-1"))
    dispatch.drives("R1", "van-1", clock(), "A-1")
    assert "van" in dispatch.stands("van-9", 10.0, 20.0, clock())["because"]
    assert "swapped" in dispatch.stands("van-1", 20.0, 10.0, clock())["because"]
    assert "500 km" in dispatch.stands("van-1", -60.0, 100.0, clock())["because"]


def test_a_route_with_an_unknown_stop_is_left_out_whole(dispatch, clock):
    dispatch.ships(shipment("A-1"))
    result = dispatch.drives("R1", "van-1", clock(), "A-1", "NOBODY")
    assert result["outcome"] == "rejected"
    assert result["errors"][0]["pointer"] == "/routes/0/stops/1/shipment"
    assert dispatch.stands("van-1", 10.0, 20.0, clock())["outcome"] == "rejected"


def test_a_route_may_not_name_a_stop_twice(dispatch, clock):
    dispatch.ships(shipment("A-1"))
    assert dispatch.drives("R1", "van-1", clock(), "A-1", "A-1")["outcome"] == "rejected"


@pytest.mark.parametrize(
    ("name", "item", "pointer"),
    [
        ("slots", slot(capacity=-1), "/slots/0/capacity"),
        ("slots", slot(end="2026-06-15T17:00:00Z"), "/slots/0"),
        ("lockers", locker(lat=100), "/lockers/0/lat"),
        ("lockers", locker(compartments=[]), "/lockers/0/compartments"),
    ],
)
def test_bad_slots_and_lockers_name_their_field(dispatch, name, item, pointer):
    result = dispatch.call("PUT", f"/{name}", json={name: [item]}).json["results"][0]
    assert result["outcome"] == "rejected"
    assert result["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{broken", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"events": [{"note": "\\ud800"}]}', "application/json", 400),
        (b"[1e999]", "application/json", 400),
        (b'{"events": {}}', "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"x" * (10 * 1024 * 1024), "application/json", 413),
        (b"x" * (20 * 1024 * 1024), "application/json", 413),
    ],
)
def test_a_body_that_is_no_batch_is_answered_as_a_problem(dispatch, body, kind, status):
    answer = dispatch.call("POST", "/events", data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"]


def test_a_wrong_key_opens_nothing(client, dispatch):
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic x"},
        {"Authorization": "Bearer "},
    ):
        answer = client.get("/api/v1/changes", headers=headers)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_a_key_without_the_scope_does_not_open_the_door(app):
    reader = new_dispatch(app, "Reader", scopes=["changes:read"])
    assert reader.call("GET", "/changes").status_code == 200
    assert reader.call("POST", "/events", json={"events": []}).status_code == 403


def test_a_revoked_key_opens_nothing(app, dispatch):
    from portal.flows import operate

    kit = app.extensions["doorstep"]
    operate.revoke_key(kit, 1, kit.now())
    assert dispatch.call("GET", "/changes").status_code == 401


def test_another_shippers_shipments_do_not_exist(app, dispatch):
    dispatch.ships(shipment("A-1"))
    thief = new_dispatch(app, "Thief")
    assert thief.call("GET", "/shipments/A-1").status_code == 404
    assert thief.reports(event("e", "A-1", "delivered", AT))[0]["outcome"] == "rejected"
    assert dispatch.reads("A-1")["status"] == "announced"


HOSTILE = [
    "<script>alert(1)</script>",
    "Ann\x00\x07\x1b[31m",
    "Ann\r\nBcc: all@example.com",
    "\u202eevil\u2066",
    "${7*7}{{7*7}}{% raw %}",
    "'; DROP TABLE shipments; --",
    "🧑‍🚀" * 20,
    "Ä" * 100,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_harmless_in_every_field(dispatch, text):
    told = shipment(
        "A-1",
        recipient={"name": text, "phone": "+12025550123"},
        address=DOOR | {"lines": [text], "locality": text},
        depot=text[:80],
    )
    assert dispatch.ships(told)[0]["outcome"] == "created"
    sent = event("e", "A-1", "attempt_failed", AT, note=text, place=text, proof=text)
    assert dispatch.reports(sent)[0]["outcome"] == "taken"
    note = dispatch.reads("A-1")["timeline"][0]["note"]
    assert not any(ord(char) < 32 and char != "\n" for char in note)
    assert "\u202e" not in note


def test_an_unknown_field_is_answered_with_a_warning(dispatch):
    result = dispatch.ships(shipment("A-1", windw=1))[0]
    assert result["outcome"] == "created"
    assert result["warnings"] == ["/shipments/0/windw is not a field we know; it was not kept"]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=1001", "after=" + "9" * 40])
def test_a_cursor_that_is_none_is_refused(dispatch, query):
    assert dispatch.call("GET", f"/changes?{query}").status_code == 422
