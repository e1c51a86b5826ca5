"""Every page: readable for a screen reader, at home on a small phone, in the dark and without scripts."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.config import Settings
from tests.dispatch import locker, new_dispatch, shipment, slot
from tests.office import Office

PAGES = (
    *("{link}", "{link}/change", "{link}/verify", "{link}/proof"),
    *("/console/login", "/console", "/console?q=ann", "/console/shipments/1", "/desk"),
    *("/", "/outbox", "/t/unknown"),
)
# the map is a frame of the page: its heading and landmark are the page's
OF_THE_PAGE = ("landmark-one-main", "page-has-heading-one")
LOOKS = {
    "desktop": {},
    "phone_dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "no_scripts": {"java_script_enabled": False, "viewport": {"width": 320, "height": 640}},
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"demo": True})


@pytest.fixture(params=LOOKS)
def context_options(request: pytest.FixtureRequest) -> Any:
    return LOOKS[request.param]


@pytest.fixture
def link(app: Any, clock: Any, page: Any, live_server: str) -> str:
    """The path of a page: two parcels on a van, a slot, a locker, and an agent signed in at this browser."""
    dispatch = new_dispatch(app)
    dispatch.offers([slot()], [locker()])
    link = dispatch.ships(shipment("A-1"), shipment("A-2"))[0]["link"]
    dispatch.happens("A-1", "at_depot", clock())
    dispatch.happens("A-1", "out_for_delivery", clock())
    dispatch.drives("R-1", "V-1", clock(), "A-2", "A-1")
    dispatch.stands("V-1", 10.0, 20.0, clock())
    office = Office(app, clock)
    office.hire(role="admin")
    page.goto("/console/login")
    page.get_by_label("Email").fill("ann@example.com")
    page.get_by_label("Password").fill(office.passwords["ann@example.com"])
    page.get_by_role("button", name="Sign in").click()
    return urlsplit(link).path


def test_every_page_is_for_everybody(page: Any, axe: Any, link: str, context_options: Any):
    """One browser for all pages: what is wrong is listed by page."""
    wrong = {}
    for path in PAGES:
        page.goto(path.format(link=link))
        # without scripts axe cannot look, but the page must still fit and speak
        found = axe(page) if context_options.get("java_script_enabled", True) else []
        if not page.locator("h1").first.is_visible():
            found.append("no heading")
        if page.locator("html").bounding_box()["width"] > page.viewport_size["width"]:
            found.append("wider than the screen")
        if found:
            wrong[path] = found
    assert wrong == {}


def test_the_map_frame_is_for_everybody(page: Any, axe: Any, link: str, context_options: Any):
    page.goto(f"{link}/map")
    if context_options.get("java_script_enabled", True):
        assert [line for line in axe(page) if not line.startswith(OF_THE_PAGE)] == []
    assert page.title()
