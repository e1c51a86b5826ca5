"""The rights of a person from a dossier: leads hand over, admins forget; nobody reaches another shipper's people."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from portal.flows.person_desk import WORDS
from tests.flows.test_forgetting import STRINGS, delivered, dump
from tests.office import Office, token_of


@pytest.fixture
def office(app, clock):
    return Office(app, clock)


@pytest.fixture
def shop(office):
    return office.shop("acme")


@pytest.fixture
def here(office, shop):
    one, _ = delivered(office, shop)
    return f"/console/shipments/{one.id}/person"


def entered(office, client, role="admin", shop=None):
    agent = office.agent(f"{role}@example.com", role=role, shop=shop)
    office.enter(client, agent)
    return agent


def sends(client, here, what, **form):
    form["csrf_token"] = token_of(client.get(here).text)
    return client.post(f"{here}/{what}", data=form)


def test_a_lead_sees_what_is_held_and_hands_it_over(office, shop, here, client):
    entered(office, client, "lead")
    page = client.get(here)
    assert page.status_code == 200 and "notes of agents" in page.text and "Only an admin" in page.text
    assert not any(string in page.text for string in STRINGS)
    answer = sends(client, here, "export", reason="copy")
    assert answer.mimetype == "application/zip" and "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(BytesIO(answer.data)) as packed:
        held = json.loads(packed.read("person.json"))
    assert held["deliveries"][0]["held"]["shipments"][0]["recipient_name"] == "Jane Quellwasser"
    assert (
        client.post(f"{here}/erase", data={"csrf_token": token_of(client.get(here).text)}).status_code == 403
    )


def test_an_admin_forgets_only_with_the_words_and_the_page_says_so(office, shop, here, client):
    entered(office, client)
    wrong = sends(client, here, "erase", reason="asked", words="yes")
    assert wrong.status_code == 303 and "Quellwasser" in dump(office)
    done = sends(client, here, "erase", reason="asked", words=WORDS.title(), case="GDPR-7")
    assert done.status_code == 303, done.text
    assert [string for string in STRINGS if string in dump(office)] == []
    page = client.get(here.removesuffix("/person"))
    assert page.status_code == 200 and "Forgotten" in page.text
    assert "They were forgotten" in client.get(here).text


def test_an_admin_of_another_shop_finds_nobody(office, shop, here, client):
    entered(office, client, shop=office.shop("other"))
    assert client.get(here).status_code == 404


def test_a_shops_admin_forgets_only_what_the_shop_holds(office, shop, here, client):
    other = office.shop("other")
    kept, _ = delivered(office, other, "O-1")
    entered(office, client, shop=shop)
    sends(client, here, "erase", reason="asked", words=WORDS)
    with office.kit.reading() as session:
        from portal.store import shipments

        assert shipments.by_id(session, other.id, kept.id).recipient.name == "Jane Quellwasser"
    assert client.get(here).status_code == 200


def test_a_sign_in_of_long_ago_is_asked_for_again(office, shop, here, client, clock):
    entered(office, client)
    token = token_of(client.get(here).text)
    clock.forward(seconds=timedelta(hours=1).total_seconds())
    client.post(f"{here}/erase", data={"csrf_token": token, "reason": "asked", "words": WORDS})
    assert "Quellwasser" in dump(office)
    asked = client.post(f"{here}/export", data={"csrf_token": token, "reason": "asked"})
    assert asked.status_code == 303 and "zip" not in asked.headers["Content-Type"]
