"""What becomes of a wish, as its recipient sees it: every step, who decided, and the way back."""

import re

import pytest

from portal.store import outbox
from tests.dispatch import locker, new_dispatch, slot
from tests.recipient import recipient_of, text_of, wishes_at_dispatch

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    dispatch.offers(slots=[slot()], lockers=[locker()])
    who = recipient_of(app, dispatch)
    who.sends("/change", "/change?kind=safe_place", kind="safe_place", spot="garage", ring="1")
    who.proves()
    return who


def answered(dispatch, ann, **answer):
    """Dispatch answers the wish."""
    change = wishes_at_dispatch(ann)[0]["change_id"]
    told = dispatch.call("POST", f"/changes/{change}/decision", json=answer)
    assert told.status_code == 200, told.json
    return change


def test_an_asked_wish_shows_what_is_yet_to_come(ann):
    page = ann.reads("/change")
    assert "You asked Today at 8 am" in page
    assert "The depot answers not yet The driver sees it not yet Done at the door not yet" in page
    assert "The depot answers not yet" in ann.reads()


def test_a_yes_is_seen_by_the_driver_and_kept(ann, dispatch, clock):
    clock.forward(minutes=5)
    change = answered(dispatch, ann, decision="accepted")
    assert "The depot agreed Today at 8:05 am" in ann.reads("/change")
    clock.forward(hours=1)
    seen = dispatch.call("POST", f"/changes/{change}/seen", json={})
    assert seen.status_code == 200, seen.json
    assert "The driver has seen it Today at 9:05 am Done at the door not yet" in ann.reads()
    dispatch.happens("A-1", "out_for_delivery", clock())
    clock.forward(hours=5)
    dispatch.happens("A-1", "delivered", clock(), how="safe_place")
    page = ann.reads()
    assert "Done as you asked Today at 2:05 pm" in page
    assert "not yet" not in page


def test_what_was_not_done_is_said(ann, dispatch, clock):
    answered(dispatch, ann, decision="accepted")
    dispatch.happens("A-1", "out_for_delivery", clock())
    clock.forward(hours=6)
    dispatch.happens("A-1", "delivered", clock(), how="neighbor")
    assert "Not done as you asked" in ann.reads()


def test_a_standard_reason_is_told_in_the_readers_language_and_own_words_as_they_are(ann, dispatch):
    answered(dispatch, ann, decision="refused", reason_code="not_safe")
    assert "The parcel would not be safe there." in ann.reads("/change")
    assert "Das Paket wäre dort nicht sicher." in ann.reads("/change?lang=de")


def test_own_words_stay_as_they_are(ann, dispatch):
    answered(dispatch, ann, decision="refused", reason_code="not_safe", reason="The garage is flooded.")
    assert "The garage is flooded." in ann.reads("/change?lang=de")


def test_silence_says_which_rule_decided(ann, app, clock):
    from portal.flows import change

    clock.forward(minutes=31)
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.transaction() as session:
        assert change.lapse_overdue(session, kit.voice, clock()) == 1
    page = ann.reads("/change")
    assert "Nobody answered, so everything stays as it was Today at 8:31 am" in page


def test_an_agreed_wish_can_be_taken_back_while_there_is_time(ann, dispatch, clock):
    change = answered(dispatch, ann, decision="accepted")
    taken = ann.sends("/change/withdraw", "/change", change=change)
    assert taken.location == f"{ann.path}/change?done=taken_back"
    assert "The depot agreed" in ann.reads("/change")
    assert "You took it back" in ann.reads("/change")


def test_too_late_to_take_back_is_not_offered(ann, dispatch, clock):
    change = answered(dispatch, ann, decision="accepted")
    clock.forward(hours=5, minutes=40)
    assert "Take it back" not in ann.reads("/change") + ann.reads()
    late = ann.sends("/change/withdraw", "/change?kind=instructions", change=change)
    assert late.status_code == 409


def test_changed_once_more_the_earlier_one_is_replaced(ann, dispatch, clock):
    answered(dispatch, ann, decision="accepted")
    clock.forward(minutes=1)
    ann.sends("/change", "/change?kind=locker", kind="locker", locker="station")
    ann.sends("/confirm", "/confirm")
    later = next(one for one in wishes_at_dispatch(ann) if one["kind"] == "locker")["change_id"]
    dispatch.call("POST", f"/changes/{later}/decision", json={"decision": "accepted"})
    page = ann.reads("/change")
    assert page.index("To the locker Station") < page.index("To a safe place")
    assert "Replaced A later wish of yours took its place." in page


def test_a_message_leads_to_the_way_back_and_looking_takes_nothing_back(app, ann):
    change = wishes_at_dispatch(ann)[0]["change_id"]
    thief, ann.client = ann.client, app.test_client()
    page = ann.reads(f"/change?undo={change}")
    assert page.index("Was it not you?") < page.index("Take it back")
    assert wishes_at_dispatch(ann)[-1].get("state") is None
    back = ann.sends("/change/withdraw", f"/change?undo={change}", change=change)
    assert back.location == f"{ann.path}/change?done=taken_back"
    assert "Was it not you?" not in ann.reads(f"/change?undo={change}")
    again = ann.sends("/change/withdraw", "/change?kind=hold", change=change)
    assert again.status_code == 409
    assert "Taken back" in text_of(thief.get(f"{ann.path}/change").text)


def test_the_email_about_a_change_leads_to_the_way_back(app, ann):
    with app.app_context(), app.extensions["doorstep"].reading() as session:
        told = [one for one in outbox.latest(session) if one.notice == "change_asked"]
    (mail,) = [one for one in told if one.channel == "email"]
    path = re.search(r"/t/[\w-]{22}(/change\?undo=[\w-]+)", mail.text)
    ann.client = app.test_client()
    assert "Was it not you?" in ann.reads(path[1])


@pytest.mark.parametrize("undo", ["x", "", "' or 1=1 --", "\u202e", "00000000-0000-0000-0000-000000000000"])
def test_an_undo_of_nothing_is_the_plain_page(ann, undo):
    assert "Was it not you?" not in ann.reads("/change", query_string={"undo": undo})


def test_another_recipients_change_is_neither_shown_nor_taken_back(app, ann, dispatch):
    change = wishes_at_dispatch(ann)[0]["change_id"]
    carl = recipient_of(app, dispatch, "C-1", recipient={"name": "Carl", "phone": "+12025550177"})
    assert "Was it not you?" not in carl.reads(f"/change?undo={change}")
    assert carl.sends("/change/withdraw", "/change?kind=hold", change=change).status_code == 409
    assert "Asked" in ann.reads("/change")


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "nl", "pl", "tr"])
def test_the_page_stays_small_with_every_option_and_many_wishes(ann, dispatch, language):
    answered(dispatch, ann, decision="accepted")
    ann.sends("/change", "/change?kind=instructions", kind="instructions", words="blue door")
    ann.sends("/confirm", "/confirm")
    ann.sends("/change", "/change?kind=locker", kind="locker", locker="station")
    ann.sends("/confirm", "/confirm")
    assert len(ann.looks(f"?lang={language}").encode()) < 15_000
