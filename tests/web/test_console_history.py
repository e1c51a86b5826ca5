"""The recipient's page beside the dossier: what they see, from which nothing leads on and nothing leaks."""

import re

import pytest
from sqlalchemy import event

from notifications.message import Rule, Standing
from portal.domain.access import link_code
from portal.store import audit
from portal.store.outbox_rows import MESSAGES
from tests.office import Office

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann = office.agent("ann@example.com")
    office.enter(client, office.ann)
    return office


def seen(client, shipment, query: str = "", **headers: str):
    return client.get(f"/console/shipments/{shipment.id}/page{query}", headers=headers)


def looks(office, shipment) -> list[str]:
    with office.kit.reading() as session:
        return [act.action for act in audit.of_shipment(session, shipment.id)]


def test_it_says_what_the_recipient_reads_and_leads_nowhere(client, office):
    shipment = office.shipment(office.pax)
    office.event(shipment, "out_for_delivery")
    answer = seen(client, shipment)
    assert "Lieferung" in answer.text or "Heute" in answer.text
    assert not re.search(r"<(a|form|script|button)\b[^>]*(href|action|src)=", answer.text)
    assert "<form" not in answer.text and "<script" not in answer.text
    code = link_code(office.kit.voice.secret, shipment.link_nonce)
    assert code not in answer.text
    assert seen(client, shipment, "?lang=en").text.count("<h1") == 1


def test_only_our_own_pages_may_frame_it_and_nothing_runs_in_it(client, office):
    policy = seen(client, office.shipment(office.pax)).headers["Content-Security-Policy"]
    for rule in ("frame-ancestors 'self'", "sandbox allow-same-origin", "form-action 'none'"):
        assert rule in policy
    assert "script-src" not in policy and "default-src 'none'" in policy


def test_it_counts_as_no_view_and_only_a_look_by_itself_is_written_down(client, office):
    shipment = office.shipment(office.pax)
    seen(client, shipment, **{"Sec-Fetch-Dest": "iframe"})
    seen(client, shipment, **{"Sec-Fetch-Dest": "empty"})
    assert looks(office, shipment) == []
    seen(client, shipment, **{"Sec-Fetch-Dest": "document"})
    assert looks(office, shipment) == ["looked_at_page"]
    assert list(office.kit.views.take()) == []


def test_its_name_changes_with_what_it_says_and_with_nothing_else(client, office):
    shipment = office.shipment(office.pax)
    first, again = seen(client, shipment), seen(client, shipment)
    assert first.headers["ETag"] == again.headers["ETag"]
    office.event(shipment, "at_depot")
    assert seen(client, shipment).headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("path", ["page", "page/map.svg"])
def test_an_agent_of_another_shipper_finds_nothing_there(client, office, path):
    shipment = office.shipment(office.lumen)
    theirs = office.enter(client.application.test_client(), office.agent("pia@example.com", shop=office.pax))
    assert theirs.get(f"/console/shipments/{shipment.id}/{path}").status_code == 404
    assert client.application.test_client().get(f"/console/shipments/{shipment.id}/{path}").status_code == 303


def test_the_dossier_frames_it_without_the_links_code(client, office):
    shipment = office.shipment(office.pax)
    page = client.get(f"/console/shipments/{shipment.id}").text
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame and 'sandbox="allow-same-origin"' in frame[0]
    assert f'src="/console/shipments/{shipment.id}/page"' in frame[0]


def test_both_clocks_stand_beside_each_other_where_they_differ(client, office):
    shipment = office.shipment(office.pax)
    office.event(shipment, "at_depot")
    path = f"/console/shipments/{shipment.id}"
    assert 'class="own"' not in client.get(path).text
    client.set_cookie("doorstep-zone", "Asia/Tokyo", path="/console")
    page = client.get(path).text
    assert "10:00" in page and 'class="own" title="On your clock">17:00<' in page
    client.set_cookie("doorstep-zone", "../../etc/passwd", path="/console")
    assert 'class="own"' not in client.get(path).text


def test_several_strands_and_only_problems_can_be_asked_for(client, office):
    shipment = office.shipment(office.pax)
    office.event(shipment, "out_for_delivery")
    office.event(shipment, "attempt_failed")
    path = f"/console/shipments/{shipment.id}"
    both = client.get(f"{path}?show=event&show=window").text
    assert "Window promised" in both and "Delivery attempt failed</strong>" in both
    assert "SMS: out for delivery" not in both
    troubled = client.get(f"{path}?problems=1&show=event&show=%00&show=nothing").text
    assert "Delivery attempt failed</strong>" in troubled and "Out for delivery</strong>" not in troubled


def test_why_there_was_no_text_is_answered_by_the_rule(client, office):
    shipment = office.shipment(office.pax)
    office.event(shipment, "at_depot")
    page = client.get(f"/console/shipments/{shipment.id}").text
    told = page[page.index('id="reach"') : page.index('id="timeline"')]
    assert "Text: <strong>not sent</strong>. This news goes by email only." in told
    assert "It opens their page" in told


def test_news_that_was_replaced_names_the_newer_news(client, office, clock):
    shipment = office.shipment(office.pax)
    clock.forward(hours=13)
    office.event(shipment, "ready_for_pickup")
    clock.forward(minutes=5)
    office.event(shipment, "collected")
    with office.kit.reading() as session:
        stopped = session.execute(MESSAGES.select().where(MESSAGES.c.standing == Standing.STOPPED)).all()
    assert {one.stopped_by for one in stopped} == {Rule.REPLACED}
    office.enter(client, office.ann, "in the evening")
    page = client.get(f"/console/shipments/{shipment.id}").text
    assert "Not sent: Newer news came before it could be sent. The newer news: collected." in page


def test_contacts_in_notes_are_masked_until_a_reason_was_given(client, office):
    shipment = office.shipment(office.pax)
    with office.kit.transaction() as session:
        audit.add_note(session, shipment.id, "ann@example.com", "Call 0170 7654321 instead.", office.clock())
    office.event(shipment, "out_for_delivery")
    page = client.get(f"/console/shipments/{shipment.id}").text
    assert "0170 7654321" not in page and "••• 321" in page
    for contact in (shipment.recipient.phone, shipment.recipient.email):
        assert contact not in page


@pytest.mark.engines("sqlite", "postgresql")
def test_a_dossier_asks_as_many_questions_of_a_long_life_as_of_a_short_one(app, clock):
    office = Office(app, clock)
    shop, ann = office.shop("pax"), office.agent()
    client = office.enter(app.test_client(), ann)
    shipment = office.shipment(shop)
    for happening in ("at_depot", "out_for_delivery"):
        office.event(shipment, happening)
    office.wish(shipment)
    client.get(f"/console/shipments/{shipment.id}")
    few = questions(office, client, shipment)
    for turn in range(12):
        clock.forward(minutes=7)
        office.event(shipment, "delayed", event_id=f"late-{turn}")
        with office.kit.transaction() as session:
            audit.add_note(session, shipment.id, "ann@example.com", f"Note {turn}", clock())
    # after a while a session notes anew that it was seen
    client.get(f"/console/shipments/{shipment.id}")
    assert questions(office, client, shipment) == few <= 60


def questions(office: Office, client, shipment) -> int:
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        asked.append(statement)

    engine = office.kit.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(f"/console/shipments/{shipment.id}").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)
