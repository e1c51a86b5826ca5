"""What those who watch the house are told: ready, or which part is not well, also while the database is away."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from notifications.message import Channel
from notifications.senders import Health, Report
from portal import jobs
from portal.store import senders
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


class TestSenders:
    """Two accounts for texts, one for email; texts are what breaks."""

    @pytest.fixture
    def settings(self, settings):
        accounts = {
            "twilio_account_sid": "AC1",
            "twilio_auth_token": "secret-token",
            "twilio_from": "+12025550100",
            "twilio_2_from": "+12025550200",
            "sendgrid_api_key": "SG.secret",
            "sendgrid_from": "parcels@example.com",
        }
        return type(settings)(_env_file=None, **(settings.model_dump() | accounts))

    def is_so(self, app, clock, name, health, **more):
        kit = app.extensions["doorstep"]
        report = Report(name, Channel.SMS, health, clock(), **more)
        with kit.transaction() as session:
            senders.note(session, report, set(Health))

    def test_a_stopped_one_is_named_with_its_sentence_while_the_other_one_works(self, app, client, clock):
        tick(app)
        words = "Twilio does not accept our credentials."
        self.is_so(app, clock, "twilio", Health.STOPPED, code="20003", text=words)
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json["senders"] == {
            "ok": True,
            "not_well": [
                {
                    "sender": "twilio",
                    "channel": "sms",
                    "health": "stopped",
                    "since": clock().isoformat(),
                    "code": "20003",
                    "sentence": words,
                }
            ],
            "remarks": [],
        }
        assert "secret" not in answer.text

    def test_a_channel_without_any_is_not_ready(self, app, client, clock):
        tick(app)
        self.is_so(app, clock, "twilio", Health.STOPPED, code="20003")
        self.is_so(app, clock, "twilio-2", Health.RESTING, until=clock() + timedelta(seconds=15))
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json["senders"]["ok"]) == (503, False)
        assert [one["sender"] for one in answer.json["senders"]["not_well"]] == ["twilio", "twilio-2"]

    def test_a_country_that_is_switched_off_is_a_remark(self, app, client, clock):
        tick(app)
        until = clock() + timedelta(hours=1)
        self.is_so(app, clock, "twilio", Health.WELL, code="21408", text="Not to +48.", until=until)
        told = client.get("/readyz").json["senders"]
        assert (told["ok"], told["not_well"]) == (True, [])
        assert [one["sentence"] for one in told["remarks"]] == ["Not to +48."]
        clock.forward(minutes=61)
        assert client.get("/readyz").json["senders"]["remarks"] == []

    def test_an_account_that_is_not_set_up_any_more_troubles_nobody(self, app, client, clock):
        tick(app)
        self.is_so(app, clock, "twilio-3", Health.STOPPED)
        assert client.get("/readyz").json["senders"]["not_well"] == []

    def test_each_has_its_gauge(self, app, client, clock):
        self.is_so(app, clock, "twilio", Health.STOPPED)
        told = client.get("/metrics").text
        assert 'doorstep_sender_up{sender="twilio"} 0.0' in told
        assert 'doorstep_sender_up{sender="twilio-2"} 1.0' in told
        assert 'doorstep_sender_up{sender="sendgrid"} 1.0' in told


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
