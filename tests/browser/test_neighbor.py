"""A neighbor's page in a real browser: by keyboard, without JavaScript, small, in the dark, and for everybody."""

import pytest
from playwright.sync_api import expect

from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.flows import change
from portal.store import shipments
from tests.dispatch import new_dispatch
from tests.neighbor import Neighbor, asks, neighbor_of, says_yes
from tests.recipient import recipient_of

LOOKS = [
    pytest.param({"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}, id="phone-light"),
    pytest.param({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, id="desk-dark"),
    pytest.param({"java_script_enabled": False}, id="no-javascript"),
]
SMALL = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
SMALLEST_TARGET_PX = 24


@pytest.fixture
def wen(app) -> Neighbor:
    """Wen, who was asked by email."""
    recipient_of(app, new_dispatch(app))
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.transaction() as session:
        (known,) = shipments.by_references(session, [(1, "A-1")]).values()
        wish = LeaveWithNeighbor("Wen Li", "14", "wen@example.net")
        assert isinstance(change.ask(session, kit.voice, known.shipment, wish, kit.now()), change.Asked)
    return neighbor_of(app)


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_a_neighbor_says_yes_sets_hours_and_takes_it_back(page, wen, app):
    page.goto(wen.path)
    page.get_by_role("button", name="Yes, I can take it").click()
    assert page.locator(".code").inner_text().isdigit()
    page.get_by_text("When we may ask you, and how often").click()
    page.get_by_role("checkbox", name="Sunday").uncheck()
    page.get_by_label("How many parcels a week at most?").select_option("2")
    page.get_by_role("button", name="Save").click()
    assert "We keep to it" in page.get_by_role("status").inner_text()
    page.get_by_text("I cannot take it after all").click()
    page.get_by_role("button", name="Take my yes back").click()
    expect(page.get_by_role("heading", name="You have taken your yes back")).to_be_visible()
    assert asks(app)[0].answer == "taken_back"


def test_everything_is_done_with_the_keyboard(page, wen, app):
    page.goto(wen.path)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
        if reached[-1] == "No, not this time":
            break
    assert "Yes, I can take it" in reached
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you for your answer").wait_for()
    assert asks(app)[0].answer == "no"


@pytest.mark.parametrize("context_options", LOOKS[:2], indirect=True)
def test_axe_finds_nothing(page, axe, wen, app):
    page.goto(wen.path)
    for closed in page.locator("summary").all():
        closed.click()
    assert axe(page) == []
    says_yes(app)
    page.goto(wen.path + "?done=saved")
    for closed in page.locator("summary").all():
        closed.click()
    assert axe(page) == []
    page.get_by_role("button", name="Take my yes back").click()
    assert axe(page) == []


@pytest.mark.parametrize("context_options", [SMALL], indirect=True)
@pytest.mark.parametrize("lang", ["de", "pl"])
def test_it_fits_the_smallest_phone(page, wen, lang):
    page.goto(f"{wen.path}?lang={lang}")
    for closed in page.locator("summary").all():
        closed.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = [one.bounding_box() for one in page.locator("main button:visible, main label:visible").all()]
    assert all(box["height"] >= SMALLEST_TARGET_PX for box in boxes if box)
