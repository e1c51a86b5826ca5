"""What becomes of a wish, over real HTTP: asked, answered, seen, done or not; an outside receiver checks every call."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
import requests

from portal import jobs
from portal.flows import operate
from portal.store import outbox
from tests.dispatch import event, locker, shipment
from tests.doubles import dispatch as receiver

WITHOUT_JAVASCRIPT = {"java_script_enabled": False, "viewport": {"width": 390, "height": 844}}


class Town:
    """Everybody's hands: dispatch's API, its receiver, the ticks, and whatever arrives on phones and in mailboxes."""

    def __init__(self, app, server, clock, receives):
        self.app, self.server, self.clock, self.receives = app, server, clock, receives
        self.kit = app.extensions["doorstep"]
        with app.app_context():
            operate.add_shipper(self.kit, "Acme Books", timezone="UTC")
            self.key = operate.add_key(self.kit, "acme-books", [], "day", clock())[1]
            self.password = operate.add_agent(self.kit, "sam@acme.example", "Sam", "agent", "", clock())[1]
        self.api("PUT", "/webhook", {"url": receives.url, "events": [], "secret": receiver.SECRET})

    def api(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = requests.request(
            method, f"{self.server}/api/v1{path}", json=body, headers=headers, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ships(self, **more):
        """The recipient's link."""
        (told,) = self.api("POST", "/shipments", {"shipments": [shipment("A-1", **more)]})["results"]
        return told["link"]

    def happens(self, happening, **more):
        self.clock.forward(minutes=1)
        told = event(f"{happening}-{self.clock().isoformat()}", "A-1", happening, self.clock(), **more)
        (result,) = self.api("POST", "/events", {"events": [told]})["results"]
        assert result["outcome"] == "taken", result
        self.tick()

    def tick(self, seconds=0):
        self.clock.forward(seconds=seconds)
        with self.app.app_context():
            for tick in 2 * jobs.TICKS:
                tick.work(self.kit)

    def drives(self):
        """The van leaves with the parcel; its driver reads what was agreed."""
        departs = self.clock() + timedelta(minutes=5)
        route = {"route": "R-1", "van": "V-1", "departs_at": departs.isoformat()}
        stops = [{"seq": 1, "shipment": "A-1", "planned_at": (departs + timedelta(hours=1)).isoformat()}]
        self.api("POST", "/routes", {"routes": [route | {"stops": stops}]})
        self.happens("out_for_delivery")
        self.api("POST", f"/changes/{self.change['change_id']}/seen", {"driver": "V-1"})

    @property
    def change(self):
        """The newest change as dispatch reads it back."""
        return self.api("GET", "/shipments/A-1")["changes"][-1]

    def messages(self, notice):
        with self.kit.reading() as session:
            return [
                one for one in outbox.latest(session) if one.notice == notice and one.channel != "webhook"
            ]

    def code(self):
        self.tick()
        return re.search(r"\b\d{6}\b", self.messages("one_time_code")[0].text)[0]


class Receiver(receiver.Dispatch):
    """An outside system that checks each call with the public library before it believes it."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def take(self, call):
        self.heard.append(receiver.checked(call)["type"])
        return super().take(call)


class Browser(requests.Session):
    """A browser without JavaScript: it opens links and posts forms with their token."""

    def reads(self, url):
        answer = self.get(url, timeout=10)
        assert answer.status_code == 200, (url, answer.status_code)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())

    def posts(self, page, action, **fields):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page, timeout=10).text)
        assert token, page
        answer = self.post(action, data={**fields, "csrf_token": token[1]}, timeout=10)
        assert answer.status_code == 200, (action, answer.text)
        return answer

    def asks(self, town, link, kind, **wish):
        """A change, with the code that arrives on the phone."""
        self.posts(f"{link}/change?kind={kind}", f"{link}/change", kind=kind, **wish)
        self.proves(town, link)

    def proves(self, town, link, purpose=""):
        here = f"{link}/verify?for={purpose}" if purpose else f"{link}/verify"
        self.posts(here, f"{link}/verify/code", **{"for": purpose})
        self.posts(here, here, **{"for": purpose, "code": town.code()})

    def signs_in(self, town):
        login = f"{town.server}/console/login"
        self.posts(login, login, email="sam@acme.example", password=town.password)


@pytest.fixture
def depot(monkeypatch, clock):
    class Now(datetime):
        """The library asks its own clock, which is this day's."""

        @classmethod
        def now(cls, tz=None):
            return clock().astimezone(tz)

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Now)
    with Receiver() as double:
        yield double


@pytest.fixture
def town(app, live_server, clock, depot):
    return Town(app, live_server, clock, depot)


@pytest.fixture
def context_options():
    return WITHOUT_JAVASCRIPT


def test_a_neighbor_says_yes_the_desk_agrees_and_the_van_does_it(town, page):
    link = town.ships()

    # Ann asks on her phone, without JavaScript
    page.goto(f"{link}/change?kind=neighbor")
    page.get_by_label("Name of your neighbor").fill("Jo Field")
    page.get_by_label("House number").fill("14")
    page.get_by_label("Your neighbor's mobile number").fill("jo@example.net")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code with 6 digits").fill(town.code())
    page.get_by_role("button", name="Confirm").click()
    assert "Waiting for your neighbor" in page.inner_text("main")
    town.tick()
    assert town.receives.heard == []

    # Jo says yes on a page of their own; only now dispatch hears of it
    (question, *_) = town.messages("neighbor_asked")
    door = re.search(r"https?://\S+/n/[\w-]{22}", question.text)[0]
    Browser().posts(door, f"{door}/answer", answer="yes")
    town.tick()
    assert town.receives.heard == ["delivery_change.requested"]

    # Sam accepts on the desk; it counts after its seconds for an undo
    sam, desk = Browser(), f"{town.server}/desk"
    sam.signs_in(town)
    assert "Jo Field" in sam.reads(desk)
    sam.posts(desk, f"{desk}/changes/{town.change['change_id']}/accept")
    assert town.change["state"] == "asked"
    town.tick(seconds=9)
    assert town.change["state"] == "accepted"
    town.tick(seconds=1)
    assert town.receives.heard[-1] == "delivery_change.accepted"

    # the driver reads it and does it; both receive the truth, and Sam can read it all
    town.drives()
    town.happens("delivered", how="neighbor", proof={"signed_by": "Jo Field"})
    assert town.change["honoured"] is True
    page.goto(link)
    assert "Done as you asked" in page.inner_text("main")
    assert "We left it with you" in Browser().reads(door)
    whole = sam.reads(sam.get(f"{town.server}/console?q=A-1", timeout=10).url)
    assert "Seen by the driver" in whole and "Done as asked" in whole


def test_a_locker_opens_with_the_code_that_only_its_recipient_sees(town):
    town.api("PUT", "/lockers", {"lockers": [locker()]})
    link, ann = town.ships(), Browser()
    ann.asks(town, link, "locker", locker="station")
    town.api("POST", f"/changes/{town.change['change_id']}/decision", {"decision": "accepted"})
    town.drives()
    town.happens("ready_for_pickup", place="station")
    stranger = Browser().reads(f"{link}/pickup")
    shown = ann.reads(f"{link}/pickup")
    code = re.search(r"\b(\d{4}) ?(\d{4})\b", shown)
    assert code and code[0] not in stranger
    opened = town.api("POST", "/lockers/station/open", {"code": code[1] + code[2]})
    assert (opened["shipment"], opened["by"]) == ("A-1", "recipient")
    town.happens("collected", how="locker")
    assert town.change["honoured"] is True
    assert town.receives.heard[0] == "delivery_change.requested"


def test_what_was_not_done_is_told_and_looked_after(town):
    link, ann = town.ships(), Browser()
    ann.asks(town, link, "safe_place", spot="porch")
    town.api("POST", f"/changes/{town.change['change_id']}/decision", {"decision": "accepted"})
    town.drives()
    town.happens("delivered", how="household")
    assert town.change["honoured"] is False
    assert "Not done as you asked" in ann.reads(link)
    assert town.messages("change_not_honoured") and not town.messages("delivered")
    sam = Browser()
    sam.signs_in(town)
    assert "Not done as asked" in sam.reads(f"{town.server}/console/queue")
