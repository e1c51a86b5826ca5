"""Two processes on one database and one Valkey: no poll is ever told that nothing changed when something did."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import event

from portal.app import create_app
from portal.db import db
from portal.store import shipments
from tests.dispatch import new_dispatch
from tests.recipient import Recipient, recipient_of
from tests.web.test_tracking import on_the_van

pytestmark = pytest.mark.engines("postgresql")

RACE_SECONDS = 3.0
PARCELS = 3


@pytest.fixture
def settings(settings, valkey_url):
    return settings.model_copy(update={"redis_url": valkey_url})


@pytest.fixture
def other(settings, clock):
    """The second process."""
    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


def through(app, who):
    """The same link by way of another process."""
    return Recipient(app.test_client(), who.path, app)


def statements_of(app):
    seen = []
    engine = app.extensions["doorstep"].database.engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


def test_an_answer_of_one_process_is_given_again_by_the_other(ann, other):
    etag = ann.polls().headers["ETag"]
    asked = statements_of(other)
    again = through(other, ann).polls(etag=etag)
    assert (again.status_code, asked) == (304, [])
    assert again.headers["Doorstep-Interval"] == "60"


def test_news_by_one_process_are_news_at_the_other(ann, dispatch, other, clock):
    there = through(other, ann)
    etag = there.polls().headers["ETag"]
    assert there.polls(etag=etag).status_code == 304
    dispatch.happens("A-1", "at_depot", clock())
    assert there.polls(etag=etag).status_code == 200


def test_pages_of_two_processes_do_not_push_each_other_out(ann, other, app):
    there = through(other, ann)
    ann.looks()
    there.looks()
    asked = statements_of(app) + statements_of(other)
    assert ann.looks()
    assert there.looks()
    assert asked == []


def test_a_page_is_written_anew_when_another_process_changed_it(ann, dispatch, other, clock):
    there = through(other, ann)
    there.looks()
    there.looks()
    dispatch.happens("A-1", "at_depot", clock())
    assert "at the depot near you" in there.looks()


def test_a_process_that_dies_between_commit_and_news_leaves_nothing_stale(app, ann, dispatch, other, clock):
    there = through(other, ann)
    etag = there.polls().headers["ETag"]
    app.extensions["doorstep"].database.on_touched = lambda ids: None
    dispatch.happens("A-1", "at_depot", clock())
    assert there.polls(etag=etag).status_code == 200


def test_a_moving_van_is_news_at_every_process(ann, dispatch, other, clock):
    on_the_van(dispatch, clock)
    there = through(other, ann)
    first = there.polls()
    clock.forward(seconds=30)
    dispatch.stands("V-1", 10.003, 20.003, clock())
    second = there.polls(etag=first.headers["ETag"])
    assert second.json["map"]["van"] != first.json["map"]["van"]


def test_writers_and_pollers_race_and_no_answer_is_stale(app, ann, dispatch, other):
    people = [ann, *(recipient_of(app, dispatch, f"A-{number}") for number in range(2, PARCELS + 1))]
    ids, over = [1, 2, 3], Event()
    committed = dict.fromkeys(ids, 0)
    writes, fresh, unchanged, stale = [], [], [], []

    def write(number):
        kit = (app, other)[number % 2].extensions["doorstep"]
        while not over.is_set():
            with kit.transaction() as session:
                shipments.touch(session, [ids[number % PARCELS]])
                now = shipments.by_id(session, 1, ids[number % PARCELS]).version
            committed[ids[number % PARCELS]] = max(committed[ids[number % PARCELS]], now)
            writes.append(now)
            over.wait(0.004 * (number + 1))

    def poll(number):
        who, id_ = through((app, other)[number % 2], people[number % PARCELS]), ids[number % PARCELS]
        etag, version = "", 0
        while not over.is_set():
            at_least = committed[id_]
            answer = who.polls(etag=etag)
            if answer.status_code == 200:
                etag, version = answer.headers["ETag"], answer.json["version"]
                fresh.append(number)
            else:
                unchanged.append(number)
            if version < at_least:
                stale.append((id_, version, at_least))

    with ThreadPoolExecutor(9) as pool:
        works = [pool.submit(write, number) for number in range(3)]
        works += [pool.submit(poll, number) for number in range(6)]
        time.sleep(RACE_SECONDS)
        over.set()
        for work in works:
            work.result()
    assert stale == []
    assert min(len(writes), len(fresh), len(unchanged)) > 20
