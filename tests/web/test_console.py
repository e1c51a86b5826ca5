"""The console: search leads to a dossier, the dossier tells everything, and each look is written down."""

import pytest

from notifications.message import Standing
from portal.domain.events import How, Reason
from portal.flows import codes
from portal.flows.dossier import open_dossier
from portal.store import audit, outbox
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann = office.agent("ann@example.com")
    office.enter(client, office.ann)
    return office


def dossier(client, shipment, show: str = ""):
    return client.get(f"/console/shipments/{shipment.id}" + (f"?show={show}" if show else ""))


def post(client, path: str, **form: str):
    return client.post(path, data={**form, "csrf_token": token_of(client.get("/console").text)})


def messages(office, shipment):
    with office.kit.reading() as session:
        return [one.message for one in outbox.of_shipment(session, None, shipment.id)]


def settle(office, message, standing: Standing) -> None:
    from sqlalchemy import update

    from portal.store.outbox_rows import MESSAGES

    with office.kit.transaction() as session:
        session.execute(update(MESSAGES).where(MESSAGES.c.id == message.id).values(standing=standing))


def test_the_box_explains_what_can_be_typed(client, office):
    page = client.get("/console").text
    assert "last 4 digits" in page
    assert 'role="search"' in page


def test_a_certain_clue_leads_straight_to_the_dossier(client, office):
    shipment = office.shipment(office.pax, "PX-1")
    answer = client.get("/console?q=PX-1")
    assert (answer.status_code, answer.location) == (303, f"/console/shipments/{shipment.id}")


def test_a_vague_clue_lists_what_it_may_mean(client, office):
    office.shipment(office.pax, "PX-1")
    office.shipment(office.lumen, "LB-1")
    page = client.get("/console?q=wei%C3%9F").text
    assert "2 found" in page
    assert "Pax Möbel" in page
    assert "matched by name or address" in page


def test_nothing_found_helps_on(client, office):
    page = client.get("/console?q=zzz").text
    assert "Nothing found for “zzz”" in page
    assert "last 4 to 6 digits" in page


def test_the_dossier_answers_first_and_then_tells_everything(client, office, clock):
    shipment = office.shipment(office.pax)
    office.event(shipment, "announced")
    clock.forward(minutes=30)
    office.event(shipment, "at_depot")
    clock.forward(minutes=30)
    office.event(shipment, "delivered", how=How.NEIGHBOR, event_id="wrong", place="number 14")
    clock.forward(minutes=5)
    office.event(shipment, "attempt_failed", reason=Reason.CONSIGNEE_NOT_HOME, corrects="wrong")
    page = dossier(client, shipment).text
    assert page.index("Delivery attempt failed: consignee not home") < page.index("What happened")
    assert "Times in Europe/Berlin (CEST)" in page
    assert "Taken back by dispatch" in page
    assert "Window promised" in page
    assert "Why it exists: Dispatch reported" in page
    assert office.kit.voice.link(shipment) in page


def test_every_word_of_a_message_is_shown_as_it_was_sent(client, office):
    shipment = office.shipment(office.pax)
    office.event(shipment, "out_for_delivery")
    page = dossier(client, shipment).text
    for message in messages(office, shipment):
        assert message.text.splitlines()[0] in page.replace("&#39;", "'").replace("&amp;", "&")


def test_why_a_message_was_not_sent_is_said(client, office):
    shipment = office.shipment(office.pax, phone="", email="")
    office.event(shipment, "out_for_delivery")
    page = dossier(client, shipment).text
    assert "Not sent: There is no phone number and no email address" in page


def test_a_one_time_code_is_told_but_never_shown(client, office, clock):
    shipment = office.shipment(office.pax)
    with office.kit.transaction() as session:
        codes.send_code(session, office.kit.voice, shipment, clock(), lambda: "493817")
    page = dossier(client, shipment).text
    assert "One-time code asked for" in page
    assert "493817" not in page
    assert "The words hold a one-time code" in page


def test_one_strand_can_be_shown_alone(client, office):
    shipment = office.shipment(office.pax)
    office.event(shipment, "at_depot")
    page = dossier(client, shipment, "event").text
    assert "At the depot" in page
    assert "Window promised" not in page
    assert dossier(client, shipment, "no-such-kind").status_code == 200


def test_each_look_is_audited_and_looks_in_a_row_are_one_entry(client, office):
    shipment = office.shipment(office.pax)
    for _ in range(3):
        dossier(client, shipment)
    with office.kit.reading() as session:
        looks = [act for act in audit.of_shipment(session, shipment.id) if act.action == "looked"]
    assert [look.actor for look in looks] == ["ann@example.com"] * 3
    assert "Looked at this page 3 times" in dossier(client, shipment).text


def test_searching_is_audited_without_the_words(client, office, clock):
    from sqlalchemy import select

    from portal.store.audit import AuditRow

    office.shipment(office.pax)
    client.get("/console?q=juergen@example.com")
    with office.kit.reading() as session:
        detail = session.execute(select(AuditRow.detail).where(AuditRow.action == "searched")).scalar_one()
    assert detail == {"by": ["email"], "found": 1}


def test_a_note_is_kept_with_its_lines_and_its_author(client, office):
    shipment = office.shipment(office.pax)
    answer = post(client, f"/console/shipments/{shipment.id}/notes", text="Ring twice.\r\nDoor \x00is blue.")
    assert answer.status_code == 303
    page = dossier(client, shipment).text
    assert "Ring twice.\nDoor is blue." in page
    assert "Your note is saved." in page


def test_an_empty_or_endless_note_is_refused_kindly(client, office):
    shipment = office.shipment(office.pax)
    post(client, f"/console/shipments/{shipment.id}/notes", text=" \x00 ")
    assert "Please write something first." in dossier(client, shipment).text
    post(client, f"/console/shipments/{shipment.id}/notes", text="x" * 2_001)
    assert "at most 2,000 characters; this one has 2,001" in dossier(client, shipment).text


def test_a_message_can_be_sent_again_once_a_minute_in_the_same_words(client, office, clock):
    shipment = office.shipment(office.pax)
    office.event(shipment, "out_for_delivery")
    first = messages(office, shipment)[0]
    settle(office, first, Standing.SENT)
    path = f"/console/shipments/{shipment.id}/messages/{first.id}/again"
    assert "Send again" in dossier(client, shipment).text
    post(client, path)
    post(client, path)
    again = [one for one in messages(office, shipment) if one.dedupe_key.startswith("resend:")]
    assert [(one.text, one.channel, one.to) for one in again] == [(first.text, first.channel, first.to)]
    assert again[0].because == "Sent again by ann@example.com."
    assert "less than a minute ago" in dossier(client, shipment).text
    clock.forward(minutes=2)
    post(client, path)
    assert len([one for one in messages(office, shipment) if one.dedupe_key.startswith("resend:")]) == 2


@pytest.mark.parametrize("standing", [Standing.STOPPED, Standing.QUEUED, Standing.SENDING, Standing.UNKNOWN])
def test_what_a_rule_stopped_or_is_still_on_its_way_is_not_sent_again(client, office, standing):
    shipment = office.shipment(office.pax)
    office.event(shipment, "out_for_delivery")
    message = messages(office, shipment)[0]
    settle(office, message, standing)
    before = len(messages(office, shipment))
    assert post(client, f"/console/shipments/{shipment.id}/messages/{message.id}/again").status_code == 303
    assert len(messages(office, shipment)) == before


def test_words_that_are_no_longer_true_are_not_sent_again(client, office, clock):
    shipment = office.shipment(office.pax)
    office.event(shipment, "out_for_delivery")
    message = messages(office, shipment)[0]
    settle(office, message, Standing.DELIVERED)
    clock.forward(hours=11)
    office.enter(client, office.ann, "the same one, later")
    assert "Send again" not in dossier(client, shipment).text
    post(client, f"/console/shipments/{shipment.id}/messages/{message.id}/again")
    assert "no longer true" in dossier(client, shipment).text


def test_a_message_of_another_shipment_cannot_be_sent_from_here(client, office):
    mine, other = office.shipment(office.pax, "A"), office.shipment(office.pax, "B", codes=("b",))
    office.event(other, "out_for_delivery")
    message = messages(office, other)[0]
    settle(office, message, Standing.SENT)
    assert post(client, f"/console/shipments/{mine.id}/messages/{message.id}/again").status_code == 404


def test_an_agent_of_one_shipper_meets_404_at_every_door_of_another(office, client):
    shipment = office.shipment(office.lumen)
    office.event(shipment, "out_for_delivery")
    message = messages(office, shipment)[0]
    settle(office, message, Standing.SENT)
    theirs = office.enter(client.application.test_client(), office.agent("pia@example.com", shop=office.pax))
    assert dossier(theirs, shipment).status_code == 404
    assert post(theirs, f"/console/shipments/{shipment.id}/notes", text="hello").status_code == 404
    assert post(theirs, f"/console/shipments/{shipment.id}/messages/{message.id}/again").status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "2147483647", "2147483648", "9" * 30, "-1", "x"])
def test_a_shipment_that_does_not_exist_is_not_found(client, office, number):
    assert client.get(f"/console/shipments/{number}").status_code == 404


def test_a_viewer_reads_but_cannot_act(client, office):
    shipment = office.shipment(office.pax)
    viewer = office.enter(client.application.test_client(), office.agent("vic@example.com", role="viewer"))
    page = dossier(viewer, shipment)
    assert page.status_code == 200
    assert "Save note" not in page.text
    assert post(viewer, f"/console/shipments/{shipment.id}/notes", text="hello").status_code == 403


XSS = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


def test_nothing_a_stranger_wrote_becomes_markup(client, office, clock):
    shipment = office.shipment(office.pax, XSS[:80], XSS, lines=(XSS,), depot=XSS[:80], codes=(XSS[:80],))
    office.event(shipment, "at_depot", note=XSS, place=XSS, event_id=XSS[:80])
    office.wish(shipment, XSS, XSS)
    post(client, f"/console/shipments/{shipment.id}/notes", text=XSS)
    for page in (dossier(client, shipment), client.get("/console?q=%3Cscript"), client.get("/desk")):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


@pytest.mark.engines("sqlite", "postgresql")
def test_a_dossier_is_woven_on_both_databases(app, clock):
    office = Office(app, clock)
    shop, ann = office.shop("pax"), office.agent()
    shipment = office.shipment(shop)
    office.event(shipment, "at_depot")
    office.wish(shipment)
    with office.kit.reading() as session:
        found = open_dossier(session, office.kit.voice, ann, shipment.id, clock())
    assert found is not None
    titles = [entry.title for entry in found.timeline.entries]
    assert "Asked: leave it with a neighbor: Ada Cole at number 14" in titles
    assert found.standing.waits[0].text.startswith("Dispatch has to answer a change")
