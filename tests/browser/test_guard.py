"""Signing in for the first time and one's own account, in a real browser: a walk by keyboard that axe watches."""

from typing import Any

import pyotp
import pytest

from tests.office import PASSWORD, Office
from tests.web.test_second_factor import codes_in, key_in

SCREENS = [
    {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", "java_script_enabled": True},
    {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark", "java_script_enabled": True},
]


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"console_totp": "required"})


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return request.param


@pytest.mark.parametrize("context_options", SCREENS, indirect=True)
def test_from_the_first_sign_in_to_a_contact_that_is_shown(app, clock, page: Any, axe: Any, live_server: str):
    office = Office(app, clock)
    office.knows(office.agent(role="lead"))
    shipment = office.shipment(office.shop("pax"))

    def is_fine(what: str) -> None:
        assert (what, axe(page)) == (what, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what

    page.goto(f"/console/shipments/{shipment.id}")
    page.fill("#email", "ann@example.com")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Set up your second factor").wait_for()
    is_fine("set-up")
    totp = pyotp.TOTP(key_in(page.content()))
    page.fill("#code", totp.at(clock()))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    is_fine("recovery codes")
    codes = codes_in(page.content())
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("••• 678", exact=True).wait_for()
    page.get_by_text("Show number and email").click()
    page.get_by_role("button", name="Show for 15 minutes").click()
    page.get_by_role("link", name="+4917012345678").wait_for()
    is_fine("dossier")
    for path in ("/console/account", "/console/account/again", "/console/reveals"):
        page.goto(path)
        is_fine(path)
    page.goto("/console/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.locator("#password").wait_for()
    page.fill("#email", "ann@example.com")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your code").wait_for()
    is_fine("code")
    page.fill("#code", codes[0])
    page.keyboard.press("Enter")
    page.get_by_role("searchbox").first.wait_for()
