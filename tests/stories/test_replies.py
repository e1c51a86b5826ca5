"""People answer our texts over real HTTP: the provider's call is signed, dispatch hears of it, and they hear back."""

import json
import re
from datetime import timedelta
from itertools import count

import pytest
import requests

from portal import jobs
from portal.flows import operate
from tests.dispatch import AGREED, DOOR, event, shipment
from tests.doubles import dispatch as dispatch_double
from tests.doubles import twilio as twilio_double
from tests.doubles.server import Answer

pytestmark = pytest.mark.engines("sqlite", "postgresql")
OURS = "+12025550100"
ANN = {"name": "Ann Archer", "phone": "+12025550123", "language": "en", "consent": AGREED}
JÜRGEN = {"name": "Jürgen Weiß", "phone": "+4917012345678", "language": "de"}


@pytest.fixture
def twilio(clock):
    with twilio_double.Twilio(clock()) as double:
        yield double


@pytest.fixture
def depot():
    with dispatch_double.Dispatch() as double:
        yield double


@pytest.fixture
def settings(settings, twilio):
    return settings.model_copy(
        update={
            "twilio_account_sid": twilio_double.ACCOUNT,
            "twilio_auth_token": type(settings.secret_key)(twilio_double.TOKEN),
            "twilio_from": OURS,
            "twilio_api_base": twilio.url,
        }
    )


class Town:
    """Dispatch's API, the ticks, and phones that text our number through Twilio."""

    def __init__(self, app, server, clock, twilio, depot):
        self.app, self.server, self.clock, self.twilio = app, server, clock, twilio
        self.kit, self.numbers = app.extensions["doorstep"], count(1)
        with app.app_context():
            operate.add_shipper(self.kit, "Acme Books", timezone="UTC")
            self.key = operate.add_key(self.kit, "acme-books", [], "town", clock())[1]
        self.api("PUT", "/webhook", {"url": depot.url, "events": [], "secret": dispatch_double.SECRET})

    def api(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = requests.request(
            method, f"{self.server}/api/v1{path}", json=body, headers=headers, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ships(self, reference, recipient):
        told = shipment(
            reference, recipient=recipient, address=DOOR | {"lat": 10.0, "lng": 20.0, "timezone": "UTC"}
        )
        self.api("POST", "/shipments", {"shipments": [told]})
        happened = event(f"{reference}-1", reference, "announced", self.clock())
        self.api("POST", "/events", {"events": [happened]})
        self.tick()
        return self.phone(recipient["phone"])[-1]

    def tick(self):
        with self.app.app_context():
            for _ in range(2):
                for tick in jobs.TICKS:
                    tick.work(self.kit)

    def phone(self, number):
        """All texts that arrived there."""
        return [text.body for text in self.twilio.texts if text.to == number]

    def says(self, number, words, sid="", token=twilio_double.TOKEN):
        """Somebody texts our number; returns the status of Twilio's call and what they hear."""
        fields = [("From", number), ("To", OURS), ("Body", words), ("NumMedia", "0")]
        fields.append(("MessageSid", sid or f"SMin{next(self.numbers)}"))
        url, headers, body = twilio_double.signed(f"{self.server}/callbacks/twilio/inbound", fields, token)
        before = len(self.phone(number))
        form = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        answer = requests.post(url, data=body, headers=form, timeout=10)
        self.tick()
        return answer.status_code, self.phone(number)[before:]

    def hears(self, number, words):
        """The one answer to a text."""
        status, (heard, *more) = self.says(number, words)
        assert (status, more) == (200, [])
        return heard


@pytest.fixture
def town(app, live_server, clock, twilio, depot):
    return Town(app, live_server, clock, twilio, depot)


def evening(town, days, hours=(18, 20)):
    day = town.clock().replace(hour=0, minute=0) + timedelta(days=days)
    begins, ends = (day + timedelta(hours=hour) for hour in hours)
    told = {"zone": "north", "start": begins.isoformat(), "end": ends.isoformat(), "capacity": 1}
    return told | {"slot": f"{days}-{hours[0]}", "closes_at": (begins - timedelta(hours=2)).isoformat()}


def told(depot):
    return [json.loads(call.body) for call in depot.calls]


def test_tomorrow_two_the_code_and_the_answer_of_the_depot(town, depot):
    phone = ANN["phone"]
    assert town.ships("A-1", ANN).startswith("Acme Books")
    town.api("PUT", "/slots", {"slots": [evening(town, 1, (9, 11)), evening(town, 1)]})

    offered = town.hears(phone, "Tomorrow please 🙂")
    assert re.search(r"which one\? 1 Tue, Jun 16, 9:00.*2 Tue, Jun 16, 6:00", offered)
    echoed = town.hears(phone, "2")
    assert "deliver at another time (Tue, Jun 16, 6:00" in echoed
    assert told(depot) == []

    # the code comes back, dispatch is called and says yes in its answer
    depot.answers.append(Answer(200, json.dumps({"decision": "accepted"}).encode()))
    status, heard = town.says(phone, re.search(r"\b\d{6}\b", echoed)[0])
    assert (status, "answer UNDO" in heard[0]) == (200, True)
    (asked,) = told(depot)
    assert asked["type"] == "delivery_change.requested"
    assert asked["data"]["requested_by"] == {"method": "otp_sms", "actor": "recipient"}
    assert asked["data"]["to"]["slot"] == "1-18"
    town.tick()
    (*_, accepted) = town.phone(phone)
    assert "6:00" in accepted and accepted != heard[0]
    window = town.api("GET", "/shipments/A-1")["window"]["planned"]
    assert (window["start"], window["source"]) == ("2026-06-16T18:00:00+00:00", "recipient")
    assert "6:00" in town.hears(phone, "where is it")


def test_another_takes_it_back_in_german(town, depot):
    phone = JÜRGEN["phone"]
    town.ships("B-1", JÜRGEN)
    echoed = town.hears(phone, "Bitte beim Nachbarn Weiß in Nr. 14 abgeben")
    assert "(Weiß, 14)" in echoed
    asked = town.hears(phone, f"Der Code ist {re.search(r'[0-9]{6}', echoed)[0]}, danke")
    assert "ZURÜCK" in asked
    assert "Zurückgenommen" in town.hears(phone, "zurück")
    assert town.api("GET", "/shipments/B-1")["changes"][0]["state"] == "withdrawn"
    # the neighbor had not said yes, so dispatch never heard of it
    assert told(depot) == []


def test_forged_repeated_and_strange_calls_change_nothing(town, depot):
    phone = ANN["phone"]
    town.ships("A-1", ANN)
    assert town.says(phone, "neighbor 14 Field", token="a guess") == (403, [])
    status, heard = town.says(phone, "neighbor 14 Field", sid="SMsame")
    assert (status, len(heard)) == (200, 1)
    for _ in range(3):
        assert town.says(phone, "neighbor 14 Field", sid="SMsame") == (200, [])
    assert town.says("+12025550777", "neighbor 14 Field") == (200, [])
    assert town.says(phone, "\x00\u202e مرحبا")[0] == 200
    assert town.says(phone, "x" * 20_000)[0] == 200
    assert town.says(phone, "STOP")[0] == 200
    assert town.says(phone, "where is it") == (200, [])
    assert told(depot) == []
