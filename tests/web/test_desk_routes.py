"""The desk by route: a list and a map that say the same, numbers only, and never another shipper's stop."""

import pytest

from portal.domain.kinds.safe_place import LeaveInSafePlace
from tests.office import Office

pytestmark = pytest.mark.engines("sqlite")
PORCH = LeaveInSafePlace("porch")


@pytest.fixture
def office(app, clock, client) -> Office:
    """A round of the operator's with a stop of each of two shippers; the first one's door wants a change."""
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ours = office.shipment(office.pax, "P-1", codes=("p1",))
    theirs = office.shipment(office.lumen, "L-1", "Wen Li", "+493012", lines=("Am Markt 2",), codes=("l1",))
    office.event(office.ours, "at_depot")
    office.round = office.route("R-1", office.ours, theirs)
    office.other = office.route(
        "R-2", office.shipment(office.lumen, "L-2", "Mia Ott", "+493013", codes=("l2",))
    )
    office.asks(office.ours, PORCH)
    return office


def seen_by(office, shop=None):
    name = f"of-{shop.slug}@example.com" if shop else "all@example.com"
    return office.enter(office.app.test_client(), office.agent(name, shop=shop))


def test_a_route_shows_its_changes_stops_and_van(office):
    page = seen_by(office).get(f"/desk?route={office.round}").text
    assert "R-1, stop 1" in page
    assert "0 of 2 stops done" in page
    assert "change waits" in page
    elsewhere = seen_by(office, office.lumen).get(f"/desk?route={office.other}").text
    assert "Nothing waits on this route." in elsewhere


def test_an_agent_of_one_shipper_sees_that_shippers_stops_only(office):
    theirs = seen_by(office, office.lumen)
    page = theirs.get(f"/desk?route={office.round}").text
    assert "Am Markt 2" in page
    assert "Lindenstraße" not in page
    assert "and 1 of other shippers" in page
    assert '"seq": 1' not in theirs.get(f"/desk/routes/{office.round}/map").text


def test_a_route_without_a_stop_of_theirs_does_not_exist(office):
    ours = seen_by(office, office.pax)
    assert ours.get(f"/desk/routes/{office.other}/map").status_code == 404
    assert "not known, or none of its stops is yours" in ours.get(f"/desk?route={office.other}").text


def test_the_map_holds_numbers_and_no_name_under_a_policy_of_its_own(office):
    answer = seen_by(office).get(f"/desk/routes/{office.round}/map")
    assert '"seq": 1, "done": false, "mark": "waits"' in answer.text
    assert not [word for word in ("Weiß", "Linden", "Markt", "P-1", "Pax", "R-1") if word in answer.text]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("route", ["x", "-1", "1e9", "99999999999", "٣", "%00", "1;2", ""])
def test_a_hostile_route_is_no_filter(office, route):
    answer = seen_by(office).get(f"/desk?route={route}")
    assert answer.status_code == 200
    assert "P-1" in answer.text


def test_nobody_else_sees_a_route(office, client):
    assert client.get(f"/desk/routes/{office.round}/map").status_code == 303
