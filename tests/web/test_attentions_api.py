"""Dispatch's own system learns what agents call its attention to, and says that it has read it."""

import pytest

from portal.flows import agent_acts_attention as acts
from portal.store import agents, attentions, changes, shipments
from tests.dispatch import new_dispatch, shipment


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def call(kit, words: str = "Please ring twice.") -> str:
    with kit.transaction() as session:
        agents.add(session, "ann@example.com", "Ann", "", "agent", None, kit.now())
        ann = agents.by_email(session, "ann@example.com")
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        acts.call(session, kit.voice, ann, found.id, words, kit.now())
        changes.number_new_entries(session)
        return attentions.of_shipment(session, found.id)[0].id


def test_it_comes_in_the_feed_and_is_read_once(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    name = call(kit)
    (entry,) = dispatch.call("GET", "/changes").json["changes"]
    assert (entry["type"], entry["data"]["attention_id"]) == ("shipment.attention", name)
    first = dispatch.call("POST", f"/attentions/{name}/read", json={"by": "Kim"})
    assert (first.status_code, first.json["state"], first.json["read_by"]) == (200, "read", "Kim")
    again = dispatch.call("POST", f"/attentions/{name}/read", json={"by": "Lee"})
    assert again.json == first.json


def test_what_is_not_there_or_not_said_right_is_answered_kindly(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    name = call(kit)
    assert dispatch.call("POST", f"/attentions/{name[::-1]}/read", json={}).status_code == 404
    assert dispatch.call("POST", f"/attentions/{name}/read", json={"by": "x" * 81}).status_code == 422
    assert dispatch.call("POST", f"/attentions/{name}/read", json={"by": 5}).status_code == 422
