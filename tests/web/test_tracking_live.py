"""The poll of a recipient's page: only what changed, at the server's pace, nothing read when nothing did."""

import pytest
from sqlalchemy import event

from tests.dispatch import new_dispatch
from tests.recipient import recipient_of, wishes_at_dispatch
from tests.web.test_tracking import on_the_van

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


@pytest.fixture
def queries(app):
    """Every statement sent to the database since the test began to listen."""
    seen = []
    engine = app.extensions["doorstep"].database.engine

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_the_fragments_are_those_of_the_page(ann):
    page, news = ann.looks(), ann.polls().json
    for name in ("window", "todo", "changes", "progress", "story"):
        assert news["fragments"][name].strip() in page
    assert news["interval_s"] == 60


def test_an_unchanged_answer_costs_no_query(ann, queries):
    etag = ann.polls().headers["ETag"]
    queries.clear()
    again = ann.polls(etag=etag)
    assert (again.status_code, again.data, queries) == (304, b"", [])
    assert again.headers["ETag"] == etag
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_an_event_makes_a_new_answer(ann, dispatch, clock):
    etag = ann.polls().headers["ETag"]
    dispatch.happens("A-1", "at_depot", clock())
    news = ann.polls(etag=etag)
    assert news.status_code == 200
    assert "Your parcel is at the depot near you." in news.json["fragments"]["story"]


def test_time_alone_makes_a_new_answer_when_a_deadline_passes(ann, clock):
    etag = ann.polls().headers["ETag"]
    clock.move_to(clock().replace(hour=13, minute=29))
    etag = ann.polls(etag=etag).headers["ETag"]
    assert ann.polls(etag=etag).status_code == 304
    clock.forward(minutes=1)
    assert "Too late" in ann.polls(etag=etag).json["fragments"]["changes"]


@pytest.mark.engines("sqlite", "postgresql")
def test_a_wish_and_its_answer_are_news(ann, dispatch):
    etag = ann.polls().headers["ETag"]
    ann.sends("/change", "/change?kind=safe_place", kind="safe_place", spot="other", words="Oak barrel")
    ann.proves()
    asked = ann.polls(etag=etag)
    assert "We have asked the depot." in asked.json["fragments"]["changes"]
    assert asked.json["interval_s"] == 10
    (change,) = wishes_at_dispatch(ann)
    answer = {"decision": "refused", "reason": "The van is full."}
    dispatch.call("POST", f"/changes/{change['change_id']}/decision", json=answer)
    news = ann.polls(etag=asked.headers["ETag"]).json["fragments"]["changes"]
    assert "The depot said no: The van is full." in news
    assert "Oak" not in news


def test_languages_do_not_answer_for_each_other(ann):
    english = ann.polls().headers["ETag"]
    german = ann.polls("?lang=de", etag=english)
    assert german.status_code == 200
    assert "Sie müssen nichts tun." in german.json["fragments"]["todo"]


def test_near_the_door_it_looks_often_and_afterwards_never(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    near = ann.polls().json
    assert (near["interval_s"], near["finished"], near["map"]["shown"]) == (5, False, True)
    dispatch.happens("A-1", "delivered", clock(), how="recipient")
    done = ann.polls().json
    assert (done["interval_s"], done["finished"], done["map"]["shown"]) == (0, True, False)
    assert done["map"]["van"] is None


def test_a_moving_van_is_news_although_no_shipment_changed(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    first = ann.polls()
    clock.forward(seconds=30)
    dispatch.stands("V-1", 10.005, 20.003, clock())
    second = ann.polls(etag=first.headers["ETag"])
    assert second.status_code == 200
    assert second.json["map"]["van"] != first.json["map"]["van"]
    assert second.json["map"]["van"] != [10.005, 20.003]
