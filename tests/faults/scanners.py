"""Mail scanners and chat previews open every link of every message of a day: nothing changes.

Each link is asked for by HEAD and GET, bare and as a scanner says who it is, then opened in a Chromium with
JavaScript that loads everything, follows what a page asks for by itself, and presses nothing. What a page links to
is asked for as well, one step further. Nothing ticks meanwhile, so every row must stay as it is.
"""

import http.client
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from sqlalchemy import Engine, select, text

from benchmarks.figures import Figures
from portal import jobs
from portal.app import create_app
from portal.clock import ManualClock
from portal.db import db
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.flows import change as changing
from portal.flows import codes
from portal.flows.change import Asked
from portal.store import shipments
from tests.dispatch import Dispatch, event, locker, shipment, slot
from tests.faults.ground import MORNING, Ground, ground
from tests.faults.house import settings_of
from tests.house.rows import reflected
from tests.servers import chromium, web

# looks leave these traces on purpose: when a key was used, how often a page was seen, that a tick ran
TRACES = {"page_views", "api_keys", "heartbeats"}
LINK = re.compile(r"https?://[^\s\"'<>)\]]+")
REFERENCE = re.compile(r"(?:href|src|action|data-live-url|data-map)=\"([^\"#]+)")
SCANNERS = (
    "",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Safari/537.36 SafeLinks",
    "WhatsApp/2.23.20.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
)
# a second look by JavaScript may come later: pages poll
STAYS_MS = 400
PEOPLE = 12


@dataclass
class Counted:
    """`changed`: rows that are not as they were, by table; `broken`: links of messages that open nothing."""

    messages: int = 0
    links: int = 0
    pages: int = 0
    calls: int = 0
    opened: int = 0
    posts: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def run(figures: Figures) -> None:
    """Goals: no row changed, no link used up, and no page posts anything by itself."""
    found = play("sqlite", PEOPLE)
    told = {"messages": found.messages, "links": found.links, "pages": found.pages, "calls": found.calls}
    told |= {"opened_in_a_browser": found.opened}
    figures.add("scanners_changed", found.changed.total(), "rows", "== 0", **told, **found.changed)
    figures.add("scanners_broken_links", len(found.broken), "links", "== 0")
    figures.add("scanners_posts", found.posts, "calls", "== 0")
    for link in found.broken:
        print(f"    opens nothing: {link}")


def play(engine: str, people: int, place: str = "/tmp", browse: bool = True) -> Counted:
    """A day of `people` with all kinds of news, then the scanners."""
    with ground("scanners", engine, place) as where, web.listening() as ear:
        where.settings["PUBLIC_URL"] = web.address(ear)
        clock = ManualClock(MORNING)
        app = create_app(settings_of(where.settings), clock=clock)
        with web.serving(app, ear) as url:
            _day(app, clock, where, people)
            counted, tables = Counted(), where.tables()
            links = _links(tables, url, counted)
            before = _rows(tables)
            pages = _ask_for(links, counted, True)
            _ask_for(sorted(pages - set(links)), counted, False)
            if browse:
                _open_in_a_browser(links, counted)
            _compare(before, _rows(tables), counted)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    return counted


def _day(app: Flask, clock: ManualClock, where: Ground, people: int) -> None:
    """News of every kind that a day brings: told, asked, answered, delivered, failed, ready for pickup."""
    dispatch = Dispatch(app.test_client(), where.key)
    names = [f"N-{number}" for number in range(people)]
    dispatch.offers(slots=[slot(capacity=5)], lockers=[locker(count=people)])
    for number, name in enumerate(names):
        who = {
            "name": f"Person {number}", "phone": f"+4915150000{number:03d}", "email": f"p{number}@example.org",
            "language": ("en", "de", "es", "fr", "nl", "pl", "tr")[number % 7],
        }  # fmt: skip
        more: dict[str, Any] = {"recipient": who, "address": DOOR | {"lines": [f"{number} Mill Lane"]}}
        if number % 6 == 5:
            more |= {"service": "on_demand", "window": None}
        dispatch.ships(shipment(name, **more))
    for nth, happening in enumerate(("announced", "at_depot", "window_promised")):
        _happens(app, clock, dispatch, names, happening, nth)
    _changes(app, clock, names)
    dispatch.drives("R-1", "V-1", clock(), *names)
    _happens(app, clock, dispatch, names, "out_for_delivery", 3)
    ends: tuple[tuple[str, dict[str, str]], ...] = (
        ("next_stop", {}), ("delayed", {"reason": "weather_delay"}), ("delivered", {"how": "recipient"}),
        ("attempt_failed", {"reason": "consignee_not_home"}), ("ready_for_pickup", {"place": "Station"}),
        ("returning", {"reason": "consignee_refused"}),
    )  # fmt: skip
    for number, name in enumerate(names):
        happening, facts = ends[number % len(ends)]
        clock.forward(seconds=20)
        dispatch.reports(event(f"e-{name}-end", name, happening, clock(), **facts))
    _ticks(app, clock, timedelta(minutes=2), 5)


DOOR = {
    "locality": "Harbourton", "postcode": "12345", "country": "DE", "lat": 10.0, "lng": 20.0, "timezone": "UTC",
}  # fmt: skip


def _happens(
    app: Flask, clock: ManualClock, dispatch: Dispatch, names: list[str], happening: str, nth: int
) -> None:
    clock.forward(minutes=3)
    dispatch.reports(*(event(f"e-{name}-{nth}", name, happening, clock()) for name in names))
    _ticks(app, clock, timedelta(minutes=1), 2)


def _changes(app: Flask, clock: ManualClock, names: list[str]) -> None:
    """Wishes of several kinds, some answered, some of them for a neighbor who is asked first."""
    kit = app.extensions["doorstep"]
    neighbor = LeaveWithNeighbor("Jo Field", "14", "+4915199999999")
    wishes = (neighbor, LeaveInLocker("station"), PickNewWindow("evening"))
    for number, name in enumerate(names):
        with app.app_context(), kit.transaction() as session:
            shipper_id = next(iter(kit.voice.shippers(session)))
            mine = shipments.by_references(session, [(shipper_id, name)])[shipper_id, name].shipment
            codes.send_code(session, kit.voice, mine, clock())
            asked = changing.ask(session, kit.voice, mine, wishes[number % len(wishes)], clock())
            if isinstance(asked, Asked) and number % 2 and asked.change.waits:
                agreed = number % 4 == 1
                changing.answer(session, kit.voice, shipper_id, asked.change.id, agreed, "api", clock())
    _ticks(app, clock, timedelta(minutes=1), 2)


def _ticks(app: Flask, clock: ManualClock, step: timedelta, times: int) -> None:
    kit = app.extensions["doorstep"]
    for _ in range(times):
        clock.at += step
        with app.app_context():
            for tick in jobs.TICKS:
                tick.work(kit)


def _links(tables: Engine, url: str, counted: Counted) -> list[str]:
    """Every address of ours in every message: words, both forms of an email, what a mail program is told."""
    found: set[str] = set()
    with tables.connect() as connection:
        for row in connection.execute(text("SELECT * FROM messages WHERE channel <> 'webhook'")):
            counted.messages += 1
            for part in row._mapping.values():
                if isinstance(part, str):
                    found |= {unescape(link).rstrip(".,;") for link in LINK.findall(part)}
    links = sorted(link for link in found if link.startswith(url))
    counted.links = len(links)
    return links


def _rows(tables: Engine) -> dict[str, Counter[str]]:
    """Every row of every table that a look must not touch."""
    with tables.connect() as connection:
        return {
            table.name: Counter(map(repr, connection.execute(select(table)).all()))
            for table in reflected(connection)
            if table.name not in TRACES
        }


def _compare(before: dict[str, Counter[str]], after: dict[str, Counter[str]], counted: Counted) -> None:
    for name, rows in after.items():
        if different := (rows - before[name]).total() + (before[name] - rows).total():
            counted.changed[name] += different


def _ask_for(links: list[str], counted: Counted, of_messages: bool) -> set[str]:
    """HEAD and GET by every scanner, without a cookie; the addresses that these pages name."""
    named: set[str] = set()
    for link in links:
        for scanner in SCANNERS:
            for method in ("HEAD", "GET"):
                status, body, moved = _call(method, link, scanner)
                counted.calls += 1
                named |= {urljoin(link, unescape(one)) for one in (*REFERENCE.findall(body), moved) if one}
                if of_messages and status >= 400 and link not in counted.broken:
                    counted.broken.append(link)
    here = urlsplit(links[0]).netloc if links else ""
    pages = {one for one in named if urlsplit(one).netloc == here}
    counted.pages += len(pages)
    return pages


def _call(method: str, link: str, scanner: str) -> tuple[int, str, str]:
    parts = urlsplit(link)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    line = http.client.HTTPConnection(parts.netloc, timeout=30)
    line.request(method, path, headers={"User-Agent": scanner} if scanner else {})
    answer = line.getresponse()
    body = answer.read().decode(errors="replace")
    line.close()
    moved = answer.getheader("Location")
    return answer.status, body, urljoin(link, moved) if moved else ""


def _open_in_a_browser(links: list[str], counted: Counted) -> None:
    """Load each and stay for a moment."""
    with _browser() as browser:
        for link in links:
            context = browser.new_context(locale="en-GB")
            page = context.new_page()
            page.on("request", partial(_note, counted))
            page.goto(link, wait_until="networkidle")
            page.wait_for_timeout(STAYS_MS)
            counted.opened += 1
            context.close()


def _note(counted: Counted, asked: Any) -> None:
    counted.posts += asked.method not in ("GET", "HEAD")


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        try:
            yield browser
        finally:
            browser.close()
