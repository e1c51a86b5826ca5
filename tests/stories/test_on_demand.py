"""On demand: the recipient books the first window; nothing comes before, and it holds at once."""

import pytest

from portal import jobs
from portal.store import outbox
from tests.dispatch import new_dispatch, slot
from tests.recipient import recipient_of, wishes_at_dispatch

EVENING = {
    "start": "2026-06-16T16:00:00Z",
    "end": "2026-06-16T18:00:00Z",
    "closes_at": "2026-06-16T12:00:00Z",
}
NIGHT = {"start": "2026-06-16T18:00:00Z", "end": "2026-06-16T20:00:00Z", "closes_at": "2026-06-16T12:00:00Z"}


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    dispatch.offers(slots=[slot("evening", **EVENING), slot("night", capacity=2, **NIGHT)])
    return recipient_of(app, dispatch, service="on_demand", window=None)


def ticks(ann):
    kit = ann.app.extensions["doorstep"]
    with ann.app.app_context():
        for tick in jobs.TICKS:
            tick.work(kit)


def told(ann):
    """Notices so far that went to Ann, oldest first."""
    with ann.app.app_context(), ann.app.extensions["doorstep"].reading() as session:
        kept = [one for one in outbox.latest(session) if one.channel != "webhook" and not one.stopped_by]
    return [f"{one.notice} by {one.channel}" for one in reversed(kept)]


def books(ann, key):
    answer = ann.sends("/change", "/change?kind=new_window", kind="new_window", slot=key)
    return ann.sends("/confirm", "/confirm") if answer.location == f"{ann.path}/confirm" else answer


def test_from_the_invitation_to_the_door(ann, dispatch, clock):
    dispatch.happens("A-1", "announced", clock())
    ticks(ann)
    dispatch.happens("A-1", "at_depot", clock())
    assert told(ann) == ["choose_window by sms"]
    page = ann.reads()
    assert "You choose when it comes" in page
    assert "We do not come before you have chosen." in page
    assert f'href="{ann.path}/change?kind=new_window"' in ann.looks()
    assert f"{ann.path}/change?kind=new_window&amp;lang=de" in ann.looks("?lang=de")

    # one press, no code: nothing is moved away from anybody
    assert books(ann, "evening").status_code == 303
    assert "6 pm" in ann.reads() or "4 pm" in ann.reads() or "16:00" in ann.reads()
    assert "We do not come before you have chosen." not in ann.reads()
    (asked,) = wishes_at_dispatch(ann)
    assert (asked["kind"], asked["state"], asked["decided_by"]) == ("new_window", "accepted", "rule")
    assert asked["window"] == {"start": "2026-06-16T16:00:00+00:00", "end": "2026-06-16T18:00:00+00:00"}
    assert told(ann)[1:] == ["window_promised by email"]

    # dispatch plans the round around it, and the day goes on as any other
    planned = dispatch.reads("A-1")["window"]["planned"]
    assert (planned["start"], planned["source"]) == ("2026-06-16T16:00:00+00:00", "recipient")
    clock.move_to(clock().replace(day=16, hour=16, minute=0))
    dispatch.happens("A-1", "out_for_delivery", clock())
    dispatch.drives("R-1", "V-1", clock(), "A-1")
    clock.forward(minutes=30)
    dispatch.happens("A-1", "delivered", clock(), how="recipient")
    assert dispatch.reads("A-1")["changes"][0]["honoured"] is True


def test_the_second_time_takes_the_usual_proof(ann, dispatch, clock):
    books(ann, "evening")
    again = books(ann, "night")
    assert again.location == f"{ann.path}/verify"
    assert ann.proves().status_code == 303
    assert [one.get("state") for one in wishes_at_dispatch(ann)] == ["accepted", None]


def test_a_form_sent_twice_books_once(ann):
    books(ann, "evening")
    answer = books(ann, "evening")
    assert answer.status_code == 422
    assert "already your time" in answer.text
    assert len(wishes_at_dispatch(ann)) == 1


def test_who_takes_the_time_back_chooses_again(ann, dispatch, clock):
    books(ann, "evening")
    change_id = dispatch.reads("A-1")["changes"][0]["change_id"]
    ann.sends("/change/withdraw", "/change?kind=new_window", change=change_id)
    assert "You choose when it comes" in ann.reads()
    assert dispatch.reads("A-1")["window"]["planned"] is None
    assert books(ann, "evening").status_code == 303


def test_nobody_books_and_is_asked_once_more(ann, dispatch, clock):
    dispatch.happens("A-1", "announced", clock())
    ticks(ann)
    for day in (16, 17, 18):
        clock.move_to(clock().replace(day=day, hour=18))
        ticks(ann)
        ticks(ann)
    assert told(ann) == ["choose_window by sms"] * 2


def test_who_has_booked_is_not_asked_again(ann, dispatch, clock):
    dispatch.happens("A-1", "announced", clock())
    ticks(ann)
    books(ann, "evening")
    clock.move_to(clock().replace(day=16, hour=17))
    ticks(ann)
    assert told(ann).count("choose_window by sms") == 1


def test_where_the_sender_forbids_it_nobody_is_asked_to_choose(app, dispatch):
    rules = {"new_window": False}
    ann = recipient_of(app, dispatch, service="on_demand", window=None, restrictions=rules)
    dispatch.happens("A-1", "announced", ann.app.extensions["doorstep"].now())
    assert told(ann) == ["announced by email"]
    assert "We do not come before you have chosen." not in ann.reads()
