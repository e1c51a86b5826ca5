"""What an agent does from the dossier: each act says what it did, is on record, and takes back what can be."""

import json
import re

import pytest

from notifications.message import Channel, Standing
from portal.domain.goodwill import Ceiling, Reason
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.roles import Role
from portal.flows import goodwill
from portal.store import attentions, audit, changes, outbox, shipments, tags
from portal.store.outbox_rows import MESSAGES
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann = office.agent("ann@example.com", shop=office.pax)
    office.enter(client, office.ann)
    office.parcel = office.shipment(office.pax)
    return office


def here(office, path: str = "") -> str:
    return f"/console/shipments/{office.parcel.id}{path}"


def act(client, path: str, **form: str):
    return client.post(path, data={**form, "csrf_token": token_of(client.get("/console").text)})


def said(client, answer) -> str:
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def messages(office, notice: str = ""):
    with office.kit.reading() as session:
        told = outbox.of_shipment(session, None, office.parcel.id)
    return [one.message for one in told if notice in ("", one.message.notice)]


def settle(office, *ids: str, standing: Standing = Standing.SENT) -> None:
    from sqlalchemy import update

    with office.kit.transaction() as session:
        session.execute(update(MESSAGES).where(MESSAGES.c.id.in_(ids)).values(standing=standing))


def feed(office) -> list:
    with office.kit.transaction() as session:
        changes.number_new_entries(session)
        return [(one.type, one.data) for one in changes.feed(session, None, 0, 100)]


def acts_of(office) -> list[str]:
    with office.kit.reading() as session:
        return [one.action for one in audit.of_shipment(session, office.parcel.id)]


def test_the_dossier_offers_every_act(client, office):
    page = client.get(here(office)).text
    for form in ("note", "message", "attention", "tag", "link", "export"):
        assert f'id="act-{form}"' in page


def test_a_text_goes_again_as_an_email_with_its_reason(client, office):
    office.event(office.parcel, "out_for_delivery")
    (text,) = [one for one in messages(office, "out_for_delivery") if one.channel is Channel.SMS]
    settle(office, text.id)
    answer = act(
        client, here(office, "/messages/again"), message=text.id, by="other", why="Their phone is broken"
    )
    assert "It goes by email now." in said(client, answer)
    again = messages(office, "out_for_delivery")[-1]
    assert (again.channel, again.to) == (Channel.EMAIL, "juergen@example.com")
    assert again.because == "Sent again by ann@example.com: Their phone is broken"
    assert (again.language, again.html != "", again.instead_of) == ("de", True, text.id)
    assert "less than a minute ago" in said(client, act(client, here(office, f"/messages/{text.id}/again")))


def test_what_goes_again_goes_to_the_contact_on_file_now_with_the_link_that_opens(client, office):
    office.event(office.parcel, "out_for_delivery")
    (text,) = [one for one in messages(office, "out_for_delivery") if one.channel is Channel.SMS]
    settle(office, text.id)
    act(client, here(office, "/contact"), phone="+49 170 7654321", why="A typo, she says")
    act(client, here(office, "/link"), do="revoke", why="It went to a stranger")
    act(client, here(office, f"/messages/{text.id}/again"))
    again = messages(office, "out_for_delivery")[-1]
    assert (again.to, text.to) == ("+491707654321", "+4917012345678")
    with office.kit.reading() as session:
        link = office.kit.voice.link(shipments.by_id(session, None, office.parcel.id))
    assert link in again.text
    (warned,) = [one for one in messages(office, "contact_changed") if one.channel is Channel.SMS]
    settle(office, warned.id)
    office.clock.forward(minutes=2)
    act(client, here(office, f"/messages/{warned.id}/again"))
    assert messages(office, "contact_changed")[-1].to == "+4917012345678"


def test_words_are_shown_counted_and_sent_once(client, office):
    shown = act(client, here(office, "/message"), words="Ihr Paket liegt im Depot.", by="sms", do="show")
    assert shown.status_code == 200
    assert "Pax Möbel: Ihr Paket liegt im Depot." in shown.text
    assert "1 SMS, 124 characters left in one." in shown.text
    assert messages(office, "agent_writes") == []
    for _ in range(2):
        answer = act(client, here(office, "/message"), words="Ihr Paket liegt im Depot.", by="sms", do="send")
    assert "Your words go by text message." in said(client, answer)
    (sent,) = messages(office, "agent_writes")
    assert (sent.channel, sent.because) == (Channel.SMS, "Written by ann@example.com.")
    assert acts_of(office).count("wrote") == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Bitte zahlen Sie die Gebühr", "zahlen"),
        ("You must pay first", "pay"),
        ("Siehe evil.example/x", "evil.example/x"),
        ("", "Please write something first."),
        ("x" * 451, "at most 450"),
    ],
)
def test_words_that_sound_like_fraud_or_lead_elsewhere_stay_on_the_page(client, office, words, why):
    answer = act(client, here(office, "/message"), words=words, do="send")
    assert answer.status_code == 422
    assert why in answer.text
    assert messages(office, "agent_writes") == []


def test_more_than_one_sms_is_shown_before_it_goes(client, office):
    words = "Ihr Paket liegt im Depot und kommt morgen. " * 4
    answer = act(client, here(office, "/message"), words=words, by="sms", do="send")
    assert "Send it as 2 SMS" in answer.text
    assert messages(office, "agent_writes") == []
    answer = act(client, here(office, "/message"), words=words, by="sms", do="send", long="yes")
    assert messages(office, "agent_writes")[0].segments == 2


def test_who_said_stop_is_not_written_to_by_text(client, office, clock):
    from portal.store import contacts

    with office.kit.transaction() as session:
        contacts.stop(session, Channel.SMS, office.parcel.recipient.phone, "reply", clock())
    answer = act(client, here(office, "/message"), words="Guten Tag", by="sms", do="send")
    assert "asked us not to use this number" in answer.text


def test_dispatch_is_called_sees_it_on_the_desk_and_the_agent_takes_it_back(client, office, clock):
    call = {"words": "The caller waits since nine."}
    for _ in range(2):
        page = said(client, act(client, here(office, "/attention"), **call))
    assert "Dispatch is told" in page
    assert "The caller waits since nine." in client.get("/desk").text
    ((kind, data),) = feed(office)
    assert (kind, data["words"], data["by"]) == ("shipment.attention", call["words"], "ann@example.com")
    back = f"/attention/{data['attention_id']}/back"
    assert "It is taken back." in said(client, act(client, here(office, back)))
    assert feed(office)[-1][0] == "shipment.attention_withdrawn"
    assert "The caller waits since nine." not in client.get("/desk").text


def test_what_dispatch_has_read_is_not_taken_back(client, office):
    act(client, here(office, "/attention"), words="Please ring twice.")
    ((_, data),) = feed(office)
    answer = act(client, f"/desk/attentions/{data['attention_id']}/read")
    assert "The agent sees that you have read it." in said(client, answer)
    answer = act(client, here(office, f"/attention/{data['attention_id']}/back"))
    assert "Dispatch has read it already." in said(client, answer)


def test_a_wrong_event_is_doubted_and_settled_by_its_correction(client, office, clock):
    office.event(office.parcel, "delivered", event_id="ev-9")
    act(client, here(office, "/attention"), event="ev-9", words="They never got it.")
    kind, data = feed(office)[-1]
    assert (kind, data["event_id"], data["reason"]) == ("event.disputed", "ev-9", "They never got it.")
    assert shipments_status(office) == "delivered"
    link = office.kit.voice.link(office.parcel).removeprefix(office.kit.voice.public_url)
    assert "Wir prüfen, ob diese Meldung stimmt." in client.get(link, headers={"Accept-Language": "de"}).text
    clock.forward(minutes=5)
    office.event(office.parcel, "out_for_delivery", event_id="ev-10", corrects="ev-9")
    with office.kit.reading() as session:
        (one,) = attentions.of_shipment(session, office.parcel.id)
    assert one.ended_how == "corrected"
    assert act(client, here(office, "/attention"), event="other", words="x").status_code == 404


def shipments_status(office) -> str:
    with office.kit.reading() as session:
        return shipments.by_id(session, None, office.parcel.id).state.status.value


def test_tags_are_put_on_once_in_any_spelling_and_taken_off(client, office):
    for tag in ("VIP", "vip", " Vip "):
        act(client, here(office, "/tags"), tag=tag)
    with office.kit.reading() as session:
        (only,) = tags.of_shipments(session, [office.parcel.id])[office.parcel.id]
    assert only.tag == "VIP"
    assert "“VIP” is off." in said(client, act(client, here(office, "/tags/remove"), tag="VIP"))
    assert "at most 30 characters" in said(client, act(client, here(office, "/tags"), tag="x" * 31))


def test_a_hold_is_taken_off_by_a_lead_alone(client, office):
    act(client, here(office, "/tags"), tag="legal hold")
    assert "only a lead" in said(client, act(client, here(office, "/tags/remove"), tag="Legal  Hold"))
    office.enter(client, office.agent("lead@example.com", "lead", office.pax))
    assert "is off." in said(client, act(client, here(office, "/tags/remove"), tag="legal hold"))


def test_a_renewed_link_ends_the_old_one_and_goes_to_the_contact_on_file(client, office, clock):
    old = office.kit.voice.link(office.parcel).rpartition("/")[2]
    assert client.get(f"/t/{old}").status_code == 200
    page = said(client, act(client, here(office, "/link"), do="renew", why="It was passed on"))
    assert "the new one is on its way" in page
    assert client.get(f"/t/{old}").status_code == 404
    (told,) = messages(office, "link_renewed")
    new = re.search(r"/t/([\w-]{22})", told.text)[1]
    assert client.get(f"/t/{new}").status_code == 200
    act(client, here(office, "/link"), do="renew", why="It was passed on")
    assert len(messages(office, "link_renewed")) == 1


def test_a_viewer_holds_no_link_and_nobody_the_neighbors(client, office):
    office.asks(office.parcel, LeaveWithNeighbor("Ada Cole", "14", "+4917098765432"))
    assert any("/n/" in one.text for one in messages(office, "neighbor_asked"))
    viewer = office.enter(
        client.application.test_client(), office.agent("v@example.com", "viewer", office.pax)
    )
    of_agent, of_viewer = client.get(here(office)).text, viewer.get(here(office)).text
    assert re.search(r"/t/[\w-]{22}", of_agent) and not re.search(r"/n/[\w-]{22}", of_agent)
    assert "/t/…" in of_viewer and not re.search(r"/[tnu]/[\w-]{22}", of_viewer)


def test_a_revoked_link_tells_nobody_and_what_waits_carries_the_next_one(client, office):
    office.event(office.parcel, "at_depot")
    (waits,) = [one for one in messages(office, "at_depot") if one.standing is Standing.QUEUED]
    before = len(messages(office))
    assert "Nobody was told" in said(
        client, act(client, here(office, "/link"), do="revoke", why="Posted online")
    )
    assert len(messages(office)) == before
    with office.kit.reading() as session:
        known = shipments.by_id(session, None, office.parcel.id)
        waits = outbox.find(session, None, waits.id).message
    assert office.kit.voice.link(known) in waits.text
    assert office.kit.voice.link(office.parcel) not in waits.text + waits.html


@pytest.fixture
def generous(office, clock) -> None:
    with office.kit.transaction() as session:
        late = Reason("late", "Late delivery", 500, "EUR")
        lost = Reason("lost", "Lost for a while", 2000, "EUR")
        assert goodwill.set_reasons(session, office.pax.id, [late, lost], "ann", clock()) == []
        ceiling = Ceiling(Role.AGENT, "EUR", 1000)
        assert goodwill.set_ceilings(session, office.pax.id, [ceiling], "ann", clock()) == []


def test_making_good_is_once_a_reason_told_later_and_taken_back(client, office, clock, generous):
    assert 'id="act-goodwill"' in client.get(here(office)).text
    give = {"reason": "late", "why": "Two hours late"}
    for _ in range(2):
        page = said(client, act(client, here(office, "/goodwill"), **give))
    assert "Made good with 5.00 EUR." in page
    waiting = [one for one in messages(office, "made_good") if one.standing is Standing.QUEUED]
    assert waiting[0].not_before > clock()
    kind, data = feed(office)[-1]
    assert (kind, data["amount"], data["unit"], data["reason_code"]) == (
        "shipment.made_good",
        "5.00",
        "EUR",
        "late",
    )
    answer = act(client, here(office, f"/goodwill/{data['gift_id']}/back"))
    assert "5.00 EUR taken back" in said(client, answer)
    assert {one.standing for one in messages(office, "made_good")} == {Standing.STOPPED}
    assert feed(office)[-1][0] == "shipment.made_good_withdrawn"
    assert acts_of(office).count("made_good") == 1


def test_above_the_ceiling_a_lead_is_needed(client, office, generous):
    answer = act(client, here(office, "/goodwill"), reason="lost", why="A week late")
    assert "Please ask a lead." in said(client, answer)
    office.enter(client, office.agent("lea@example.com", role="lead", shop=office.pax))
    assert "Made good with 20.00 EUR." in said(
        client, act(client, here(office, "/goodwill"), reason="lost", why="A week late")
    )


def test_the_history_is_a_paper_and_a_file_with_contacts_masked(client, office, clock):
    office.event(office.parcel, "announced")
    odd = "😀 שלום مرحبا Zażółć gęślą İstanbul Ελλάδα Київ " + "w" * 1500
    act(client, here(office, "/notes"), text=odd + " +49 170 12345678")
    answer = act(client, here(office, "/history.json"))
    told = json.loads(answer.data)
    assert told["contacts_masked"] is True
    assert "+4917012345678" not in answer.text
    assert "juergen@example.com" not in answer.text
    assert not re.search(r"/t/[\w-]{22}", answer.text)
    assert {"event", "message", "note"} <= {one["kind"] for one in told["entries"]}
    paper = act(client, here(office, "/history.pdf"))
    assert paper.data.startswith(b"%PDF-")
    assert paper.headers["Content-Disposition"] == f'attachment; filename="history-{office.parcel.id}.pdf"'
    assert acts_of(office).count("history_exported") == 2


DOORS = (
    *("/tags", "/tags/remove", "/attention", "/link", "/goodwill", "/message", "/messages/again"),
    *("/history.pdf", "/history.json"),
)


@pytest.mark.parametrize("path", DOORS)
def test_other_shippers_shipments_do_not_exist_and_a_viewer_may_nothing(client, office, path):
    form = {"tag": "x", "words": "x", "why": "x", "message": "m"}
    office.enter(client, office.agent("lu@example.com", shop=office.lumen))
    assert act(client, here(office, path), **form).status_code == 404
    office.enter(client, office.agent("vi@example.com", role="viewer", shop=office.pax))
    assert act(client, here(office, path), **form).status_code == 403
