"""Strings that would run go through every field that a recipient, dispatch, a shipper or an agent can fill.

Each of two hundred strings gets a delivery of its own with the string in every field that dispatch fills; then every
form that a recipient, an agent and an admin find on the way is filled with it and sent; then every page, part, message,
table and paper is read: none may hold an element, an attribute or an address that the string made. At last a Chromium
opens the pages under their own policy: nothing may run, and the policy may have had nothing to refuse.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.figures import Figures
from portal import jobs
from portal.app import create_app
from portal.clock import ManualClock
from portal.db import db
from portal.store import outbox
from tests.browser.watch import Watch
from tests.dispatch import AGREED, Dispatch, event, locker, shipment, slot
from tests.faults.ground import MORNING, ground
from tests.faults.hostile import MARK, strings
from tests.faults.house import settings_of
from tests.faults.reading import Field, Page, same_house, wrong_with
from tests.office import Office
from tests.servers import chromium, web

# what ends the session or the delivery with which the rest is tried
LEFT_ALONE = re.compile(
    r"logout|/browsers|/leave|/end|/erase|/person|/link|revoke|/password|/second-factor|/totp|unsubscribe|/factor"
)
BEGINS = (
    "/console",
    "/console/queue",
    "/console/figures",
    "/console/words",
    "/console/setup",
    "/desk",
    "/outbox",
)
RECIPIENT = ("", "/live", "/map", "/change", "/preferences", "/proof", "/problem", "/rate", "/received", "/feed.json",
             "/window.ics")  # fmt: skip
# pages that one delivery leads to
MOST_PAGES = 90
OTHERS = re.compile(r"/console/shipments/(\d+)")
NOTED = f"window.{MARK} = number => console.error('{MARK} ran ' + number);"


@dataclass
class Counted:
    """`wrong`: what pages held that they must not; `ran` and `refused`: what a browser did or had to refuse."""

    strings: int = 0
    forms: int = 0
    pages: int = 0
    messages: int = 0
    opened: int = 0
    wrong: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def run(figures: Figures) -> None:
    """Goals: nothing made by a string, nothing run, nothing refused, no formula."""
    found = play("sqlite", strings())
    told = {name: getattr(found, name) for name in ("strings", "forms", "pages", "messages", "opened")}
    figures.add("scripts_in_pages", len(found.wrong), "places", "== 0", **told)
    figures.add("scripts_ran", len(found.ran), "strings", "== 0")
    figures.add("scripts_refused_by_policy", len(found.refused), "times", "== 0")
    for one in (*found.wrong, *found.ran, *found.refused)[:40]:
        print(f"    {one}")


def play(engine: str, tried: list[str], place: str = "/tmp", opened: int | None = None) -> Counted:
    """Sow each string, read everything, and open it in a browser, or so many pages of it."""
    counted = Counted(strings=len(tried))
    with ground("scripts", engine, place) as where, web.listening() as ear:
        where.settings |= {"PUBLIC_URL": web.address(ear), "DEMO": "true"}
        clock = ManualClock(MORNING)
        app = create_app(settings_of(where.settings), clock=clock)
        with web.serving(app, ear) as url:
            world = World(app, clock, Dispatch(app.test_client(), where.key), counted)
            for number, words in enumerate(tried):
                world.sow(number, words)
                world.fill(words)
                world.read(last=words == tried[-1])
            world.read_messages()
            _open(url, world, counted, opened)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    return counted


class World:
    """A house with a dispatch, a recipient of each string's delivery, an agent who may do everything."""

    def __init__(self, app: Flask, clock: ManualClock, dispatch: Dispatch, counted: Counted) -> None:
        self.app, self.clock, self.dispatch, self.counted = app, clock, dispatch, counted
        self.office = Office(app, clock)
        self.agent = self.office.agent("ann@example.com", "admin")
        self.desk = self.office.enter(app.test_client(), self.agent)
        self.recipient = app.test_client()
        self.path, self.shipment_id = "", 0
        self.opened: list[str] = []

    def sow(self, number: int, words: str) -> None:
        """A delivery with the string in every field that dispatch fills."""
        self.clock.forward(seconds=30)
        name = f"{words[:60]} {number}"
        who = {
            "name": words,
            "phone": f"+120255{number:05d}"[:12],
            "email": f"p{number}@example.com",
            "consent": AGREED,
        }
        at = {"lines": [words, words], "locality": words[:100], "postcode": "12345", "country": "US",
              "lat": 10.0, "lng": 20.0, "timezone": "UTC"}  # fmt: skip
        self.dispatch.offers(
            slots=[slot(f"s{number}", capacity=50)],
            lockers=[locker(f"l{number}", count=2, name=words[:80], address=words)],
        )
        (told,) = self.dispatch.ships(
            shipment(
                name, recipient=who, address=at, depot=words[:80], parcels=[{"code": f"{words[:70]}{number}"}]
            )
        )
        if told["outcome"] == "rejected":
            name, at = f"N-{number}", at | {"timezone": "UTC"}
            (told,) = self.dispatch.ships(shipment(name, recipient=who, address=at, depot=words[:80]))
        self.path = urlsplit(told["link"]).path
        self.dispatch.drives(f"{words[:60]}r{number}", f"{words[:60]}v{number}", self.clock(), name)
        for nth, happening in enumerate(("at_depot", "out_for_delivery")):
            more = {"note": words, "place": words}
            self.dispatch.reports(event(f"{number}-{nth}", name, happening, self.clock(), **more))
        if number % 3 == 2:
            more = {"note": words, "place": words, "proof": words}
            self.dispatch.reports(event(f"{number}-end", name, "delivered", self.clock(), **more))
        self.shipment_id = number + 1
        self._tick()

    def _tick(self) -> None:
        kit = self.app.extensions["doorstep"]
        with self.app.app_context():
            for tick in jobs.TICKS:
                tick.work(kit)

    def fill(self, words: str) -> None:
        """Every form on the way, with the string in every field that takes words."""
        for client, start in ((self.recipient, self._recipients()), (self.desk, self._agents())):
            seen: set[str] = set()
            for path, page in self._walk(client, start):
                for form in page.forms:
                    action = same_house(urljoin(path, form.action or path))
                    key = re.sub(r"\d+", "0", action)
                    if form.method == "post" and key not in seen and not LEFT_ALONE.search(action):
                        seen.add(key)
                        answer = client.post(action, data=dict(_filled(form.fields, words)))
                        self.counted.forms += 1
                        self._look(answer, f"POST {action}")
        self._tick()

    def read(self, last: bool) -> None:
        """Every page again, now that everything is sown. A browser opens the main ones, of the last string all."""
        for path, _ in self._walk(self.recipient, self._recipients()):
            if last or path in (self.path, f"{self.path}/change"):
                self.opened.append(path)
        for path, _ in self._walk(self.desk, self._agents()):
            if last or path.startswith(f"/console/shipments/{self.shipment_id}"):
                self.opened.append(path)

    def read_messages(self) -> None:
        """Every form of every message."""
        kit = self.app.extensions["doorstep"]
        with self.app.app_context(), kit.reading() as session:
            for message in outbox.latest(session, 100_000):
                self.counted.messages += 1
                if message.html:
                    for one in Page(message.html, mail=True).wrong:
                        self.counted.wrong.append(f"message {message.notice}: {one}")
                if "\n" in message.subject or "\r" in message.subject:
                    self.counted.wrong.append(f"message {message.notice}: a line break in its subject")

    def _recipients(self) -> list[str]:
        return [self.path + more for more in RECIPIENT]

    def _agents(self) -> list[str]:
        return [f"/console/shipments/{self.shipment_id}", *BEGINS]

    def _walk(self, client: FlaskClient, start: list[str]) -> Iterator[tuple[str, Page]]:
        """These pages and what they lead to, each once."""
        waiting, known = list(start), set(start)
        for _ in range(MOST_PAGES):
            if not waiting:
                return
            path = waiting.pop(0)
            page = self._look(client.get(path), path)
            if page is None:
                continue
            yield path, page
            for link in page.links:
                ours = same_house(urljoin(path, link)).partition("#")[0]
                if ours and ours not in known and self._is_near(ours):
                    known.add(ours)
                    waiting.append(ours)

    def _is_near(self, path: str) -> bool:
        """Not another string's delivery, not the same in another language, and not the way out."""
        other = OTHERS.match(path)
        if "lang=" in path:
            return False
        return not (other and int(other[1]) != self.shipment_id) and not LEFT_ALONE.search(path)

    def _look(self, answer: Any, where: str) -> Page | None:
        self.counted.pages += 1
        self.counted.wrong += wrong_with(answer.status_code, answer.content_type or "", answer.data, where)
        html = (answer.content_type or "").startswith("text/html")
        return Page(answer.text) if html and answer.status_code < 500 else None


def _filled(fields: list[Field], words: str) -> Iterator[tuple[str, str]]:
    """What a hostile person types; codes and tokens of the form stay, a choice is the last there is."""
    for one in fields:
        if one.tag == "select":
            yield one.name, one.choices[-1] if one.choices else words
        elif one.kind in ("hidden", "radio", "number", "button", "submit", "date", "time", "datetime-local"):
            yield one.name, one.value
        elif one.kind == "checkbox":
            yield one.name, one.value or "1"
        elif one.kind != "file":
            yield one.name, words


def _open(url: str, world: World, counted: Counted, most: int | None) -> None:
    """Pages are opened under their own policy, by an agent who may do everything."""
    with _browser() as browser:
        context = browser.new_context(base_url=url, locale="en-GB")
        watch = Watch(url)
        watch.over(context)
        context.add_init_script(NOTED)
        cookie = world.desk.get_cookie("doorstep-agent")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
        page = context.new_page()
        page.on("dialog", lambda dialog: (counted.ran.append(f"dialog {dialog.message}"), dialog.dismiss()))
        for path in _spread(_once_each(world.opened), most):
            page.goto(path, wait_until="load")
            counted.opened += 1
        for complaint in watch.complaints:
            if f"{MARK} ran" in complaint:
                counted.ran.append(complaint)
            elif "CSP" in complaint or "Content Security Policy" in complaint:
                counted.refused.append(complaint)


def _once_each(paths: list[str]) -> list[str]:
    """Pages that a browser shows; what is the same for all strings, only as it is at last."""
    last = {path: nth for nth, path in enumerate(paths)}
    shown = (".csv", ".ics", ".json", ".pdf", "/live", "/window.ics")
    return [path for path in sorted(last, key=last.__getitem__) if not path.partition("?")[0].endswith(shown)]


def _spread(paths: list[str], most: int | None) -> list[str]:
    """So many of them, from the first to the last."""
    return (
        paths
        if most is None
        else [paths[number * len(paths) // most] for number in range(min(most, len(paths)))]
    )


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        try:
            yield browser
        finally:
            browser.close()
