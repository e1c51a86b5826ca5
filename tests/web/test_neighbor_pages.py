"""A neighbor's page: no more of the recipient than needed, nothing changed by looking, one answer that counts."""

import re

import pytest

from portal import jobs
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.neighbors import Answer
from portal.flows import change
from portal.store import changes, shipments
from tests.dispatch import new_dispatch
from tests.neighbor import Neighbor, asks, neighbor_of
from tests.recipient import recipient_of, text_of, wishes_at_dispatch

pytestmark = pytest.mark.engines("sqlite")

WEN = LeaveWithNeighbor("Wen Li", "14", "wen@example.net")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


def shipment_of(session, reference):
    (known,) = shipments.by_references(session, [(1, reference)]).values()
    return shipments.by_id(session, 1, known.shipment.id)


def asked(app, reference="A-1", wish=WEN):
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.transaction() as session:
        found = shipment_of(session, reference)
        verdict = change.ask(session, kit.voice, found, wish, kit.now())
    assert isinstance(verdict, change.Asked), verdict
    return verdict.change


@pytest.fixture
def wen(app, ann) -> Neighbor:
    """A neighbor with the link of a question."""
    asked(app)
    return neighbor_of(app)


def agrees(app, accepted=True):
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.transaction() as session:
        (one,) = [one for one in changes.of_shipments(session, [1])[1] if one.open]
        change.answer(session, kit.voice, None, one.id, accepted, "tests", kit.now())


def test_the_question_says_who_how_much_and_when_and_nothing_more(wen, ann):
    said = wen.reads()
    for told in ("A. Archer", "House number 12", "1 parcel", "between 2 and 4 pm", "9 am today"):
        assert told in said
    html = wen.looks()
    for hidden in (
        "Ann",
        "Acme",
        "A-1",
        "P-A-1",
        "Mill Lane",
        "Harbourton",
        "ann@",
        "+1202",
        "Wen",
        ann.path,
    ):
        assert hidden not in html
    assert "<title>A question from a neighbor</title>" in html


def test_looking_changes_nothing(app, wen):
    before = asks(app)
    for method in ("get", "head", "options"):
        getattr(wen.client, method)(wen.path)
    for path in ("/answer", "/back", "/habits"):
        assert wen.client.get(wen.path + path).status_code == 405
    assert asks(app) == before


def test_no_form_counts_without_its_token(app, wen):
    for where, form in (("/answer", {"answer": "yes"}), ("/back", {}), ("/habits", {"never": "1"})):
        assert wen.client.post(wen.path + where, data=form).status_code == 400
    assert asks(app)[0].waits


def test_a_yes_shows_the_code_and_how_it_stands(app, wen, ann):
    answered = wen.says("yes")
    assert (answered.status_code, answered.headers["Location"]) == (303, wen.path)
    said = wen.reads()
    assert "We have asked the depot" in said and "Acme Books" in said and "A-1" in said
    code = re.search(r'class="code">(\d{4})<', wen.looks())
    assert code
    (entry,) = wishes_at_dispatch(ann)
    assert entry["neighbor_consent"]["how"] == "link_sent_by_email"
    assert code[1] not in str(entry) and "wen@" not in str(entry)
    agrees(app)
    assert "It comes to you" in wen.reads() and code[1] in wen.looks()


def test_after_delivery_it_says_where_it_is(app, wen, dispatch, clock):
    wen.says("yes")
    agrees(app)
    dispatch.happens("A-1", "delivered", clock(), how="neighbor")
    assert "We left it with you" in wen.reads()


def test_what_went_elsewhere_shows_nobody_any_more(app, wen, dispatch, clock):
    wen.says("yes")
    agrees(app, accepted=False)
    said = wen.reads()
    assert "It does not come to you" in said
    assert not any(word in said for word in ("Archer", "Acme", "A-1"))


def test_a_no_ends_it(app, wen, ann):
    wen.says("no")
    said = wen.reads()
    assert "Thank you for your answer" in said and "Archer" not in said
    assert wishes_at_dispatch(ann) == []
    late = wen.sends("/answer", answer="yes")
    assert late.status_code == 409 and "Here is how it stands now" in text_of(late.text)
    assert asks(app)[0].answer is Answer.NO
    assert wen.says("no").status_code == 303


def test_a_yes_is_taken_back(app, wen, ann):
    wen.says("yes")
    assert wen.sends("/back").status_code == 303
    assert "You have taken your yes back" in wen.reads()
    assert [entry.get("state") for entry in wishes_at_dispatch(ann)] == [None, "refused"]


def test_never_again_is_kept_and_can_be_taken_back(app, wen, dispatch):
    wen.says("never")
    assert "We will not ask you again" in wen.reads()
    kit = app.extensions["doorstep"]
    recipient_of(app, dispatch, "A-2", recipient={"name": "Cy Moss", "phone": "+12025550177"})
    with app.app_context(), kit.transaction() as session:
        other = shipment_of(session, "A-2")
        assert change.ask(session, kit.voice, other, WEN, kit.now()).because.name == "NEIGHBOR_NOT_NOW"
    wen.sends("/habits", day=["mon", "tue"], part=["afternoon"], a_week="2")
    asked(app, "A-2")


def test_habits_are_kept_as_chosen(wen):
    saved = wen.sends("/habits", day=["mon", "sat", "forged"], part=["evening"], a_week="3")
    assert saved.headers["Location"] == f"{wen.path}?done=saved"
    html = wen.looks()
    on = re.findall(r'name="(?:day|part)" value="(\w+)" checked', html)
    assert on == ["mon", "sat", "evening"]
    assert '<option value="3" selected>' in html
    assert wen.sends("/habits", a_week="3").status_code == 422
    for strange in ("-1", "999999999999", "٣", "1e9", "", "x" * 10_000):
        assert wen.sends("/habits", day=["mon"], part=["morning"], a_week=strange).status_code == 303


def test_whoever_got_the_link_from_the_recipient_chooses_nothing_for_good(app, ann):
    asked(app, wish=LeaveWithNeighbor("Wen Li", "14"))
    somebody = neighbor_of(app)
    html = somebody.looks()
    assert "/habits" not in html and "so we do not know you" in html
    assert (
        somebody.sends("/habits", day=["mon"], part=["morning"], never="1").headers["Location"]
        == somebody.path
    )
    somebody.says("never")
    assert "We will not ask you again" in somebody.reads()


@pytest.mark.parametrize("code", ["x", "k" * 22, "k" * 1_000, "%00", "..%2f..", "ä" * 22, "' OR 1=1 --"])
def test_a_forged_link_opens_nothing(wen, client, code):
    assert client.get(f"/n/{code}").status_code == 404
    assert client.post(f"/n/{code}/answer", data={"answer": "yes"}).status_code in (400, 404)


def test_links_of_one_kind_open_no_page_of_the_other(wen, ann, client):
    assert client.get(wen.path.replace("/n/", "/t/")).status_code == 404
    assert client.get(ann.path.replace("/t/", "/n/")).status_code == 404


def test_one_link_answers_one_question(app, wen, dispatch):
    recipient_of(app, dispatch, "A-2", recipient={"name": "Cy Moss", "phone": "+12025550177"})
    asked(app, "A-2", LeaveWithNeighbor("Jo Field", "3", "jo@example.net"))
    wen.says("yes")
    assert sorted(one.answer for one in asks(app)) == ["", "yes"]


def test_an_old_link_looks_like_one_that_never_was(app, wen, clock, client):
    wen.says("no")
    clock.forward(days=13)
    assert "Thank you for your answer" in wen.reads()
    clock.forward(days=2)
    gone, never = client.get(wen.path), client.get("/n/" + "k" * 22)
    assert (gone.status_code, never.status_code) == (404, 404)
    assert re.sub("nonce-[^']+", "", gone.text) == re.sub("nonce-[^']+", "", never.text)


def test_after_its_time_the_question_is_over(app, wen, clock):
    clock.forward(minutes=61)
    assert "This question is over" in wen.reads()
    assert wen.client.post(wen.path + "/answer", data={"answer": "yes"}).status_code == 400
    with app.app_context():
        jobs.lapse(app.extensions["doorstep"])
    said = wen.reads()
    assert "This question is over" in said and "Archer" not in said


def test_a_strange_answer_is_none(app, wen):
    for answer in ("", "maybe", "YES", "y" * 10_000, "\x00"):
        assert wen.sends("/answer", answer=answer).status_code == 303
    assert asks(app)[0].waits


@pytest.mark.parametrize("lang", ["de", "es", "fr", "nl", "pl", "tr"])
def test_it_speaks_seven_languages_and_keeps_to_one(wen, lang):
    html = wen.looks(more=f"?lang={lang}")
    assert f'<html lang="{lang}">' in html and f"/answer?lang={lang}" in html
    assert "Can you take" not in html and "Monday" not in html


def test_a_name_that_is_code_is_shown_as_a_name(app, dispatch):
    evil = {"name": "<script>alert(1)</script> <b>Oak</b>", "phone": "+12025550123"}
    recipient_of(app, dispatch, recipient=evil)
    asked(app)
    html = neighbor_of(app).looks()
    assert "<script>alert" not in html and "&lt;b&gt;Oak" in html


def test_every_answer_is_private(wen):
    headers = wen.client.get(wen.path).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"] and "noindex" in headers["X-Robots-Tag"]


def test_dispatch_reads_no_name_before_the_yes(wen, dispatch):
    assert [one["to"] for one in dispatch.reads("A-1")["changes"]] == [{}]
    wen.says("yes")
    (asked_for,) = dispatch.reads("A-1")["changes"]
    assert asked_for["to"] == {"name": "Wen Li", "house_number": "14"}


def test_nor_of_a_question_that_was_taken_back_or_overtaken_before_it(app, ann, wen, dispatch, clock):
    (first,) = dispatch.reads("A-1")["changes"]
    ann.sends("/change/withdraw", "/change", change=first["change_id"])
    asked(app, wish=LeaveWithNeighbor("Jo Field", "16"))
    dispatch.happens("A-1", "delivered", clock(), how="recipient")
    told = dispatch.reads("A-1")["changes"]
    assert sorted(one["state"] for one in told) == ["lapsed", "withdrawn"]
    assert [one["to"] for one in told] == [{}, {}]
