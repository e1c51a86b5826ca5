"""Contacts are masked until somebody says why; every look is counted, many are told, too many are refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from notifications.receipts import Inbound
from portal.domain.follow_up import Matter
from portal.domain.reveals import ALARM_AFTER, STOPS_AFTER
from portal.flows import replies, reveals
from portal.flows.agent_acts import Done, Sorry
from portal.store import follow_ups
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")
PHONE, EMAIL = "+4917012345678", "juergen@example.com"


@pytest.fixture
def office(app, clock) -> Office:
    return Office(app, clock)


@pytest.fixture
def shop(office):
    return office.shop("north")


def post(client, shipment, **fields: str):
    page = client.get(f"/console/shipments/{shipment.id}").text
    return client.post(
        f"/console/shipments/{shipment.id}/reveal", data=fields | {"csrf_token": token_of(page)}
    )


def page(client, shipment) -> str:
    return client.get(f"/console/shipments/{shipment.id}").text


def test_number_and_address_are_masked_until_a_reason_is_given_and_for_a_quarter_of_an_hour(
    client, office, shop, clock
):
    shipment = office.shipment(shop)
    office.enter(client, office.agent(shop=shop))
    assert PHONE not in page(client, shipment) and EMAIL not in page(client, shipment)
    assert "••• 678" in page(client, shipment)
    assert post(client, shipment, reason="contact").status_code == 303
    assert PHONE in page(client, shipment) and EMAIL in page(client, shipment)
    other = office.enter(client.application.test_client(), office.agent("bob@example.com", shop=shop))
    assert PHONE not in page(other, shipment)
    assert PHONE not in page(client, office.shipment(shop, "A-2"))
    clock.forward(minutes=16)
    assert PHONE not in page(client, shipment)


def test_without_a_reason_or_as_a_viewer_or_of_another_shop_nothing_is_shown(client, office, shop):
    shipment = office.shipment(shop)
    office.enter(client, office.agent(shop=shop))
    for form in ({}, {"reason": "king"}, {"reason": "other"}, {"reason": "contact", "words": "x" * 500}):
        post(client, shipment, **form)
        assert PHONE not in page(client, shipment)
    viewer = office.enter(client.application.test_client(), office.agent("v@example.com", "viewer", shop))
    assert post(viewer, shipment, reason="contact").status_code == 403
    assert "Show number and email" not in page(viewer, shipment)
    theirs = office.agent("t@example.com", "admin", office.shop("south"))
    with office.kit.transaction() as session:
        assert reveals.reveal(session, theirs, shipment.id, "contact", "", office.clock()) is None


def test_leads_read_who_looked_at_whose_and_why(client, office, shop):
    shipment = office.shipment(shop)
    office.enter(client, office.agent(shop=shop))
    post(client, shipment, reason="other", words="<b>She asked</b>")
    assert client.get("/console/reveals").status_code == 403
    lead = office.enter(client.application.test_client(), office.agent("lead@example.com", "lead", shop))
    told = lead.get("/console/reveals").text
    assert "ann@example.com" in told and "A-1" in told and "&lt;b&gt;She asked" in told
    assert PHONE not in told and "juergen" not in told
    far = office.agent("far@example.com", "lead", office.shop("south"))
    elsewhere = office.enter(client.application.test_client(), far)
    assert "ann@example.com" not in elsewhere.get("/console/reveals").text
    for odd in ("x", "-1", "9" * 40):
        assert lead.get(f"/console/reveals?before={odd}").status_code == 200


def test_what_people_typed_shows_no_contact_anywhere_before_it(client, office, shop):
    shipment = office.shipment(shop)
    national = "0170 / 12345678"
    said = Inbound("twilio", "SM1", PHONE, f"Bello bellt, {national} oder {EMAIL}", office.clock())
    with office.kit.transaction() as session:
        replies.hear(session, office.kit.voice, said, office.clock())
    office.enter(client, office.agent(shop=shop))
    here = f"/console/shipments/{shipment.id}"
    form = {"csrf_token": token_of(page(client, shipment)), "why": f"She said {national}"}
    client.post(f"{here}/link", data=form | {"do": "revoke"})
    client.post(f"{here}/contact", data=form | {"phone": "+491709999111"})
    for shown in (client.get("/console").text, page(client, shipment)):
        assert "Bello bellt" in shown and "••• 678" in shown
        assert not any(one in shown for one in (PHONE, EMAIL, national))


def looks(office, agent, shipment, times: int) -> list[Done | Sorry | None]:
    def look(_: int) -> Done | Sorry | None:
        with office.kit.transaction() as session:
            return reveals.reveal(session, agent, shipment.id, "contact", "", office.clock())

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(look, range(times)))


def alarms(office, agent) -> list[str]:
    """What stands on the queue of the agent's house about reveals."""
    with office.kit.reading() as session:
        found = [follow_ups.find(session, agent.shipper_id, number) for number in range(1, 9)]
    return [one.words for one in found if one and one.matter is Matter.REVEALS]


@pytest.mark.engines("sqlite", "postgresql")
def test_more_than_fifty_an_hour_are_told_and_more_than_a_hundred_refused(office, shop, clock):
    agent, lead = office.agent(shop=shop), office.agent("lead@example.com", "lead", shop)
    shipment = office.shipment(shop)
    looks(office, agent, shipment, ALARM_AFTER)
    assert alarms(office, lead) == []
    said = looks(office, agent, shipment, STOPS_AFTER - ALARM_AFTER + 10)
    assert sum(isinstance(one, Done) for one in said) == STOPS_AFTER - ALARM_AFTER
    assert alarms(office, lead) == ["Ann looked at more than 50 contacts in an hour."]
    figures = office.app.test_client().get("/metrics").text
    assert f'doorstep_contacts_shown_last_hour{{of="most"}} {STOPS_AFTER}.0' in figures
    clock.forward(minutes=61)
    assert isinstance(looks(office, agent, shipment, 1)[0], Done)
