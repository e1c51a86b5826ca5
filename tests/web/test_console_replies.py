"""Texts on the console: in the dossier as they came, and on the front page while nobody understood them."""

import pytest

from notifications.receipts import Inbound
from portal.flows import replies
from portal.store import audit, inbound
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")
JÜRGEN = "+4917012345678"


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann = office.agent("ann@example.com")
    office.enter(client, office.ann)
    return office


def hears(office, words, number=JÜRGEN):
    office.heard = getattr(office, "heard", 0) + 1
    said = Inbound("twilio", f"SM{office.heard}", number, words, office.clock())
    with office.kit.transaction() as session:
        replies.hear(session, office.kit.voice, said, office.clock())


def text_ids(office):
    with office.kit.reading() as session:
        return [one.id for one in inbound.waiting(session, None)]


def post(client, path):
    return client.post(path, data={"csrf_token": token_of(client.get("/console").text)})


def test_the_dossier_shows_every_text_but_no_code(client, office):
    shipment = office.shipment(office.pax)
    hears(office, "Nachbar 14 Weiß")
    hears(office, "908172")
    hears(office, "<script>alert(1)</script>")
    page = client.get(f"/console/shipments/{shipment.id}").text
    assert "Nachbar 14 Weiß" in page
    assert "Understood as a wish to leave it with a neighbor." in page
    assert "908172" not in page
    assert "nobody understood it" in page
    assert "<script>alert" not in page
    assert "The words hold a one-time code, so they are not shown." in page
    alone = client.get(f"/console/shipments/{shipment.id}?show=reply").text
    assert "Nachbar 14 Weiß" in alone and "Window promised" not in alone


def test_what_nobody_understood_waits_on_the_front_page_until_somebody_is_done(client, office):
    shipment = office.shipment(office.pax)
    hears(office, "Der Hund hat die Lampe")
    page = client.get("/console").text
    assert "Texts nobody understood" in page
    assert "Der Hund hat die Lampe" in page
    (text_id,) = text_ids(office)
    assert f"/console/shipments/{shipment.id}#reply-{text_id}" in page
    assert post(client, f"/console/texts/{text_id}/done").status_code == 303
    page = client.get("/console").text
    assert "Der Hund" not in page
    assert "The text is off the list." in page
    with office.kit.reading() as session:
        acts = [act.action for act in audit.of_shipment(session, shipment.id)]
    assert acts == ["looked_after_text"]
    assert "Looked after by ann@example.com" in client.get(f"/console/shipments/{shipment.id}").text
    assert post(client, f"/console/texts/{text_id}/done").status_code == 303
    assert "ann@example.com has looked after this text already." in client.get("/console").text


def test_a_search_shows_hits_and_not_the_texts(client, office):
    office.shipment(office.pax)
    hears(office, "Der Hund hat die Lampe")
    assert "Texts nobody understood" not in client.get("/console?q=zzz").text


def test_texts_of_other_shippers_and_strangers_are_the_operators_to_see(client, office):
    office.shipment(office.pax)
    hears(office, "Der Hund hat die Lampe")
    hears(office, "Wer ist da", "+4917099999999")
    assert "Wer ist da" in client.get("/console").text
    theirs = office.enter(client.application.test_client(), office.agent("li@example.com", shop=office.lumen))
    assert "Texts nobody understood" not in theirs.get("/console").text
    for text_id in text_ids(office):
        assert post(theirs, f"/console/texts/{text_id}/done").status_code == 404
    assert len(text_ids(office)) == 2


def test_a_viewer_reads_the_texts_but_ticks_none_off(client, office):
    office.shipment(office.pax)
    hears(office, "Der Hund hat die Lampe")
    viewer = office.enter(client.application.test_client(), office.agent("vic@example.com", role="viewer"))
    page = viewer.get("/console").text
    assert "Der Hund hat die Lampe" in page and "/done" not in page
    assert post(viewer, f"/console/texts/{text_ids(office)[0]}/done").status_code == 403


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "x"])
def test_a_text_that_does_not_exist_is_not_found(client, office, number):
    assert post(client, f"/console/texts/{number}/done").status_code == 404
