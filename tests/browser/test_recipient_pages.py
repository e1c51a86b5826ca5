"""The recipient's pages in a real browser: for everybody, at every width, by keyboard, without JavaScript."""

import time

import pytest
from playwright.sync_api import expect

from tests.dispatch import locker, new_dispatch, slot
from tests.recipient import Recipient, recipient_of
from tests.web.test_tracking import on_the_van

LOOKS = [
    pytest.param({"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}, id="phone-light"),
    pytest.param({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, id="desk-dark"),
]
SMALL = {"viewport": {"width": 320, "height": 640}, "has_touch": True}


@pytest.fixture
def settings(settings):
    # a clock that runs faster makes the pages look for news every two seconds
    return settings.model_copy(update={"clock_speed": 60.0})


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch) -> Recipient:
    dispatch.offers(slots=[slot()], lockers=[locker(), locker("full", name="Harbor", count=0)])
    return recipient_of(app, dispatch)


def wider_than_the_screen(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_axe_finds_nothing_on_any_page(page, axe, ann, dispatch, clock):
    for where in (
        "",
        "/change",
        "/change?kind=neighbor",
        "/change?kind=locker",
        "/change?kind=new_window",
        "/proof",
    ):
        page.goto(ann.path + where)
        assert axe(page) == [], where
    page.goto(f"{ann.path}/change?kind=neighbor")
    page.get_by_role("button", name="Continue").click()
    assert "Please give the name of your neighbor." in page.get_by_role("alert").inner_text()
    assert axe(page) == []
    page.get_by_label("Name of your neighbor").fill("Mrs. Oak")
    page.get_by_label("House number").fill("14")
    page.get_by_role("button", name="Continue").click()
    assert axe(page) == []
    page.get_by_role("button", name="Send me a code").click()
    assert axe(page) == []
    page.get_by_label("Code with 6 digits").fill("000000")
    page.get_by_role("button", name="Confirm").click()
    assert axe(page) == []
    on_the_van(dispatch, clock)
    page.goto(ann.path)
    page.frame_locator("iframe").locator(".van").wait_for()
    assert axe(page) == []
    page.goto("/t/unknown")
    assert axe(page) == []


@pytest.mark.parametrize("context_options", [pytest.param(SMALL, id="320px")], indirect=True)
def test_nothing_is_wider_than_a_small_phone_and_everything_is_big_enough_to_touch(
    page, ann, dispatch, clock
):
    for where in (
        "",
        "/change",
        "/change?kind=neighbor",
        "/change?kind=locker",
        "/change?kind=new_window",
        "/verify",
    ):
        page.goto(f"{ann.path}{where}{'&' if '?' in where else '?'}lang=de")
        assert not wider_than_the_screen(page), where
        small = page.evaluate(
            """() => [...document.querySelectorAll('a, button, label.choice, input.code')]
                .filter(e => e.offsetParent && e.className != 'skip' && e.offsetHeight < 24)
                .map(e => e.outerHTML)"""
        )
        assert small == [], where
    on_the_van(dispatch, clock)
    page.goto(ann.path)
    assert not wider_than_the_screen(page)


@pytest.mark.parametrize(
    "context_options", [pytest.param({"java_script_enabled": False}, id="no-javascript")], indirect=True
)
def test_a_delivery_is_changed_without_javascript(page, ann):
    page.goto(ann.path)
    page.get_by_role("link", name="Send it to a locker").click()
    page.get_by_role("radio", name="Station 0.2 mi").check()
    page.get_by_role("button", name="Continue").click()
    assert "Send it to a locker\n\nStation, 1 Station Sq" in page.inner_text("main")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code with 6 digits").fill(ann.code())
    page.get_by_role("button", name="Confirm").click()
    assert "We have asked the depot" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Take it back").click()
    assert "You have taken your wish back." in page.get_by_role("status").inner_text()


def test_a_delivery_is_changed_by_keyboard_alone(page, ann):
    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.innerText || document.activeElement.id")
            if focused.startswith(name):
                return
        raise AssertionError(f"{name} cannot be reached by keyboard")

    page.goto(ann.path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to("Leave it with a neighbor")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change?kind=neighbor")
    tab_to("name")
    page.keyboard.type("Mrs. Oak")
    page.keyboard.press("Tab")
    page.keyboard.type("14")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verify")
    tab_to("Send me a code")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Confirm").wait_for()
    assert page.evaluate("document.activeElement.id") == "code"
    page.keyboard.type(ann.code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/change?done=nominated")


def test_the_language_is_chosen_by_keyboard(page, axe, ann):
    page.goto(ann.path)
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.get_by_role("link", name="Polski").is_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Polski")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert page.get_by_role("link", name="Polski").is_hidden()
    assert page.evaluate("document.activeElement.innerText") == "English"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Deutsch"
    page.keyboard.press("Enter")
    page.wait_for_url("**?lang=de")
    expect(page.get_by_role("button", name="Deutsch")).to_be_visible()


PHONE = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}


@pytest.mark.parametrize("context_options", [pytest.param(PHONE, id="no-javascript")], indirect=True)
def test_the_languages_take_one_row_of_a_phone_and_open_without_javascript(page, ann):
    page.goto(ann.path)
    assert page.locator(".bar").bounding_box()["height"] <= 80
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="Türkçe").click()
    expect(page.get_by_role("button", name="Türkçe")).to_be_visible()


def test_news_appear_without_reloading_and_stop_at_the_end(page, ann, dispatch, clock):
    page.goto(ann.path)
    page.evaluate("window.same = true")
    dispatch.happens("A-1", "at_depot", clock())
    page.get_by_text("Your parcel is at the depot near you.").wait_for()
    dispatch.happens("A-1", "delivered", clock(), how="recipient")
    page.get_by_role("heading", name="Delivered today at 8 am").wait_for()
    assert page.evaluate("window.same")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2_600)
    assert asked == []


def lat_of_van(frame) -> float | None:
    return frame.evaluate("window.marker_van?.getLatLng().lat")


def wait_until(true, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_van_moves_on_the_map_without_reloading_it(page, ann, dispatch, clock):
    on_the_van(dispatch, clock)
    page.goto(ann.path)
    page.frame_locator("iframe").locator(".van").wait_for()
    frame = page.frames[1]
    wait_until(lambda: (lat_of_van(frame) or 0) > 10.005)
    frame.evaluate("window.same = true")
    clock.forward(seconds=30)
    dispatch.stands("V-1", 10.003, 20.002, clock())
    wait_until(lambda: lat_of_van(frame) < 10.0045)
    assert frame.evaluate("window.same")


def test_a_lost_connection_is_said_quietly(page, ann, watch):
    page.goto(ann.path)
    page.context.set_offline(True)
    page.get_by_text("No connection right now.").wait_for(timeout=15_000)
    page.context.set_offline(False)
    page.get_by_text("No connection right now.").wait_for(state="hidden", timeout=15_000)
    watch.forgive("ERR_INTERNET_DISCONNECTED")


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_the_pattern_page_renders(page, axe, app, live_server):
    with app.test_request_context():
        html = app.jinja_env.get_template("pages/patterns.html").render()
    page.goto("/t/unknown")
    page.set_content(html.replace('href="/', f'href="{live_server}/'), wait_until="load")
    assert axe(page) == []
    assert not wider_than_the_screen(page)
