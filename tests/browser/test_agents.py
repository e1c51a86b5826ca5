"""The console in a real browser: nothing for axe to find, all by keyboard, all without scripts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from notifications.receipts import Inbound
from portal.flows import replies
from tests.office import Office

SCREENS = [
    {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
]
DESKTOP = SCREENS[0]


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", DESKTOP)


@pytest.fixture
def office(app: Any, clock: Any, page: Any, live_server: str) -> Office:
    office = Office(app, clock)
    office.pax = office.shop("pax", "Pax Möbel")
    agent = office.agent()
    client = office.enter(app.test_client(), agent)
    cookie = client.get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    office.first = office.shipment(office.pax, "PX-1", codes=("one",))
    office.second = office.shipment(office.pax, "PX-2", "Priya Raman", "+49301111", lines=("Am Markt 2",))
    for shipment in (office.first, office.second):
        office.event(shipment, "at_depot")
    return office


def texts(office: Office, words: str) -> None:
    """The first shipment's recipient texts us."""
    office.texts = getattr(office, "texts", 0) + 1
    said = Inbound("twilio", f"SM{office.texts}", office.first.recipient.phone, words, office.clock())
    with office.kit.transaction() as session:
        replies.hear(session, office.kit.voice, said, office.clock())


@pytest.mark.parametrize("context_options", SCREENS, indirect=True)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Any, office: Office, axe: Any):
    for words in ("Der Hund hat die Lampe", "مرحبا " * 30, "x" * 300):
        texts(office, words)
    pages = ("/console", "/console?q=px", "/console?q=zzz", f"/console/shipments/{office.first.id}")
    for path in pages:
        page.goto(path)
        found = axe(page)
        assert (path, found) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_sign_in_has_nothing_for_axe_to_find(page: Any, axe: Any):
    page.goto("/console/login")
    assert axe(page) == []


def test_a_shipment_is_found_and_read_by_keyboard_alone(page: Any, office: Office):
    page.goto("/console")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("px-")
    page.keyboard.press("Enter")
    page.locator(".hits").wait_for()
    assert page.evaluate("document.activeElement.textContent").count("PX-2") == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="At the depot").wait_for()
    assert "PX-1" in page.title()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


NO_SCRIPT = {"java_script_enabled": False, **DESKTOP}


@pytest.mark.parametrize("context_options", [NO_SCRIPT], indirect=True)
def test_everything_works_without_scripts(page: Any, office: Office):
    page.goto("/console")
    page.locator("#q").fill("px-1")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Note for colleagues").fill("Called at noon.")
    page.get_by_role("button", name="Save note").click()
    page.get_by_role("link", name="Notes").click()
    expect(page.get_by_text("Called at noon.")).to_be_visible()
