"""The work queue in a real browser: by keyboard alone, nothing for axe to find, all without scripts."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.domain.follow_up import Matter
from portal.flows import work
from tests.office import Office

SCREENS = [
    {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
]
DESKTOP = SCREENS[0]
NO_SCRIPT = {"java_script_enabled": False, **DESKTOP}


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", DESKTOP)


@pytest.fixture
def office(app: Any, clock: Any, page: Any, live_server: str) -> Office:
    """Three things need somebody, and Ann is at the browser."""
    office = Office(app, clock)
    office.pax = office.shop("pax", "Pax Möbel")
    office.agent("lou@example.com")
    client = office.enter(app.test_client(), office.agent())
    cookie = client.get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    boxes = [office.shipment(office.pax, f"PX-{number}", codes=(f"c{number}",)) for number in (1, 2, 3)]
    for box, kind, hours in zip(
        boxes, (Matter.WINDOW, Matter.STALLED, Matter.PROBLEM), (-1, 0.5, 8), strict=True
    ):
        with office.kit.transaction() as session:
            words = f"Something is not as it should be with {box.reference}."
            due_at = office.clock() + timedelta(hours=hours)
            at = (office.pax.id, box.id, kind, "k", words, office.clock())
            work.raise_matter(session, *at, due_at=due_at)
    return office


def held(page: Any) -> str:
    """Which shipment's row is chosen."""
    return page.evaluate("document.activeElement.querySelector('[data-open]')?.textContent || ''")


def test_an_agent_works_the_queue_by_keyboard_alone(page: Any, office: Office):
    page.goto("/console/queue")
    page.keyboard.press("j")
    assert held(page) == "PX-1"
    page.keyboard.press("c")
    page.get_by_text("It is yours.").wait_for()
    assert held(page) == "PX-1"
    page.keyboard.press("r")
    page.keyboard.type("Called; it comes at five.")
    page.keyboard.press("Enter")
    page.get_by_text("Resolved: window about to break.").wait_for()
    page.locator("#matter-1").wait_for(state="detached")
    assert page.title().startswith("(2) Queue")
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    page.get_by_text("It comes back then.").wait_for()
    page.locator("#matter-2").wait_for(state="detached")
    page.keyboard.press("h")
    page.keyboard.type("Lou")
    page.keyboard.press("Enter")
    page.get_by_text("Lou has it now.").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/shipments/3")
    expect(page.get_by_text("This needs somebody")).to_be_visible()


@pytest.mark.parametrize("context_options", SCREENS, indirect=True)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Any, office: Office, axe: Any):
    for path in ("/console/queue", "/console/queue?whose=done", "/console/shipments/1"):
        page.goto(path)
        if page.locator("[data-matter] summary").count():
            page.locator("[data-matter] summary").first.click()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("context_options", [NO_SCRIPT], indirect=True)
def test_everything_works_without_scripts(page: Any, office: Office):
    page.goto("/console/queue")
    first = page.locator("[data-matter]").first
    first.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("It is yours.")).to_be_visible()
    first.locator("summary").click()
    first.get_by_label("What you did").fill("Called.")
    first.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Resolved: window about to break.")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("“Called.” ann@example.com")).to_be_visible()
