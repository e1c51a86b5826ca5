"""What dispatch is answered is what the document says: every field of every answer is named there."""

import re

import pytest
from jsonschema import Draft202012Validator

from tests.dispatch import event, locker, new_dispatch, shipment, slot

pytestmark = pytest.mark.engines("sqlite")


def closed(schema):
    """The schema with no room for a field it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {name: closed(part) for name, part in schema.items()}
    return {"additionalProperties": False} | shut if "properties" in shut else shut


def complaints(document, method, path, answer):
    """What the document does not say of an answer."""
    place = next(name for name in document["paths"] if re.fullmatch(re.sub(r"{\w+}", ".+", name), path))
    told = document["paths"][place][method.lower()]["responses"].get(str(answer.status_code))
    if told is None:
        return [f"{method} {path} answers {answer.status_code}"]
    schema = closed(told["content"][answer.mimetype]["schema"])
    whole = schema | {"components": closed(document["components"])}
    return [
        f"{method} {path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(answer.json)
    ]


PICKED = {"reference": "A/2 é", "parcels": [], "unknown": 1}
CALLS = [
    ("POST", "/shipments", {"shipments": [shipment("A-1"), shipment(**PICKED), {"reference": 5}]}),
    ("POST", "/shipments", {"shipments": [{}] * 1001}),
    ("POST", "/shipments", {"shipments": None}),
    (
        "POST",
        "/events",
        {
            "events": [
                event(
                    "e1",
                    "A-1",
                    "delivered",
                    "2026-06-15T07:00:00Z",
                    how="neighbor",
                    place="No. 14",
                    note="ok",
                ),
                event("e2", "A-1", "held", "2026-06-15T07:10:00Z", corrects="e1", proof={"photo": "1"}),
                event("e3", "NOBODY", "held", "2026-06-15T07:10:00Z"),
            ]
        },
    ),
    ("GET", "/shipments/A-1", None),
    ("GET", "/shipments/A%2F2%20%C3%A9", None),
    ("GET", "/shipments/nobody", None),
    (
        "POST",
        "/routes",
        {
            "routes": [
                {"route": "R", "van": "V", "departs_at": "2026-06-15T07:00:00Z", "stops": []},
                {
                    "route": "S",
                    "van": "V",
                    "departs_at": "2026-06-15T07:00:00Z",
                    "stops": [{"seq": 1, "shipment": "NOBODY"}],
                },
            ]
        },
    ),
    ("POST", "/positions", {"positions": [{"van": "V", "lat": 1, "lng": 2, "recorded_at": 5}]}),
    ("PUT", "/slots", {"slots": [slot(), {}]}),
    ("PUT", "/lockers", {"lockers": [locker(), {}]}),
    ("PUT", "/webhook", {"url": "http://localhost/hook"}),
    ("PUT", "/webhook", {"url": "ftp://localhost"}),
    ("GET", "/webhook/deliveries", None),
    ("POST", "/webhook/deliveries/nothing/replay", None),
    ("GET", "/changes?limit=1", None),
    ("GET", "/changes?after=x", None),
    ("GET", f"/changes?after={'9' * 5000}", None),
    ("POST", "/changes/nothing/decision", {"decision": "accepted"}),
    ("POST", "/changes/nothing/outcome", {"honoured": True}),
    ("POST", "/changes/nothing/seen", {"driver": "Kim"}),
    ("POST", "/attentions/7b1c0f52-8f0e-4c52-9f0e-2f8d6a1b3c4d/read", {}),
    ("POST", "/epcis/capture", {"type": "EPCISDocument", "epcisBody": {"eventList": [{"type": "X"}]}}),
    ("POST", "/epcis/capture", {"type": "else"}),
    ("GET", "/webhook/deliveries?limit=x", None),
]


def test_answers_hold_only_what_the_document_names(app, client):
    document, dispatch = client.get("/api/openapi.json").json, new_dispatch(app)
    found = []
    for method, path, body in CALLS:
        answer = dispatch.call(method, path, **({} if body is None else {"json": body}))
        found += complaints(document, method, f"/api/v1{path.partition('?')[0]}", answer)
    assert found == []


def test_a_reference_with_a_slash_can_be_read(app):
    dispatch = new_dispatch(app)
    dispatch.ships(shipment("2026/06 é"))
    assert dispatch.reads("2026%2F06%20%C3%A9")["reference"] == "2026/06 é"
