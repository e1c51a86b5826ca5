"""A recipient with a phone: asks for a change with the page's own forms, and reads the code that arrives."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from threading import Event
from urllib.parse import parse_qsl, urljoin

import requests

from portal.demo.papers import Paper

TIMEOUT_SECONDS = 10
LOOKS_FOR_CODE = 20
LOOK_EVERY_SECONDS = 0.5
DONE = re.compile(r"[?&]done=(asked|nominated|accepted)\b")
NEXT_DOOR = re.compile(r"/n/[\w-]{22}")
PIN = re.compile(r'<p class="pin"[^>]*>\s*(\d{4})\s*</p>')
CODE = re.compile(r"(?<![\d#+])(\d{6})(?!\d)")


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes and what it already holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Collects the forms of a page that change something, with their hidden fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.asks = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.asks = given.get("method", "").lower() == "post"
            if self.asks:
                self.found.append(Form(given.get("action", "")))
        elif tag == "input" and given.get("type") == "hidden" and self.asks:
            self.found[-1].fields[given.get("name", "")] = given.get("value", "")


class Phone:
    """The phones of the town; `told` holds what the portal answered by reference, and fills up."""

    def __init__(self, address: str, told: Mapping[str, Paper], stop: Event) -> None:
        self.address = address
        self.told = told
        self.stop = stop

    def ask(self, reference: str, wish: str) -> str:
        """Ask for a wish such as `kind=neighbor&name=Ada&house_number=7`; returns what went wrong, or "".

        Raises requests.RequestException when the portal is away, LookupError when a page has no such form.
        """
        link, who, fields = self.told[reference]["link"], self.told[reference]["id"], dict(parse_qsl(wish))
        with requests.Session() as browser:
            page = browser.get(f"{link}/change", params={"kind": fields["kind"]}, timeout=TIMEOUT_SECONDS)
            page = _submit(browser, page, "/change", fields)
            if _stands_at(page, "/confirm"):
                page = _submit(browser, page, "/confirm", {})
                return "" if DONE.search(page.url) else "it was refused in the meantime"
            if not _stands_at(page, "/verify"):
                return "the page did not offer it any more"
            page = self._prove(browser, page, who)
            if "done=nominated" in page.url:
                return _say_yes_next_door(page)
            return "" if DONE.search(page.url) else "the code was not taken"

    def pin(self, reference: str) -> str:
        """The PIN that the driver will ask for, as the recipient's page shows it after the one-time code."""
        link, who = self.told[reference]["link"], self.told[reference]["id"]
        with requests.Session() as browser:
            page = browser.get(f"{link}/verify", params={"for": "proof"}, timeout=TIMEOUT_SECONDS)
            shown = PIN.search(self._prove(browser, page, who).text)
        if shown is None:
            raise LookupError("pin")
        return shown[1]

    def _prove(self, browser: requests.Session, page: requests.Response, who: int) -> requests.Response:
        """Ask for the one-time code and type it; the page after it. LookupError where none arrived."""
        before = self._codes(who)
        page = _submit(browser, page, "/verify/code", {})
        code = self._code(who, before)
        if not code:
            raise LookupError("no code arrived")
        return _submit(browser, page, "/verify", {"code": code})

    def _code(self, who: int, before: list[str]) -> str:
        for _ in range(LOOKS_FOR_CODE):
            new = [code for code in self._codes(who) if code not in before]
            if new or self.stop.wait(LOOK_EVERY_SECONDS):
                return new[0] if new else ""
        return ""

    def _codes(self, who: int) -> list[str]:
        """Numbers of six digits among this person's messages, newest first."""
        answer = requests.get(f"{self.address}/outbox", params={"who": who}, timeout=TIMEOUT_SECONDS)
        return CODE.findall(re.sub(r"<[^>]*>", " ", answer.text))


def _say_yes_next_door(page: requests.Response) -> str:
    """The link on the page is passed on, and whoever lives there says yes on a phone of their own."""
    link = NEXT_DOOR.search(page.text)
    if link is None:
        return "there was no link to pass on"
    with requests.Session() as neighbor:
        asked = neighbor.get(urljoin(page.url, link[0]), timeout=TIMEOUT_SECONDS)
        said = _submit(neighbor, asked, "/answer", {"answer": "yes"})
        return "" if said.ok else "the neighbor could not answer"


def _stands_at(page: requests.Response, ends: str) -> bool:
    return page.url.split("?")[0].endswith(ends)


def _submit(
    browser: requests.Session, page: requests.Response, ends: str, typed: Mapping[str, str]
) -> requests.Response:
    """Send the form of this page whose address ends like this; the page after it. LookupError without one."""
    for form in Forms(page.text).found:
        if form.action.split("?")[0].endswith(ends):
            fields = {**form.fields, **typed}
            return browser.post(urljoin(page.url, form.action), data=fields, timeout=TIMEOUT_SECONDS)
    raise LookupError(ends)
