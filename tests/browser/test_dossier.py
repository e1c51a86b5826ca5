"""The dossier in a browser: an address opens what is folded away, keys lead on, the page beside it is inert."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.domain.delivery import Promise
from portal.store import promises
from tests.office import Office


@pytest.fixture
def context_options() -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark", "timezone_id": "Asia/Tokyo"}


@pytest.fixture
def office(app: Any, clock: Any, page: Any, live_server: str) -> Office:
    """A parcel whose window moved a little with every stop."""
    office = Office(app, clock)
    office.pax = office.shop("pax", "Pax Möbel")
    cookie = office.enter(app.test_client(), office.agent()).get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    office.first = office.shipment(office.pax, "PX-1")
    office.event(office.first, "out_for_delivery")
    for turn in range(1, 8):
        at = clock.forward(minutes=4) or clock()
        start = at + timedelta(hours=3, minutes=turn)
        window = Promise(start, start + timedelta(hours=1), "live", at, level=90, because="narrowed")
        with office.kit.transaction() as session:
            promises.keep(session, [(office.first.id, window)], at)
    return office


def test_what_is_folded_away_opens_for_its_address_and_for_keys(page: Any, office: Office, axe: Any):
    path = f"/console/shipments/{office.first.id}"
    page.goto(path)
    run = page.locator(".run").first
    key = run.locator(".entry").nth(2).get_attribute("id")
    expect(run.locator(f"[id='{key}']")).to_be_hidden()
    page.goto(f"{path}?show=event#timeline")
    page.goto(f"{path}#{key}")
    page.locator(f"[id='{key}'].arrived").wait_for()
    expect(page.locator(f"[id='{key}']")).to_be_visible()
    expect(page.locator(".own").first).to_be_visible()
    assert axe(page) == []
    keys_open_the_list_and_can_be_turned_off(page)
    the_page_beside_it_leads_nowhere(page)


def keys_open_the_list_and_can_be_turned_off(page: Any) -> None:
    page.keyboard.press("?")
    expect(page.locator("[data-key-list]")).to_be_visible()
    assert "why no message" in page.locator("[data-key-list]").inner_text()
    page.locator(".ways [data-keys]").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    assert page.evaluate("location.hash") != "#reach"
    page.locator(".ways [data-keys]").click()
    page.keyboard.press("n")
    assert page.evaluate("location.hash") == "#reach"


def the_page_beside_it_leads_nowhere(page: Any) -> None:
    frame = page.frame_locator("[data-their-page]")
    frame.locator("h1").wait_for()
    assert frame.locator("a[href], form, script, button").count() == 0
    assert frame.locator("body").inner_text().count("Pax Möbel") > 0
