"""What dispatch may count on: everything is safe to send twice, answered item by item, and read back as told."""

import re

import pytest

from tests.dispatch import event, locker, new_dispatch, shipment, slot


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def test_a_shipment_is_created_once_and_keeps_its_link(dispatch):
    first = dispatch.ships(shipment("A-1"))[0]
    again = dispatch.ships(shipment("A-1"))[0]
    assert (first["outcome"], again["outcome"]) == ("created", "unchanged")
    assert first["link"] == again["link"]
    assert "/t/" in first["link"]


def test_newer_facts_update_it(dispatch):
    dispatch.ships(shipment("A-1"))
    assert dispatch.ships(shipment("A-1", depot="south"))[0]["outcome"] == "updated"


def test_an_item_may_come_twice_in_one_batch(dispatch):
    results = dispatch.ships(shipment("A-1"), shipment("A-1"))
    assert {result["id"] for result in results} == {results[0]["id"]}


def test_events_are_taken_seen_and_ignored(dispatch, clock):
    dispatch.ships(shipment("A-1"))
    van = event("e1", "A-1", "out_for_delivery", "2026-06-15T07:30:00Z")
    depot = event("e2", "A-1", "at_depot", "2026-06-15T05:00:00Z")
    outcomes = [result["outcome"] for result in dispatch.reports(van, van, depot)]
    assert outcomes == ["taken", "seen", "ignored"]
    assert dispatch.reads("A-1")["status"] == "on_van"
    assert [line["event_id"] for line in dispatch.reads("A-1")["timeline"]] == ["e2", "e1"]


def test_an_event_id_with_other_content_is_refused(dispatch):
    dispatch.ships(shipment("A-1"), shipment("A-2"))
    dispatch.reports(event("e1", "A-1", "at_depot", "2026-06-15T05:00:00Z"))
    other = dispatch.reports(
        event("e1", "A-1", "delivered", "2026-06-15T06:00:00Z"),
        event("e1", "A-2", "at_depot", "2026-06-15T05:00:00Z"),
    )
    assert [result["outcome"] for result in other] == ["rejected", "rejected"]
    assert "corrects" in other[0]["because"]


def test_a_correction_takes_a_wrong_delivered_back(dispatch):
    dispatch.ships(shipment("A-1"))
    dispatch.reports(event("e1", "A-1", "out_for_delivery", "2026-06-15T07:00:00Z"))
    dispatch.reports(event("e2", "A-1", "delivered", "2026-06-15T07:30:00Z"))
    assert dispatch.reads("A-1")["finished"]
    dispatch.reports(event("e3", "A-1", "out_for_delivery", "2026-06-15T07:40:00Z", corrects="e2"))
    assert dispatch.reads("A-1")["status"] == "on_van"


def test_a_thousand_items_a_call_and_no_more(dispatch):
    assert len(dispatch.ships(*(shipment(f"A-{number}") for number in range(1000)))) == 1000
    too_many = dispatch.call("POST", "/shipments", json={"shipments": [{}] * 1001})
    assert too_many.status_code == 413
    assert too_many.json["limit_items"] == 1000


def test_a_route_replaces_the_one_of_the_same_name(dispatch, clock):
    dispatch.ships(shipment("A-1"), shipment("A-2"))
    assert dispatch.drives("R1", "van-1", clock(), "A-1", "A-2")["outcome"] == "taken"
    assert dispatch.drives("R1", "van-1", clock(), "A-2")["outcome"] == "taken"


def test_only_the_newest_position_counts(dispatch, clock):
    dispatch.ships(shipment("A-1"))
    dispatch.drives("R1", "van-1", clock(), "A-1")
    assert dispatch.stands("van-1", 10.01, 20.0, clock())["outcome"] == "taken"
    older = dispatch.stands("van-1", 10.02, 20.0, clock.at.replace(hour=7))
    assert older["outcome"] == "ignored"


def test_slots_and_lockers_are_kept_by_name(dispatch):
    for method, name, item in (("PUT", "slots", slot()), ("PUT", "lockers", locker())):
        for expected in ("created", ("unchanged", "updated")):
            result = dispatch.call(method, f"/{name}", json={name: [item]}).json["results"][0]
            assert result["outcome"] in expected


def test_the_operators_key_speaks_for_every_shipper(app, dispatch):
    from portal.flows import operate

    other = new_dispatch(app, "Bolt Bikes")
    kit = app.extensions["doorstep"]
    operators = operate.add_key(kit, "", [], "operator", kit.now())[1]
    dispatch.ships(shipment("SAME"), shipment("A-1"))
    other.ships(shipment("SAME"))
    other.key = operators
    at = "2026-06-15T05:00:00Z"
    results = other.reports(
        event("e1", "A-1", "at_depot", at),
        event("e2", "SAME", "at_depot", at),
        event("e3", "SAME", "at_depot", at, shipper="bolt-bikes"),
    )
    assert [result["outcome"] for result in results] == ["taken", "rejected", "taken"]
    assert "shipper" in results[1]["because"]


def test_the_document_names_every_api_door_and_is_valid(app, client):
    from openapi_spec_validator import validate

    document = client.get("/api/openapi.json").json
    validate(document)
    assert document["openapi"].startswith("3.1")
    served = {
        (method.lower(), re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/v1", "/devices/"))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(method, path) for path, calls in document["paths"].items() for method in calls}
    assert served == described
