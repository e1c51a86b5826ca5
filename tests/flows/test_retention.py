"""What is known of people goes in its time: words first, then names, then proof; what is still needed waits."""

import pytest

from notifications.message import Channel
from portal import jobs
from portal.domain.follow_up import Matter
from portal.flows import agent_acts, retention, work
from portal.flows.shipper_rules import set_rules
from portal.store import audit, outbox, shipments, tags
from tests.flows.test_forgetting import STRINGS, delivered, dump
from tests.office import Office


@pytest.fixture
def office(app, clock):
    return Office(app, clock)


@pytest.fixture
def shop(office):
    return office.shop("acme")


def later(office, **time):
    office.clock.forward(**time)
    office.kit.shippers.forget()
    return retention.tidy(office.kit)


def words(office, shop, one) -> list[str]:
    with office.kit.reading() as session:
        told = outbox.of_shipment(session, shop.id, one.id)
    return [each.message.text for each in told if each.message.channel is not Channel.WEBHOOK]


def name(office, shop, one) -> str:
    with office.kit.reading() as session:
        return shipments.by_id(session, shop.id, one.id).recipient.name


def test_words_go_after_a_week_and_names_after_a_month(office, shop):
    one, _ = delivered(office, shop)
    # what could not be sent is settled by now
    office.clock.forward(days=6)
    jobs.outbox(office.kit)
    later(office)
    assert any(words(office, shop, one)) and name(office, shop, one)
    later(office, days=2)
    assert not any(words(office, shop, one)) and name(office, shop, one) == "Jane Quellwasser"
    later(office, days=25)
    assert [string for string in STRINGS if string in dump(office)] == []
    assert later(office) == 0


def test_a_shipper_may_keep_longer_or_shorter(office, shop):
    one, _ = delivered(office, shop)
    with office.app.app_context():
        set_rules(office.kit, "acme", ["keep.contacts_days=2"])
    later(office, days=3)
    assert name(office, shop, one) == ""


@pytest.mark.parametrize("needs", ["follow_up", "hold"])
def test_what_somebody_still_looks_after_waits(office, shop, needs):
    one, _ = delivered(office, shop)
    with office.kit.transaction() as session:
        if needs == "hold":
            tags.add(session, shop.id, one.id, "legal hold", "ann@example.com", office.clock())
        else:
            work.raise_matter(session, shop.id, one.id, Matter.PROBLEM, "p", "Look.", office.clock())
    later(office, days=40)
    assert name(office, shop, one) and any(words(office, shop, one))
    with office.kit.transaction() as session:
        if needs == "hold":
            tags.remove(session, one.id, "legal hold")
        else:
            work.settle(session, one.id, Matter.PROBLEM, "p", office.clock())
    later(office, days=1)
    assert name(office, shop, one) == ""


def test_a_matter_that_nobody_closes_keeps_names_for_half_a_year(office, shop):
    one, _ = delivered(office, shop)
    with office.kit.transaction() as session:
        work.raise_matter(
            session, shop.id, one.id, Matter.PROBLEM, "p", "Jane Quellwasser calls.", office.clock()
        )
    later(office, days=170)
    assert name(office, shop, one)
    later(office, days=20)
    assert [string for string in STRINGS if string in dump(office)] == []


def test_what_is_under_way_waits_but_not_for_ever(office, shop):
    one = office.shipment(shop, "A-1")
    office.event(one, "at_depot")
    later(office, days=100)
    assert name(office, shop, one)
    later(office, days=100)
    assert name(office, shop, one) == ""


def test_the_dossier_still_opens_and_search_finds_it_by_its_reference_only(office, shop, client):
    one, _ = delivered(office, shop)
    later(office, days=40)
    ann = office.agent(role="lead")
    office.enter(client, ann)
    page = client.get(f"/console/shipments/{one.id}")
    assert page.status_code == 200 and "Quellwasser" not in page.text
    assert "Its words and where it went were erased." in page.text
    assert client.get("/console?q=A-1").location.endswith(f"/console/shipments/{one.id}")
    assert "/console/shipments/" not in client.get("/console?q=Quellwasser").text


def test_the_audit_goes_after_two_years(office, shop):
    one, _ = delivered(office, shop)
    with office.kit.transaction() as session:
        audit.record(session, "ann", "looked", office.clock(), shipper_id=shop.id, shipment_id=one.id)
    later(office, days=700)
    assert "looked" in dump(office)
    later(office, days=60)
    with office.kit.reading() as session:
        assert [each for each in audit.of_shipment(session, one.id) if each.action == "looked"] == []


def test_nothing_is_looked_at_twice(office, shop):
    delivered(office, shop)
    later(office, days=40)
    assert later(office, seconds=1) == 0


def test_what_agents_write_later_goes_as_well(office, shop):
    one, _ = delivered(office, shop)
    later(office, days=40)
    ann = office.agent()
    with office.kit.transaction() as session:
        agent_acts.note(session, ann, one.id, "Jane Quellwasser called again", office.clock())
    later(office, days=29)
    assert "called again" in dump(office)
    later(office, days=2)
    assert "called again" not in dump(office)
