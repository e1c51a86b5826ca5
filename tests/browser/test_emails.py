"""Emails as a small phone shows them: whole at 320 pixels, readable in the light, in the dark and unstyled."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from notifications.message import Channel
from notifications.notice import Notice
from portal.domain.colors import ink_on
from tests.messages.samples import LANGUAGES, written

# a brand in white, in black, in a light and in a middling color; and nothing to break a line at
BRANDS = ("#ffffff", "#000000", "#ffd100", "#767676")
UNBROKEN = {"shipper": "Nordlichtversandhaus", "locker": "W" * 60, "locker_address": "x" * 200}
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, browser: Any) -> Any:
    context = browser.new_context(
        viewport={"width": 320, "height": 700}, color_scheme=request.param, offline=True
    )
    yield context.new_page()
    context.close()


def troubles(phone: Any) -> list[str]:
    """What axe finds serious, and whether anything is wider than the phone."""
    found = Axe().run(phone).response["violations"]
    wrong = [
        f"{rule['id']} at {node['target']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    return wrong + (["wider than the phone"] if wider(phone) else [])


def wider(phone: Any) -> bool:
    width: int = phone.evaluate("document.documentElement.scrollWidth")
    return width > phone.viewport_size["width"]


@pytest.mark.parametrize("color", BRANDS)
def test_an_email_is_for_everybody_in_any_brands_color(phone: Any, color: str):
    brand = {"color": color, "text_color": ink_on(color)}
    phone.set_content(written(Notice.READY_FOR_PICKUP, Channel.EMAIL, "en", **brand, **UNBROKEN).html)
    assert troubles(phone) == []


def test_an_email_holds_without_its_styles(phone: Any):
    phone.set_content(STYLE.sub("", written(Notice.DELAYED, Channel.EMAIL, "de", parcels=3).html))
    assert troubles(phone) == []


def test_every_email_fits_a_small_phone_and_hides_its_preview(phone: Any):
    for language in LANGUAGES:
        for notice in Notice:
            phone.set_content(written(notice, Channel.EMAIL, language).html)
            assert not wider(phone), (language, notice)
            expect(phone.locator(".preview")).to_be_hidden()
            assert phone.locator(".preview").text_content().strip(), (language, notice)
            expect(phone.locator("h1")).to_be_visible()
