"""Choosing a locker and collecting from it in a real browser: for everybody, by keyboard, without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_recipient_pages import LOOKS, wider_than_the_screen
from tests.dispatch import locker, new_dispatch
from tests.lockers import booking, opens, put_in
from tests.recipient import Recipient, recipient_of

PLAIN = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}
LOW = {"size": "L", "width_mm": 400, "height_mm": 400, "depth_mm": 600, "count": 1, "low": True}


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def ann(app, dispatch) -> Recipient:
    north = [locker(f"N{n:02}", name=f"North {n}", lat=10.003 + n / 500, count=n % 3) for n in range(12)]
    shop = locker("shop", name="Corner Shop", sort="pickup_point", reachable=True)
    away = locker("away", name="Main Station", address="1 Rail Rd, 54321 Farville", lat=11.0, lng=21.0)
    dispatch.offers(lockers=[*north, shop, away | {"compartments": [LOW]}])
    return recipient_of(app, dispatch)


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_axe_finds_nothing_where_a_locker_is_chosen_and_opened(page, axe, ann, dispatch, kit, clock):
    for more in ("", "&near=farville", "&near=nowhere", "&show=20"):
        page.goto(f"{ann.path}/change?kind=locker{more}")
        assert axe(page) == [], more
        assert not wider_than_the_screen(page)
    page.goto(f"{ann.path}/change?kind=locker")
    frame = page.frame_locator("iframe")
    frame.locator(".stand").first.wait_for()
    assert sorted(frame.locator(".stand").all_inner_texts(), key=int) == [str(n) for n in range(1, 11)]
    put_in(kit, dispatch, clock, key="shop")
    for more in ("", "?done=longer"):
        page.goto(f"{ann.path}/pickup{more}")
        assert axe(page) == []
        assert not wider_than_the_screen(page)
    page.get_by_role("link", name="Show the code").click()
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code with 6 digits").fill(ann.code())
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Make a code for somebody else").click()
    assert axe(page) == []
    assert not wider_than_the_screen(page)


@pytest.mark.parametrize("context_options", [PLAIN], indirect=True)
def test_a_locker_near_another_address_by_keyboard_and_without_javascript(page, ann, dispatch):
    page.goto(f"{ann.path}/change?kind=locker")
    page.get_by_text("Near another address").focus()
    page.keyboard.press("Enter")
    page.get_by_label("A street, a town or a postcode").focus()
    page.keyboard.type("54321")
    page.keyboard.press("Enter")
    page.get_by_text("Near Main Station, 1 Rail Rd, 54321 Farville").wait_for()
    page.get_by_role("radio", name="Main Station").focus()
    page.keyboard.press("Space")
    page.get_by_label("I need a low compartment").focus()
    page.keyboard.press("Space")
    page.get_by_label("If it is full, another one").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Continue").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send me a code").press("Enter")
    assert "Main Station" in page.inner_text("main")
    page.get_by_label("Code with 6 digits").focus()
    page.keyboard.type(ann.code())
    page.keyboard.press("Enter")
    page.get_by_text("Thank you. We have asked the depot").wait_for()
    (asked,) = dispatch.reads("A-1")["changes"]
    assert (asked["kind"], asked["to"]["locker"], asked["to"]["low"]) == ("locker", "away", True)


@pytest.mark.parametrize("context_options", [PLAIN], indirect=True)
def test_collecting_by_keyboard_and_without_javascript(page, ann, dispatch, kit, clock):
    put_in(kit, dispatch, clock, key="shop")
    page.goto(ann.path)
    page.get_by_role("link", name="Where, until when, and the code").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Corner Shop").wait_for()
    until = booking(kit).until
    page.get_by_role("button", name="Keep it longer").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Your parcel stays longer.").wait_for()
    assert booking(kit).until > until
    page.get_by_role("button", name="Make a code for somebody else").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send me a code").press("Enter")
    page.get_by_label("Code with 6 digits").fill(ann.code())
    page.get_by_label("Code with 6 digits").press("Enter")
    page.get_by_role("button", name="Make a code for somebody else").press("Enter")
    page.get_by_text("Here is the code for somebody else.").wait_for()
    own, lent = page.locator(".pickup-code").all_inner_texts()
    expect(page.get_by_role("img", name="The same code as a picture for the scanner")).to_be_visible()
    assert opens(dispatch, lent, "shop").json["by"] == "delegate"
    assert opens(dispatch, own, "shop").json["by"] == "recipient"
