"""Somebody calls, in a real browser: an agent finds out who it is, asks a locker, a lead agrees, all is told."""

from typing import Any

import pytest

from tests.browser.watch import Watch
from tests.callers import Desk
from tests.office import Office

DESKTOP = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", DESKTOP)


@pytest.fixture
def desk(app: Any, clock: Any) -> Desk:
    return Desk(app, clock)


def sits_down(page: Any, office: Office, agent: Any, live_server: str) -> None:
    """This agent is the one at the screen."""
    cookie = office.enter(office.app.test_client(), agent).get_cookie("doorstep-agent")
    page.context.clear_cookies()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])


def test_a_call_from_its_first_word_to_the_yes(
    page: Any, desk: Desk, live_server: str, watch: Watch, axe: Any
):
    sits_down(page, desk.office, desk.sam, live_server)
    page.goto("/console")
    page.locator("#q").fill("A-1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send a code to the contact on file").click()
    # the caller reads it out from their phone
    page.get_by_label("Code that the caller reads out").fill(desk.code())
    page.keyboard.press("Enter")
    page.get_by_text("You know the caller for 15 minutes").wait_for()
    page.get_by_role("link", name="Change for the caller").click()
    assert axe(page) == []
    page.get_by_role("link", name="Send it to a locker").click()
    assert axe(page) == []
    page.locator("input[value=station]").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ask a second person").press("Enter")
    page.get_by_text("A second person has to agree first").wait_for()

    sits_down(page, desk.office, desk.lea, live_server)
    page.goto("/console/approvals")
    assert axe(page) == []
    page.get_by_role("button", name="Agree").press("Enter")
    page.get_by_text("You agreed").wait_for()
    page.get_by_role("link", name="A-1").first.click()
    told = page.locator(".timeline").inner_text()
    for said in (
        "Sent a caller a code",
        "Knew the caller",
        "Asked a second person",
        "A second person agreed",
    ):
        assert said in told
    assert "bring it to a locker: Station" in told
    assert axe(page) == []


@pytest.mark.parametrize("context_options", [PHONE], indirect=True)
def test_a_phone_in_the_dark(page: Any, desk: Desk, live_server: str, watch: Watch, axe: Any):
    desk.knows_by_reason()
    desk.asks()
    sits_down(page, desk.office, desk.lea, live_server)
    options = f"/console/shipments/{desk.door().id}/change"
    for path in (options, f"{options}?kind=new_window", "/console/approvals"):
        page.goto(path)
        assert (path, axe(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
