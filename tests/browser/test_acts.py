"""What an agent does from the dossier, in a real browser: wide and narrow, light and dark, with scripts and without."""

import os
from typing import Any

import pytest

from portal.domain.goodwill import Reason
from portal.flows import goodwill
from tests.office import Office

WIDE = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
NARROW = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}
BARE = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", WIDE)


@pytest.fixture
def office(app: Any, clock: Any, page: Any, live_server: str) -> Office:
    office = Office(app, clock)
    office.pax = office.shop("pax", "Pax Möbel")
    client = office.enter(app.test_client(), office.agent())
    cookie = client.get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    office.parcel = office.shipment(office.pax, "PX-1")
    office.event(office.parcel, "at_depot")
    with office.kit.transaction() as session:
        reasons = [Reason("late", "Late delivery", 500, "EUR")]
        goodwill.set_reasons(session, office.pax.id, reasons, "operator", clock())
    return office


def shot(page: Any, name: str) -> None:
    """A picture for whoever wants to look, where `SHOTS` names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("context_options", [WIDE, NARROW], indirect=True)
def test_every_fold_open_has_nothing_for_axe_to_find(page: Any, office: Office, axe: Any):
    page.goto(f"/console/shipments/{office.parcel.id}")
    page.fill("#tag", "Ring twice, please")
    page.click("#act-tag button")
    page.locator(".acts details").first.wait_for()
    folded = page.locator(".acts details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    page.fill("#words", "Ihr Paket liegt im Depot und kommt morgen.")
    page.locator("[data-draft-says] .words").wait_for()
    assert "1 SMS, 107 characters left in one." in page.inner_text("[data-draft-says]")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"acts-{page.viewport_size['width']}")
    page.fill("#call-words", "The caller waits since nine; please ring twice.")
    page.click("#act-attention button")
    assert "Not read yet" in page.inner_text(".acts")
    page.goto("/desk")
    assert axe(page) == []
    shot(page, f"called-{page.viewport_size['width']}")
    page.click("text=I have read it")
    assert "The agent sees that you have read it." in page.inner_text("#said")


@pytest.mark.parametrize("context_options", [BARE], indirect=True)
def test_without_scripts_words_are_shown_mended_and_sent(page: Any, office: Office):
    page.goto(f"/console/shipments/{office.parcel.id}")
    page.click("summary:has-text('Write to the recipient')")
    page.fill("#words", "Please pay first")
    page.click("#act-message >> text=Send")
    assert "“pay” is a word that cheats use" in page.inner_text("main")
    shot(page, "acts-message")
    page.fill("#words", "Please ring twice")
    page.click("text=Show how it reads")
    assert "Pax Möbel: Please ring twice" in page.inner_text("main")
    page.click("button:has-text('Send')")
    assert "Your words go by text message." in page.inner_text("#said")
