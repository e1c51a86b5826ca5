"""A delivery day over real HTTP: dispatch, providers, recipient, dispatcher and agent, each through their own door."""

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
import requests
from standardwebhooks.webhooks import Webhook

from portal import jobs
from portal.flows import operate
from tests.dispatch import DOOR, event, shipment
from tests.doubles import dispatch as dispatch_double
from tests.doubles import sendgrid as sendgrid_double
from tests.doubles import twilio as twilio_double
from tests.doubles.server import Answer

pytestmark = pytest.mark.engines("sqlite", "postgresql")


@pytest.fixture
def twilio(clock):
    with twilio_double.Twilio(clock()) as double:
        yield double


@pytest.fixture
def sendgrid():
    with sendgrid_double.SendGrid() as double:
        yield double


@pytest.fixture
def depot():
    with dispatch_double.Dispatch() as double:
        yield double


@pytest.fixture
def settings(settings, twilio, sendgrid):
    return settings.model_copy(
        update={
            "twilio_account_sid": twilio_double.ACCOUNT,
            "twilio_auth_token": type(settings.secret_key)(twilio_double.TOKEN),
            "twilio_from": "+12025550100",
            "twilio_api_base": twilio.url,
            "sendgrid_api_key": type(settings.secret_key)("SG.test"),
            "sendgrid_from": "parcels@acme.example",
            "sendgrid_api_base": sendgrid.url,
            "sendgrid_webhook_public_key": sendgrid_double.PUBLIC_KEY,
        }
    )


class Day:
    """Everybody's hands: dispatch's API, the ticks, a browser that keeps cookies."""

    def __init__(self, app, server, clock):
        self.app, self.server, self.clock = app, server, clock
        self.kit = app.extensions["doorstep"]
        with app.app_context():
            operate.add_shipper(
                self.kit, "Acme Books", timezone="America/New_York", support_phone="+12025550111"
            )
            self.key = operate.add_key(self.kit, "acme-books", [], "day", clock())[1]
            self.password = operate.add_agent(self.kit, "sam@acme.example", "Sam", "agent", "", clock())[1]

    def api(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = requests.request(
            method, f"{self.server}/api/v1{path}", json=body, headers=headers, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reports(self, happening, reference="A-1", **more):
        told = event(
            f"{reference}-{happening}-{self.clock().isoformat()}", reference, happening, self.clock(), **more
        )
        (result,) = self.api("POST", "/events", {"events": [told]})["results"]
        assert result["outcome"] == "taken", result
        self.tick()
        return told["event_id"]

    def tick(self):
        with self.app.app_context():
            for _ in range(2):
                for tick in jobs.TICKS:
                    tick.work(self.kit)


@pytest.fixture
def day(app, live_server, clock):
    return Day(app, live_server, clock)


def words(html):
    """A page as it is read."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def to(mail):
    """Whom an email went to."""
    return mail["personalizations"][0]["to"][0]["email"]


class Browser(requests.Session):
    """A browser without JavaScript: it opens links and posts forms with their hidden fields."""

    def reads(self, url):
        answer = self.get(url, timeout=10)
        assert answer.status_code == 200, (url, answer.status_code)
        return words(answer.text)

    def posts(self, page, action, **fields):
        html = self.get(page, timeout=10).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
        assert token, words(html)
        answer = self.post(action, data={**fields, "csrf_token": token[1]}, timeout=10)
        assert answer.status_code == 200, (action, answer.status_code, words(answer.text))
        return words(answer.text)


def test_a_day_from_the_announcement_to_the_neighbors_door(day, clock, twilio, sendgrid, depot):
    day.api("PUT", "/webhook", {"url": depot.url, "events": [], "secret": dispatch_double.SECRET})
    near = shipment("A-1", address=DOOR | {"lat": 10.0, "lng": 20.0}, window=window(clock, 8, 10))
    neighbor = DOOR | {"lines": ["40 Mill Lane"], "lat": 10.02, "lng": 20.0}
    first = shipment("A-0", address=neighbor, window=window(clock, 8, 10))
    day.api("POST", "/shipments", {"shipments": [first, near]})

    # morning: the parcel is at the depot, and Ann's mailbox says so
    clock.move_to(clock().replace(hour=13))
    day.reports("at_depot")
    mail = sendgrid.mails[-1]
    assert mail["personalizations"][0]["to"][0]["email"] == "ann@example.com"
    link = re.search(r"https?://\S+/t/[\w-]{22}", mail["content"][0]["value"])[0]

    # Ann looks, sees when, and will not be home: a neighbor shall take it
    ann = Browser()
    page = ann.reads(link)
    assert "Acme Books" in page
    assert "am" in page or "pm" in page
    named = {"name": "Jo Field", "house_number": "14", "contact": "jo@example.net"}
    asked = ann.posts(f"{link}/change?kind=neighbor", f"{link}/change", kind="neighbor", **named)
    assert "code" in asked.lower()
    ann.posts(f"{link}/verify", f"{link}/verify/code")
    day.tick()
    code = re.search(r"\b\d{6}\b", twilio.texts[-1].body)[0]
    depot.answers.append(Answer(200, json.dumps({"decision": "accepted"}).encode()))
    ann.posts(f"{link}/verify", f"{link}/verify", code=code)
    day.tick()
    assert depot.calls == []

    # Jo is asked, sees who asks and no more, and says yes
    (question,) = [one for one in sendgrid.mails if to(one) == "jo@example.net"]
    page_of_jo = re.search(r"https?://\S+/n/[\w-]{22}", question["content"][0]["value"])[0]
    jo = Browser()
    seen = jo.reads(page_of_jo)
    assert "A. Archer" in seen and "Acme Books" not in seen
    jo.posts(page_of_jo, f"{page_of_jo}/answer", answer="yes")
    assert "asked the depot" in ann.reads(link)

    # dispatch hears of it by a signed call, and its answer is the decision
    day.tick()
    call = depot.calls[-1]
    signed_at = clock().fromtimestamp(int(call.headers["webhook-timestamp"]), clock().tzinfo)
    right = Webhook(dispatch_double.SECRET).sign(call.headers["webhook-id"], signed_at, call.body.decode())
    assert right in call.headers["webhook-signature"].split()
    data = json.loads(call.body)["data"]
    assert (data["kind"], data["to"]["name"], data["shipment"]) == ("neighbor", "Jo Field", "A-1")
    assert day.api("GET", "/changes")["changes"][0]["data"] == data
    day.tick()
    assert any("Jo Field" in sent.body or "neighbor" in sent.body for sent in twilio.texts[-2:])
    assert "Jo Field" in ann.reads(f"{link}/change") or "neighbor" in ann.reads(link)

    # it is loaded, and Ann's phone says so; the receipt comes back signed, and a forged one does not count
    stops = [{"seq": 1, "shipment": "A-0"}, {"seq": 2, "shipment": "A-1"}]
    route = {"route": "R1", "van": "van-1", "departs_at": clock().isoformat(), "stops": stops}
    day.api("POST", "/routes", {"routes": [route]})
    clock.forward(minutes=30)
    day.reports("out_for_delivery", "A-0")
    day.reports("out_for_delivery")
    text = twilio.texts[-1]
    assert text.to == "+12025550123"
    assert text.body.startswith("Acme Books")
    assert link in text.body
    url, headers, body = twilio.callback(text, "delivered")
    form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(url, data=body, headers=form, timeout=10).status_code == 204
    forged = {**form, "X-Twilio-Signature": "forged"}
    assert requests.post(url, data=body, headers=forged, timeout=10).status_code == 403

    # the van drives, comes near, and hands it over next door
    drive(day, clock)
    live = requests.get(f"{link}/live", timeout=10)
    again = requests.get(f"{link}/live", headers={"If-None-Match": live.headers["ETag"]}, timeout=10)
    assert (live.status_code, again.status_code) == (200, 304)
    day.reports("delivered", how="neighbor", place="14 Mill Lane")
    assert requests.get(f"{link}/live", timeout=10).json()["finished"]
    assert "neighbor" in ann.reads(link).lower()
    assert "We left it with you" in jo.reads(page_of_jo)
    thanked = [one for one in sendgrid.mails if to(one) == "jo@example.net"]
    assert "we left" in thanked[-1]["subject"]
    assert day.api("GET", "/shipments/A-1")["changes"][0]["honoured"] is True

    # Sam answers the phone: the whole story in one place, in the very words that were sent
    sam = Browser()
    login = f"{day.server}/console/login"
    sam.posts(login, login, email="sam@acme.example", password=day.password)
    found = sam.get(f"{day.server}/console?q=202+555+0123", timeout=10)
    dossier = found.url if "/shipments/" in urlsplit(found.url).path else day.server + hit(found.text)
    story = sam.reads(dossier)
    assert words(text.body) in story
    assert "Jo Field" in story
    assert "Sam" in story


def window(clock, start_hours, end_hours):
    begins, ends = clock() + timedelta(hours=start_hours), clock() + timedelta(hours=end_hours)
    return {"start": begins.isoformat(), "end": ends.isoformat()}


def hit(html):
    """The first shipment a search found; the other one was for the same phone."""
    links = re.findall(r'href="(/console/shipments/\d+)"', html)
    return sorted(set(links))[-1]


def drive(day, clock):
    """The van comes down the lane, delivers at the first door, and stands near Ann's."""
    for lat in (10.06, 10.04, 10.021):
        clock.forward(minutes=4)
        fix = {"van": "van-1", "lat": lat, "lng": 20.0, "recorded_at": clock().isoformat()}
        day.api("POST", "/positions", {"positions": [fix]})
    day.reports("delivered", "A-0")
    for lat in (10.01, 10.001):
        clock.forward(minutes=3)
        fix = {"van": "van-1", "lat": lat, "lng": 20.0, "recorded_at": clock().isoformat()}
        day.api("POST", "/positions", {"positions": [fix]})
    day.tick()


def test_a_wrong_delivered_is_put_right_for_everybody(day, clock, twilio):
    day.api("POST", "/shipments", {"shipments": [shipment("A-1")]})
    clock.move_to(clock().replace(hour=14))
    day.reports("out_for_delivery")
    wrong = day.reports("delivered", how="household")
    link = re.search(r"https?://\S+/t/[\w-]{22}", twilio.texts[-1].body)[0]
    clock.forward(minutes=20)
    day.reports("out_for_delivery", corrects=wrong)
    assert any(
        "mistake" in sent.body or "wrong" in sent.body or "not" in sent.body for sent in twilio.texts[-1:]
    )
    assert not requests.get(f"{link}/live", timeout=10).json()["finished"]
