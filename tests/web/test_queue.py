"""The work queue at its doors: claimed by one, handed over with a word, put aside until later, resolved with a note."""

import threading
from datetime import timedelta

import pytest

from notifications.receipts import Inbound
from portal import jobs
from portal.domain.follow_up import Matter
from portal.flows import queue, replies, work
from portal.store import agents as agent_store
from portal.store import audit, follow_ups
from tests.office import Office, token_of

QUEUE = "/console/queue"
BOTH = pytest.mark.engines("sqlite", "postgresql")


@pytest.fixture
def office(app, clock, client) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann, office.lou = office.agent("ann@example.com"), office.agent("lou@example.com")
    office.enter(client, office.ann)
    office.box = office.shipment(office.pax)
    return office


@pytest.fixture
def lou(office):
    return office.enter(office.app.test_client(), office.lou)


def raised(office, kind=Matter.PROBLEM, key="k", shipment=None, **more) -> int:
    """Something to look after; its id."""
    box = shipment or office.box
    with office.kit.transaction() as session:
        work.raise_matter(
            session, box.shipper_id, box.id, kind, key, f"It is about {key}.", office.clock(), **more
        )
        return follow_ups.named(session, None, box.id, kind, key).id


def does(client, matter: int, do: str, **form: str):
    form["csrf_token"] = token_of(client.get("/console").text)
    return client.post(f"{QUEUE}/{matter}", data={"do": do, **form})


def said(client, **query: str) -> str:
    return client.get(QUEUE, query_string=query).text


def stands(office, matter: int):
    with office.kit.reading() as session:
        return follow_ups.find(session, None, matter)


def acts(office) -> list[str]:
    with office.kit.reading() as session:
        return [one.action for one in audit.of_shipment(session, office.box.id)]


def test_what_breaks_first_stands_first(client, office):
    for key, hours in (("later", 3), ("sooner", 1), ("over", -1)):
        raised(office, key=key, due_at=office.clock() + timedelta(hours=hours))
    page = said(client)
    assert page.index("about over") < page.index("about sooner") < page.index("about later")
    assert "Over for 1 h" in page and "1 h left, until" in page
    assert '<span class="count">3' in page
    assert page.index("<title>(3) Queue") > 0


def test_a_claim_is_told_to_whom_it_may_concern(client, office, lou):
    matter = raised(office)
    does(client, matter, "claim")
    assert "It is yours." in said(client)
    does(client, matter, "claim")
    assert "You have this already." in said(client)
    does(lou, matter, "claim")
    page = said(lou)
    assert "Ann has taken this." in page and "Ann has it" in page
    assert "about k" in said(client, whose="mine")
    assert "about k" not in said(lou, whose="mine") and "about k" not in said(client, whose="free")
    does(lou, matter, "resolve", note="Mine!")
    assert "Ann has taken this." in said(lou)
    assert stands(office, matter).closed_at is None
    assert acts(office) == ["claimed_matter"]


@BOTH
def test_of_many_claims_at_once_one_wins(office):
    matter = raised(office)
    agents = [office.agent(f"a{number}@example.com") for number in range(6)]
    barrier, outcomes = threading.Barrier(len(agents)), []

    def claims(agent) -> None:
        barrier.wait()
        with office.kit.transaction() as session:
            outcomes.append(queue.claim(session, agent, matter, office.clock()))

    threads = [threading.Thread(target=claims, args=[one]) for one in agents]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    won = [one for one in outcomes if isinstance(one, queue.Done)]
    assert len(won) == 1
    holder = stands(office, matter).holder
    assert {one.because for one in outcomes if one not in won} == {f"{holder} has taken this."}


def test_a_matter_is_handed_to_a_colleague_by_name_with_a_word(client, office, lou):
    matter = raised(office)
    does(client, matter, "hand_over", to=" lou ", note="She speaks Polish, I do not.")
    assert "Lou has it now." in said(client)
    page = said(lou, whose="mine")
    assert "From Ann: “She speaks Polish, I do not.”" in page
    does(lou, matter, "give_back")
    assert stands(office, matter).claimed_by is None
    assert sorted(acts(office)) == ["gave_matter_back", "handed_matter_over"]


@pytest.mark.parametrize(
    ("to", "because"),
    [
        ("", "Please say to whom."),
        ("nobody@example.com", "Nobody of this name works here and may take it."),
        ("gone@example.com", "Nobody of this name works here and may take it."),
        ("theirs@example.com", "Nobody of this name works here and may take it."),
        ("vic@example.com", "Nobody of this name works here and may take it."),
        ("Sam", "There are 2 colleagues of this name"),
    ],
)
@pytest.mark.engines("sqlite")
def test_it_is_handed_to_nobody_who_may_not_take_it(client, office, clock, to, because):
    office.agent("vic@example.com", role="viewer")
    office.agent("theirs@example.com", shop=office.lumen)
    gone = office.agent("gone@example.com")
    for email in ("sam@example.com", "sam@example.org"):
        office.agent(email)
    leaves(office, gone)
    matter = raised(office)
    does(client, matter, "hand_over", to=to)
    assert because in said(client)
    assert stands(office, matter).claimed_by is None


def leaves(office, agent) -> None:
    from sqlalchemy import update

    with office.kit.transaction() as session:
        row = agent_store.AgentRow
        session.execute(update(row).where(row.id == agent.id).values(left_at=office.clock()))


def test_what_somebody_who_left_had_is_anybodys(client, office, lou):
    matter = raised(office)
    does(lou, matter, "claim")
    leaves(office, office.lou)
    assert "about k" in said(client, whose="free")
    does(client, matter, "claim")
    assert stands(office, matter).holder == "Ann"
    leaves(office, office.ann)
    jobs.look_out(office.kit)
    assert stands(office, matter).claimed_at is None


def test_what_is_put_aside_comes_back_by_itself(client, office, clock):
    matter = raised(office)
    does(client, matter, "snooze", until="60")
    assert "It comes back then." in said(client)
    assert "about k" not in said(client)
    assert "about k" in said(client, whose="snoozed")
    clock.forward(minutes=61)
    assert "about k" in said(client, whose="mine")
    does(client, matter, "snooze", until="240")
    does(client, matter, "wake")
    assert "about k" in said(client)
    assert "woke_matter" in acts(office)


@pytest.mark.parametrize(
    ("form", "until"),
    [
        ({"until": "15"}, "2026-06-15T08:15"),
        ({"until": "morning"}, "2026-06-16T08:00"),
        ({"until": "15", "at": "09:30"}, "2026-06-15T09:30"),
        ({"at": "07:30"}, "2026-06-16T07:30"),
        ({"until": "99999"}, None),
        ({"at": "later"}, None),
        ({}, None),
    ],
)
@pytest.mark.engines("sqlite")
def test_until_when_it_is_put_aside(client, office, form, until):
    matter = raised(office)
    does(client, matter, "snooze", **form)
    found = stands(office, matter).snoozed_until
    assert (found and f"{found:%Y-%m-%dT%H:%M}") == until
    assert until or "Please choose a time within the next 7 days." in said(client)


def test_a_lead_may_take_from_a_colleague(client, office, lou):
    matter = raised(office)
    does(lou, matter, "claim")
    lead = office.enter(office.app.test_client(), office.agent("lea@example.com", role="lead"))
    does(lead, matter, "hand_over", to="ann")
    assert stands(office, matter).holder == "Ann"


def test_a_viewer_sees_and_does_nothing(office):
    matter = raised(office)
    viewer = office.enter(office.app.test_client(), office.agent("vic@example.com", role="viewer"))
    assert "about k" in said(viewer) and "Claim" not in said(viewer)
    assert does(viewer, matter, "claim").status_code == 403


def test_another_shippers_agent_sees_and_does_nothing(office):
    matter = raised(office)
    theirs = office.enter(office.app.test_client(), office.agent("tia@example.com", shop=office.lumen))
    assert "about k" not in said(theirs)
    for do in ("claim", "give_back", "hand_over", "snooze", "wake", "resolve"):
        assert does(theirs, matter, do, to="Tia", note="x", until="15").status_code == 404
    assert does(theirs, matter, "eat").status_code == 422
    found = stands(office, matter)
    assert (found.claimed_by, found.closed_at, found.snoozed_until) == (None, None, None)


def test_the_filters_count_what_they_show(client, office, clock):
    raised(office, key="old")
    clock.forward(hours=5)
    raised(office, key="new")
    raised(office, Matter.STALLED, "still")
    client = office.enter(office.app.test_client(), office.lou)
    page = said(client, kind="problem")
    assert "about old" in page and "about new" in page and "about still" not in page
    page = said(client, age="4-24h")
    assert "about old" in page and "about new" not in page
    assert 'under 1 h <span class="number">2' in page and '4 to 24 h <span class="number">1' in page
    assert 'Problem reported <span class="number">1' in page
    with office.kit.reading() as session:
        found = work.ages(session, None, clock())
    assert (found.kinds, found.oldest_seconds) == ({Matter.PROBLEM: 2, Matter.STALLED: 1}, 5 * 3600)


def test_an_alarm_without_a_shipment_is_raised_once_and_is_its_shippers(client, office):
    for shipper_id in (office.pax.id, office.pax.id, None):
        with office.kit.transaction() as session:
            words = ("reveals-1", "Ann looked at 40 contacts.")
            work.raise_matter(session, shipper_id, None, Matter.REVEALS, *words, office.clock())
    assert said(client).count("Ann looked at 40 contacts.") == 2
    theirs = office.enter(office.app.test_client(), office.agent("tia@example.com", shop=office.pax))
    assert said(theirs).count("Ann looked at 40 contacts.") == 1
    with office.kit.transaction() as session:
        work.settle(session, None, Matter.REVEALS, "reveals-1", office.clock(), shipper_id=office.pax.id)
    assert said(theirs).count("Ann looked at 40 contacts.") == 0
    assert said(client).count("Ann looked at 40 contacts.") == 1


def test_words_that_people_wrote_are_shown_without_numbers(client, office):
    with office.kit.transaction() as session:
        words = "Call me: 0170 1234567 or me@example.com <b>now</b>"
        work.raise_matter(session, office.pax.id, office.box.id, Matter.PROBLEM, "p", words, office.clock())
    page = said(client)
    assert "1234567" not in page and "me@example.com" not in page
    assert "&lt;b&gt;now" in page


@pytest.mark.parametrize("where", ["queue", "front page"])
@pytest.mark.engines("sqlite")
def test_a_text_nobody_understood_is_one_thing_in_the_queue_and_on_the_front_page(client, office, where):
    said_so = Inbound("twilio", "SM1", office.box.recipient.phone, "Der Hund hat die Lampe", office.clock())
    with office.kit.transaction() as session:
        replies.hear(session, office.kit.voice, said_so, office.clock())
    assert "“Der Hund hat die Lampe”" in said(client)
    with office.kit.reading() as session:
        (one,) = work.of_shipment(session, office.ann, office.box.id, office.clock())
    if where == "queue":
        does(client, one.matter.id, "resolve", note="Answered.")
    else:
        form = {"csrf_token": token_of(client.get("/console").text)}
        client.post(f"/console/texts/{one.matter.facts['text_id']}/done", data=form)
    assert "Der Hund" not in said(client) and "Der Hund" not in client.get("/console").text


def test_what_waits_for_a_second_person_is_not_resolved_by_a_note(client, office):
    matter = raised(office, Matter.APPROVAL)
    does(client, matter, "resolve", note="Fine with me.")
    assert "Say yes or no to what is asked" in said(client)
    assert stands(office, matter).closed_at is None
    # only those who may decide are led there
    assert "/console/approvals#approval-" not in client.get(QUEUE).text
    office.enter(client, office.agent("lead@example.com", role="lead"))
    assert "/console/approvals#approval-" in client.get(QUEUE).text


def test_a_dossier_shows_what_is_open_and_leads_back(client, office):
    matter = raised(office)
    dossier = f"/console/shipments/{office.box.id}"
    assert "about k" in client.get(dossier).text
    form = {"do": "claim", "csrf_token": token_of(client.get(dossier).text)}
    answer = client.post(f"{QUEUE}/{matter}?dossier={office.box.id}", data=form)
    assert answer.headers["Location"] == f"{dossier}#said"
    does(client, matter, "resolve", note="Called.")
    assert "about k" not in client.get(dossier).text


def test_the_list_alone_is_sent_when_it_changed(client, office):
    matter = raised(office)
    first = client.get(f"{QUEUE}/list")
    assert "about k" in first.text and "<html" not in first.text
    again = client.get(f"{QUEUE}/list", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    does(client, matter, "claim")
    assert client.get(f"{QUEUE}/list", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.engines("sqlite")
def test_five_thousand_matters_are_paged(client, office):
    words = "No. {} of many that wait to be looked after by somebody. ".ljust(300, "ß")
    many = [
        (office.pax.id, office.box.id, Matter.PROBLEM, f"k{number}", {"words": words.format(number)}, None)
        for number in range(5_000)
    ]
    with office.kit.transaction() as session:
        follow_ups.open_many(session, many, office.clock())
    page = client.get(QUEUE)
    assert len(page.data) < 100_000
    assert page.text.count("data-matter ") == 30
    assert 'Open <span class="number">5000' in page.text
    assert "Page 2" in page.text
    assert said(client, page="167").count("data-matter ") == 20
    assert said(client, page="168").count("data-matter ") == 0


def test_the_old_address_leads_to_the_queue(client, office):
    answer = client.get("/console/follow-ups?about=problem&closed=1")
    assert answer.headers["Location"] == f"{QUEUE}?kind=problem&whose=done"


def test_figures_tell_how_many_wait_and_how_long(client, office, clock):
    raised(office)
    clock.forward(minutes=10)
    page = client.get("/metrics").text
    assert 'doorstep_open_matters{kind="problem"} 1.0' in page
    assert "doorstep_oldest_open_matter_seconds 600.0" in page
