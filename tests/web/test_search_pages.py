"""The one box as agents use it: what they type stands in no address, and what else goes to a door is offered."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.flows import quotas
from portal.store.audit import AuditRow
from portal.store.shipment_rows import ShipmentRow
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann = office.agent("ann@example.com")
    office.enter(client, office.ann)
    return office


def find(client, typed: str):
    form = {"q": typed, "csrf_token": token_of(client.get("/console").text)}
    return client.post("/console", data=form)


def test_a_certain_clue_leads_straight_to_the_dossier(client, office):
    shipment = office.shipment(office.pax, "PX-1")
    answer = find(client, "PX-1")
    assert (answer.status_code, answer.location) == (303, f"/console/shipments/{shipment.id}")


def test_what_was_typed_stands_sealed_in_the_address_and_opens_for_nobody_else(client, app, office):
    office.shipment(office.pax, "PX-1")
    listed = find(client, "Weiß").location
    assert listed.startswith("/console?s=")
    assert "wei" not in listed.lower()
    page = client.get(listed).text
    assert "1 found" in page
    assert 'value="Weiß"' in page
    another = office.enter(app.test_client(), office.agent("bo@example.com"))
    assert "Find a shipment" in another.get(listed).text
    assert "Weiß" not in another.get(listed).text
    for broken in (listed[:-4], listed + "A", "/console?s=%00", "/console?s=" + "A" * 5_000, "/console?s=ü"):
        assert client.get(broken).status_code == 200


def test_an_empty_search_leads_to_the_box(client, office):
    assert find(client, " \x00 ").location == "/console"


def test_only_the_search_is_audited_and_none_of_its_words(client, office):
    office.shipment(office.pax)
    client.get(find(client, "Weiß").location)
    with office.kit.reading() as session:
        details = list(
            session.execute(select(AuditRow.detail).where(AuditRow.action == "searched")).scalars()
        )
    assert details == [{"by": ["name or address"], "found": 1}]


def test_misspelled_words_are_said(client, office):
    office.shipment(office.pax, name="Hanna Lindgren")
    page = client.get(find(client, "lindgrne").location).text
    assert "Nobody has “lindgrne”. Shown are names and places spelled like it: lindgren." in page


def test_what_else_goes_to_the_door_and_to_the_recipient_is_offered(client, office):
    lines = ("Mill Lane 4",)
    first = office.shipment(office.pax, "A-1", "Ada Brook", lines=lines)
    office.shipment(
        office.lumen, "A-2", "Ben Brook", "+4930123456", "ben@example.org", lines=("mill lane  4",)
    )
    office.shipment(office.lumen, "A-3", "Ada Brook", lines=("Elsewhere 1",))
    page = client.get(find(client, "ada").location).text
    assert "1 more for this door" in page
    assert "1 more for this recipient" in page
    door = client.get(f"/console?door={first.id}").text
    assert "More for the door of A-1: 1" in door
    assert "A-2" in door
    assert "A-3" in client.get(f"/console?recipient={first.id}").text


def test_neither_door_nor_recipient_leads_out_of_an_agents_scope(client, app, office):
    first = office.shipment(office.pax, "A-1")
    office.shipment(office.lumen, "B-1")
    theirs = office.enter(app.test_client(), office.agent("pia@example.com", shop=office.pax))
    assert theirs.get(f"/console?door={first.id}").text.count("B-1") == 0
    stranger = office.enter(app.test_client(), office.agent("lu@example.com", shop=office.lumen))
    assert stranger.get(f"/console?door={first.id}").status_code == 404
    for odd in ("0", "-1", "99999999999999999999", "x"):
        assert client.get(f"/console?door={odd}").status_code in (200, 404)


def test_a_masked_number_cannot_be_found_out_digit_by_digit(client, office, monkeypatch):
    office.shipment(office.pax)
    monkeypatch.setitem(quotas.LIMITS, "feel", (3, timedelta(hours=1)))
    number = the_number(office)
    for typed in (number[-7:], number[-8:], "9" + number[-7:]):
        assert find(client, typed).location.startswith("/console?s=")
    assert find(client, number[-9:]).location == "/console"
    assert "You searched more often" in client.get("/console").text
    assert find(client, "4711").location == "/console"
    # the whole number and everything else are found as before
    for typed in (number, "Weiß", "12 Lindenstraße"):
        assert find(client, typed).location != "/console"


def test_what_else_goes_to_a_door_is_counted_and_noted_like_a_search(client, office, monkeypatch):
    shipment = office.shipment(office.pax)
    monkeypatch.setitem(quotas.LIMITS, "search", (2, timedelta(hours=1)))
    for which in ("door", "recipient"):
        assert client.get(f"/console?{which}={shipment.id}").status_code == 200
    assert client.get(f"/console?door={shipment.id}").location == "/console"
    with office.kit.reading() as session:
        searched = select(AuditRow).where(AuditRow.action == "searched")
        assert len(session.execute(searched).all()) == 2


def the_number(office) -> str:
    with office.kit.reading() as session:
        return session.execute(select(ShipmentRow.phone)).scalar_one()
