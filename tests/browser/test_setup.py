"""Set-up in a real browser: every page in light, dark and on a phone, by keyboard, with nothing for axe to find."""

from typing import Any

import pytest

from tests.office import Office

PAGES = (
    *(
        "",
        "/brand",
        "/rules",
        "/goodwill",
        "/keys",
        "/webhook",
        "/people",
        "/lockers",
        "/slots",
        "/vans",
        "/history",
    ),
)


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"})


@pytest.fixture
def office(app: Any, clock: Any, page: Any, live_server: str) -> Office:
    with app.app_context():
        office = Office(app, clock)
        office.shop("pax", "Pax Möbel", brand={"color": "#c0392b", "support_email": "help@pax.example"})
        client = office.enter(app.test_client(), office.agent("boss@example.com", "admin"))
    cookie = client.get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    return office


def test_all_pages_are_read_by_everybody_and_a_key_is_made_by_keyboard_alone(
    page: Any, office: Office, axe: Any
):
    page.goto("/console/setup")
    assert axe(page) == []
    for path in PAGES:
        page.goto(f"/console/setup/pax{path}")
        assert (path, axe(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto("/console/setup/pax/keys")
    page.get_by_label("What it is for").focus()
    page.keyboard.type("planning")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Key 1").wait_for()
    assert axe(page) == []
    page.locator("code.secret").focus()
    page.get_by_role("link", name="I have copied it").press("Enter")
    page.get_by_role("cell", name="planning").wait_for()
    page.goto("/console/setup/pax/brand")
    for frame in page.locator("iframe.preview-frame").all():
        frame.content_frame.get_by_role("heading", name="Your delivery is on the van").wait_for()
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES:
        page.goto(f"/console/setup/pax{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if path in ("", "/brand", "/people"):
            assert (path, axe(page)) == (path, [])
