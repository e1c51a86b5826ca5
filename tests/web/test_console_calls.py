"""The console for a caller: find out who calls, read the options, ask, and a lead decides; no other role gets by."""

import re

import pytest

from portal.domain.approvals import Standing
from portal.store.audit import of_shipment
from tests.callers import KNEW, Desk
from tests.dispatch import shipment
from tests.office import token_of
from tests.recipient import text_of

pytestmark = pytest.mark.engines("sqlite")
STATION = {"kind": "locker", "locker": "station"}


@pytest.fixture
def desk(app, clock):
    with app.app_context():
        return Desk(app, clock)


class Seat:
    """An agent's browser at one delivery."""

    def __init__(self, desk, agent):
        self.client = desk.office.enter(desk.app.test_client(), agent)
        self.path = f"/console/shipments/{desk.door().id}"

    def reads(self, more="", status=200):
        answer = self.client.get(more if more.startswith("/console") else f"{self.path}{more}")
        assert answer.status_code == status
        return text_of(answer.text)

    def sends(self, where, **form):
        token = token_of(self.client.get("/console").text)
        path = where if where.startswith("/console") else f"{self.path}{where}"
        return self.client.post(path, data={**form, "csrf_token": token})

    def does(self, where, **form):
        """Send a form and read where it leads."""
        sent = self.sends(where, **form)
        assert sent.status_code == 303, sent.text
        return text_of(self.client.get(sent.location).text)


@pytest.fixture
def sam(desk):
    return Seat(desk, desk.sam)


@pytest.fixture
def lea(desk):
    return Seat(desk, desk.lea)


def test_a_whole_call(desk, sam, lea):
    assert "Who is calling?" in sam.reads()
    assert "number that ends in 23" in sam.does("/call/code")
    assert "read it once more" in sam.does("/call/check", code="12")
    assert "You know the caller" in sam.does("/call/check", code=desk.code())
    page = sam.reads("/change")
    assert re.search(r"Send it to a locker Until 12 pm today .*second person has to agree", page)
    assert "12 pm" in sam.reads("/change?kind=locker")
    assert "A second person has to agree first" in sam.does("/change", **STATION)
    assert "Waits for a second person" in sam.reads()

    waiting = lea.reads("/console/approvals")
    assert "Bring it to a locker: Station, 1 Station Sq" in waiting
    assert "Read out the one-time code" in waiting
    number = desk.approval(1).id
    assert "say in a few words why not" in lea.does(f"/console/approvals/{number}", answer="no")
    assert "You agreed" in lea.does(f"/console/approvals/{number}", answer="yes")
    (asked,) = desk.changes()
    assert asked.method == "agent_code"
    story = sam.reads()
    for told in (
        "the caller read out a one-time code",
        "Sent a caller a code to read out",
        "A second person agreed",
    ):
        assert told in story
    assert desk.code() not in story


def test_the_recipient_reads_nothing_of_what_waits_and_then_who_asked(desk):
    before = desk.ann.reads("/change")
    desk.knows_by_code()
    number = desk.asks().approval.id
    assert desk.ann.reads("/change") == before
    desk.decides(desk.lea, number)
    assert "Our support asked for you, by phone" in desk.ann.reads("/change")


def test_with_a_reason_the_words_are_read_by_the_second_person(desk, sam, lea):
    assert "how you know them" in sam.does("/call/reason", way="knows", words="")
    sam.does("/call/reason", way="knows", words=f"{KNEW}, calls from +49 170 7654321")
    assert "Known Knows reference" in sam.reads()
    sam.does("/change", kind="safe_place", spot="garage")
    page = lea.reads("/console/approvals")
    assert KNEW in page
    assert "7654321" not in page


def test_without_a_known_caller_the_form_comes_back_as_it_was(desk, sam):
    answer = sam.sends("/change", kind="safe_place", spot="garage", words="behind the bikes")
    assert answer.status_code == 409
    assert "find out who is calling" in answer.text
    assert "behind the bikes" in answer.text
    assert desk.changes() == []


def test_a_closed_option_says_who_closed_it_and_why(desk):
    desk.dispatch.ships(shipment("A-1", restrictions={"min_age": 18, "hold": False}))
    page = Seat(desk, desk.sam).reads("/change")
    assert "Send it to a locker Closed The sender Your parcel needs an age check" in page
    assert "The sender does not allow this" in page


def test_a_change_is_taken_back_for_the_caller(desk, sam):
    desk.knows_by_code()
    asked = desk.asks(_garage()).change
    assert "taken back" in sam.does("/change/withdraw", change=asked.id)
    assert sam.sends("/change/withdraw", change="x" * 9_000).status_code == 404


def _garage():
    from portal.domain.kinds.safe_place import LeaveInSafePlace

    return LeaveInSafePlace("garage", "", True)


@pytest.mark.parametrize("form", [{}, {"kind": "bribe"}, {"kind": "locker", "locker": "\x00" * 300}])
def test_odd_wishes_are_refused_and_nothing_breaks(desk, sam, form):
    desk.knows_by_code()
    assert sam.sends("/change", **form).status_code in (409, 422)
    assert desk.changes() == []


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
def test_a_decision_is_yes_or_no(desk, lea, answer):
    desk.knows_by_code()
    number = desk.asks().approval.id
    assert lea.sends(f"/console/approvals/{number}", answer=answer).status_code == 400
    assert desk.approval(number).standing is Standing.WAITING


def test_who_asked_reads_no_button_and_presses_none(desk):
    desk.knows_by_code(desk.lea)
    number = desk.asks(agent=desk.lea).approval.id
    lea = Seat(desk, desk.lea)
    assert "You asked for it yourself" in lea.reads("/console/approvals")
    assert "You asked for it yourself" in lea.does(f"/console/approvals/{number}", answer="yes")
    assert desk.changes() == []
    assert "taken back" in lea.does(f"/console/approvals/{number}/withdraw")


def test_a_viewer_reads_the_options_and_does_nothing(desk):
    desk.knows_by_code()
    number = desk.asks().approval.id
    vic = Seat(desk, desk.office.agent("vic@example.com", "viewer", desk.shop))
    assert "Send it to a locker" in vic.reads("/change")
    assert "Who is calling?" not in vic.reads("/change")
    for where in ("/call/code", "/call/check", "/call/reason", "/call/end", "/change", "/change/withdraw"):
        assert vic.sends(where).status_code == 403
    vic.reads("/console/approvals", status=403)
    assert vic.sends(f"/console/approvals/{number}", answer="yes").status_code == 403
    assert Seat(desk, desk.sam).sends(f"/console/approvals/{number}", answer="yes").status_code == 403


def test_another_shippers_admin_finds_nothing(desk):
    desk.knows_by_code()
    number = desk.asks().approval.id
    eve = Seat(desk, desk.office.agent("eve@example.com", "admin", desk.office.shop("bolt")))
    eve.reads("/change", status=404)
    for where in ("/call/code", "/call/check", "/call/reason", "/call/end", "/change/withdraw"):
        assert eve.sends(where, way="knows", words=KNEW).status_code == 404
    assert eve.sends("/change", **STATION).status_code == 404
    assert eve.sends(f"/console/approvals/{number}", answer="yes").status_code == 404
    assert eve.sends(f"/console/approvals/{number}/withdraw").status_code == 404
    assert "Nothing waits" in eve.reads("/console/approvals")


def test_what_was_done_names_who_did_it(desk, sam, lea):
    desk.knows_by_code()
    number = desk.asks().approval.id
    lea.sends(f"/console/approvals/{number}", answer="no", why="It is not her street")
    assert "“It is not her street”" in sam.reads()
    with desk.kit.reading() as session:
        done = {(one.actor, one.action) for one in of_shipment(session, desk.door().id)}
    assert {("sam@example.com", "approval_asked"), ("lea@example.com", "approval_refused")} <= done
