"""EPCIS 2.0 events become ours: objects are parcels, an error declaration takes back."""

import time

import pytest

from tests.dispatch import new_dispatch, shipment

SSCC = "340123450000000017"
HOST_OF_ZEROS = "00/000000000000000000/" * 60_000


@pytest.fixture
def dispatch(app):
    made = new_dispatch(app)
    made.ships(shipment("A-1"), shipment("A-2", parcels=[{"code": SSCC}]))
    return made


def seen(step, disposition, at="2026-06-15T07:00:00Z", objects=("P-A-1",), **more):
    usual = {"type": "ObjectEvent", "action": "OBSERVE", "eventTime": at, "eventTimeZoneOffset": "+00:00"}
    return usual | {"bizStep": step, "disposition": disposition, "epcList": list(objects)} | more


def captures(dispatch, *events, status=200, query=""):
    body = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-15T08:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }
    answer = dispatch.call("POST", f"/epcis/capture{query}", json=body)
    assert answer.status_code == status, answer.json
    return [one["outcome"] for one in answer.json["results"]] if status == 200 else answer.json


def story(dispatch, reference="A-1"):
    return [one["happening"] for one in dispatch.reads(reference)["timeline"]]


@pytest.mark.parametrize(
    ("step", "disposition"),
    [
        ("arriving", "in_transit"),
        ("urn:epcglobal:cbv:bizstep:arriving", "urn:epcglobal:cbv:disp:in_transit"),
        ("https://ref.gs1.org/cbv/BizStep-arriving", "https://ref.gs1.org/cbv/Disp-in_transit"),
    ],
)
def test_steps_are_read_in_all_three_ways_they_are_written(dispatch, step, disposition):
    assert captures(dispatch, seen(step, disposition)) == ["taken"]
    assert captures(dispatch, seen(step, disposition)) == ["seen"]
    assert story(dispatch) == ["arrived_at_hub"]


@pytest.mark.parametrize(
    "epc",
    [
        SSCC,
        f"https://id.gs1.org/00/{SSCC}",
        f"https://example.com/some/path/00/{SSCC}?x=1",
        "urn:epc:id:sscc:4012345.3000000001",
    ],
)
def test_parcels_are_known_by_their_sscc_however_it_is_written(dispatch, epc):
    assert captures(dispatch, seen("transporting", "in_transit", objects=[epc])) == ["taken"]
    assert story(dispatch, "A-2") == ["out_for_delivery"]


def test_a_reference_will_do_also_as_a_business_transaction(dispatch):
    told = seen("departing", "in_transit", objects=["A-1"])
    other = seen("arriving", "in_transit", objects=["unknown"])
    other["bizTransactionList"] = [{"type": "desadv", "bizTransaction": "urn:example:bt:A-2"}]
    assert captures(dispatch, told, other) == ["taken", "taken"]
    assert (story(dispatch), story(dispatch, "A-2")) == (["left_hub"], ["arrived_at_hub"])


def test_one_event_about_two_shipments_is_an_event_of_each(dispatch):
    both = seen("arriving", "in_transit", objects=["P-A-1", SSCC, "nobody"], eventID="urn:uuid:1")
    assert captures(dispatch, both) == ["taken", "taken", "ignored"]
    assert captures(dispatch, both) == ["seen", "seen", "ignored"]
    assert story(dispatch) == story(dispatch, "A-2") == ["arrived_at_hub"]


def test_a_wrong_delivery_is_taken_back(dispatch):
    captures(dispatch, seen("transporting", "in_transit", "2026-06-15T06:00:00Z"))
    wrong = seen("receiving", "retail_sold", "2026-06-15T07:00:00Z", eventID="urn:uuid:wrong")
    assert captures(dispatch, wrong) == ["taken"]
    assert dispatch.reads("A-1")["status"] == "delivered"
    said = {"declarationTime": "2026-06-15T07:30:00Z", "reason": "did_not_occur"}
    for outcome in ("taken", "seen"):
        assert captures(dispatch, {**wrong, "errorDeclaration": said}) == [outcome]
        assert dispatch.reads("A-1")["status"] == "on_van"


def test_what_stands_for_a_wrong_one_takes_its_place(dispatch):
    wrong = seen("receiving", "retail_sold", eventID="urn:uuid:wrong")
    captures(dispatch, wrong)
    right = seen("storing", "available", "2026-06-15T07:10:00Z", eventID="urn:uuid:right")
    declared = {**wrong, "errorDeclaration": {"correctiveEventIDs": ["urn:uuid:right"]}}
    captures(dispatch, right, declared)
    assert dispatch.reads("A-1")["status"] == "ready_for_pickup"


def test_what_stood_for_it_may_have_come_before(dispatch):
    wrong = seen("receiving", "retail_sold", eventID="urn:uuid:wrong")
    captures(dispatch, wrong)
    captures(dispatch, seen("storing", "available", "2026-06-15T07:10:00Z", eventID="urn:uuid:right"))
    captures(dispatch, {**wrong, "errorDeclaration": {"correctiveEventIDs": ["urn:uuid:right"]}})
    assert dispatch.reads("A-1")["status"] == "ready_for_pickup"


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "AggregationEvent"},
        {"type": "ObjectEvent"},
        seen("dreaming", "asleep"),
        seen("arriving", "in_transit", at="yesterday"),
        seen("arriving", "in_transit", at="2036-06-15T07:00:00Z"),
        seen("arriving", "in_transit", objects=[7, None, {}, "", "x" * 300]),
        seen({}, [], bizTransactionList=7, readPoint="x", errorDeclaration="x"),
        seen("arriving", "in_transit", errorDeclaration={"correctiveEventIDs": [{}]}),
        7,
    ],
    ids=str,
)
def test_what_says_nothing_changes_nothing(dispatch, odd):
    assert set(captures(dispatch, odd)) <= {"ignored", "taken"}
    assert story(dispatch) == [] or (isinstance(odd, dict) and "errorDeclaration" in odd)


def test_what_is_no_document_is_told_so(app, dispatch):
    for body in ([], {"type": "EPCISQueryDocument"}, {}, 7):
        assert dispatch.call("POST", "/epcis/capture", json=body).status_code == 422
    assert captures(dispatch, *[seen("arriving", "in_transit")] * 1_001, status=413)["limit_items"] == 1_000
    reader = new_dispatch(app, "Reader", scopes=["shipments:read"])
    assert reader.call("POST", "/epcis/capture", json={"type": "EPCISDocument"}).status_code == 403


def test_a_shipper_captures_for_itself_only(app, dispatch):
    other = new_dispatch(app, "Other")
    assert captures(other, seen("receiving", "retail_sold"), query="?shipper=acme-books", status=422)
    assert captures(other, seen("receiving", "retail_sold")) == ["ignored"]
    assert story(dispatch) == []


@pytest.mark.engines("sqlite")
def test_too_many_objects_are_counted_before_they_are_read(dispatch):
    crowd = [f"{number:06d}" for number in range(20_000)]
    began = time.monotonic()
    assert captures(dispatch, seen("arriving", "in_transit", objects=crowd), status=413)["limit_items"]
    assert captures(dispatch, seen("arriving", "in_transit", objects=["https://x/" + HOST_OF_ZEROS + "\n"]))
    assert time.monotonic() - began < 5
