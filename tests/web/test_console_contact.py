"""An agent replaces a contact: the old one hears of it, dispatch learns it, and codes wait for a day."""

import pytest

from portal.flows import codes
from portal.store import changes, contact_changes, outbox, shipments
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")
WHY = "Called from the old number and knew the reference"


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax = office.shop("pax", "Pax")
    office.enter(client, office.agent("ann@example.com"))
    return office


def replace(client, shipment, **form: str) -> str:
    form["csrf_token"] = token_of(client.get("/console").text)
    path = f"/console/shipments/{shipment.id}/contact"
    return client.post(path, data=form, follow_redirects=True).text


def now_on_file(office, shipment):
    with office.kit.reading() as session:
        return shipments.by_id(session, None, shipment.id).recipient


def test_the_old_contact_and_dispatch_are_told_and_codes_wait(client, office):
    shipment = office.shipment(office.pax, "P-1")
    old = shipment.recipient
    assert "The contact is replaced" in replace(client, shipment, phone="0151 12345678", why=WHY)
    assert now_on_file(office, shipment).phone == "+4915112345678"
    with office.kit.transaction() as session:
        told = [one for one in outbox.latest(session) if one.notice == "contact_changed"]
        changes.number_new_entries(session)
        heard = changes.feed(session, office.pax.id, 0, 10)
    assert [one.to for one in told] == [old.phone]
    assert heard[-1].type == "shipment.contact_changed"
    assert (heard[-1].data["phone"], heard[-1].data["shipment"]) == ("+4915112345678", "P-1")
    with office.kit.transaction() as session:
        fresh = shipments.by_id(session, None, shipment.id)
        sent = codes.send_code(session, office.kit.voice, fresh, office.clock())
    assert isinstance(sent, codes.Sent)
    assert sent.channel == "email"
    assert "Replaced a contact" in client.get(f"/console/shipments/{shipment.id}").text


@pytest.mark.parametrize(
    ("form", "because"),
    [
        ({"phone": "call me", "why": WHY}, "no phone number"),
        ({"phone": "9" * 10_000, "why": WHY}, "no phone number"),
        ({"email": "ann at home", "why": WHY}, "no email address"),
        ({"email": "new@example.com"}, "who asked for it"),
        ({"why": WHY}, "already have"),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(client, office, form, because):
    shipment = office.shipment(office.pax, "P-1")
    assert because in replace(client, shipment, **form)
    assert now_on_file(office, shipment) == shipment.recipient
    with office.kit.reading() as session:
        assert contact_changes.since(session, shipment.id, office.clock().replace(year=2020)) == []


def test_other_shops_agents_and_viewers_cannot(app, client, office, clock):
    shipment = office.shipment(office.pax, "P-1")
    lumen = office.shop("lumen", "Lumen")
    for email, role, shop, status in (
        ("cy@example.com", "agent", lumen, 404),
        ("di@example.com", "viewer", None, 403),
    ):
        other = office.enter(app.test_client(), office.agent(email, role, shop))
        data = {"phone": "+4915112345678", "why": WHY, "csrf_token": token_of(other.get("/console").text)}
        assert other.post(f"/console/shipments/{shipment.id}/contact", data=data).status_code == status
    assert now_on_file(office, shipment) == shipment.recipient
