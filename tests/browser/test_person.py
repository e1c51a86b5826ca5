"""All that is held about a person, and forgetting them, without scripts, on a phone and by night."""

from typing import Any

import pytest

from portal.flows.person_desk import WORDS
from tests.flows.test_forgetting import delivered
from tests.office import Office

SCREENS = [
    {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", "java_script_enabled": False},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
]


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", SCREENS[0])


@pytest.fixture
def here(app: Any, clock: Any, page: Any, live_server: str) -> str:
    office = Office(app, clock)
    one, _ = delivered(office, office.shop("acme"))
    client = office.enter(app.test_client(), office.agent("root@example.com", role="admin"))
    cookie = client.get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    return f"/console/shipments/{one.id}"


@pytest.mark.parametrize("context_options", SCREENS, indirect=True)
def test_an_admin_reads_what_is_held_and_forgets_them(page: Any, here: str, axe: Any, context_options: Any):
    page.goto(here)
    page.get_by_role("link", name="All that is held about them").click()
    scripts = context_options.get("java_script_enabled", True)
    if scripts:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Why?").select_option("asked")
    page.get_by_label(f"Type “{WORDS}”").fill(WORDS)
    page.get_by_role("button", name="Erase for good").click()
    page.get_by_text("They are forgotten.").wait_for()
    page.get_by_role("heading", name="Forgotten").wait_for()
    if scripts:
        assert axe(page) == []
