"""What those who watch the house are told: ready, or which part is not well, also while the database is away."""

import pytest
from sqlalchemy.exc import OperationalError

from portal import jobs
from tests.dispatch import Dispatch, event, new_dispatch, shipment


def tick(app):
    kit = app.extensions["doorstep"]
    pulse = jobs.Pulse(kit)
    with app.app_context():
        for one in jobs.TICKS:
            one.work(kit)
            pulse(one.name)


def test_a_house_that_ticks_is_ready(app, client):
    tick(app)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)


def test_a_tick_that_stands_still_is_named(app, client, clock):
    tick(app)
    clock.forward(minutes=2)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["ticks"]["late"] == ["feed", "lapse", "windows"]


def test_a_message_that_nobody_sends_is_told(app, client, clock):
    dispatch = new_dispatch(app)
    dispatch.ships(shipment("A-1"))
    dispatch.reports(event("e1", "A-1", "out_for_delivery", clock()))
    clock.forward(minutes=10)
    answer = client.get("/readyz").json
    assert answer["outbox"] == {"ok": False, "oldest_waiting_seconds": 600.0}


class TestWithoutADatabase:
    """The database is away."""

    @pytest.fixture(autouse=True)
    def away(self, app, monkeypatch):
        def gone(*_args, **_more):
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

        monkeypatch.setattr(type(app.extensions["doorstep"].database.engine), "connect", gone)

    def test_it_is_not_ready_and_says_so_in_json(self, client):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json == {"ready": False, "database": {"ok": False}}

    def test_it_lives(self, client):
        assert client.get("/healthz").status_code == 200

    def test_the_figures_say_so(self, client):
        answer = client.get("/metrics")
        assert "doorstep_database_up 0.0" in answer.text
        assert "oldest_waiting" not in answer.text

    def test_dispatch_is_asked_to_try_again(self, app):
        answer = Dispatch(app.test_client(), "ds_any").call("GET", "/changes")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.mimetype == "application/problem+json"
