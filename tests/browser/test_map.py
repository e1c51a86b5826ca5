"""The map in a real browser: it comes and goes quietly, moves gently, and needs neither mouse nor scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_recipient_pages import lat_of_van, wait_until
from tests.dispatch import new_dispatch
from tests.neighbor import neighbor_of
from tests.recipient import recipient_of
from tests.web.test_neighbor_pages import agrees, asked
from tests.web.test_tracking import on_the_van

CALM = {"reduced_motion": "reduce"}
STILL = {"java_script_enabled": False}
NEAR, NEARER = (10.0055, 20.0035), (10.003, 20.002)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"clock_speed": 60.0})


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


def map_of(page):
    """The map's frame once its van is drawn."""
    page.frame_locator("iframe").locator(".van").wait_for()
    return page.frames[1]


def drives(dispatch, clock, place) -> None:
    clock.forward(seconds=30)
    dispatch.stands("V-1", *place, clock())


def counts_moves(frame) -> None:
    frame.evaluate("window.moves = 0; window.marker_van.on('move', () => { window.moves += 1; })")


@pytest.mark.parametrize(
    ("context_options", "glides"),
    [pytest.param({}, True, id="gliding"), pytest.param(CALM, False, id="still")],
    indirect=["context_options"],
)
def test_the_van_glides_unless_somebody_asked_for_stillness(page, ann, dispatch, clock, glides):
    on_the_van(dispatch, clock)
    page.goto(ann.path)
    frame = map_of(page)
    counts_moves(frame)
    before = lat_of_van(frame)
    drives(dispatch, clock, NEARER)
    wait_until(lambda: lat_of_van(frame) < before)
    page.wait_for_timeout(1_800)
    assert (frame.evaluate("window.moves") > 5) == glides


def test_whoever_moved_the_map_keeps_what_they_see_until_they_want_the_van_again(page, ann, dispatch, clock):
    on_the_van(dispatch, clock)
    page.goto(ann.path)
    frame = map_of(page)
    page.locator("iframe").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    room = page.locator("iframe").bounding_box()
    x, y = room["x"] + room["width"] / 2, room["y"] + room["height"] * 0.7
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 80, steps=6)
    page.mouse.up()
    page.wait_for_timeout(800)
    looked_at, before = frame.evaluate("String(window.map_frame.getCenter())"), lat_of_van(frame)
    drives(dispatch, clock, NEARER)
    wait_until(lambda: lat_of_van(frame) < before)
    page.wait_for_timeout(1_800)
    assert frame.evaluate("String(window.map_frame.getCenter())") == looked_at
    frame.get_by_role("button", name="Show van and door").click()
    wait_until(lambda: frame.evaluate("window.map_frame.getBounds().contains(window.marker_van.getLatLng())"))


def test_the_map_comes_and_goes_without_a_reload_and_nothing_jumps(page, ann, dispatch, clock):
    page.goto(ann.path)
    page.evaluate("window.same = true")
    assert page.locator(".map").is_hidden()
    on_the_van(dispatch, clock, stops=12)
    page.locator(".map .still").wait_for()
    page.get_by_text("There are 11 stops before you.").wait_for()
    page.wait_for_timeout(500)
    room = page.locator(".map").bounding_box()
    assert page.locator("iframe").count() == 0
    for number in (1, 2):
        clock.forward(minutes=2)
        dispatch.happens(f"X-{number}", "delivered", clock(), how="recipient")
    dispatch.stands("V-1", 10.02, 20.01, clock())
    map_of(page)
    assert page.locator(".map").bounding_box() == room
    clock.forward(minutes=11)
    page.locator("iframe").wait_for(state="detached")
    page.get_by_text("We have not heard from the van for ten minutes").wait_for()
    assert page.locator(".map").bounding_box() == room
    dispatch.stands("V-1", *NEAR, clock())
    map_of(page)
    dispatch.happens("A-1", "delivered", clock(), how="recipient")
    page.get_by_text("The delivery is over, so the van is no longer shown.").wait_for()
    assert page.locator("iframe").count() == 0
    assert page.locator(".map").is_hidden()
    assert page.evaluate("window.same")


def test_the_map_is_skipped_or_entered_by_keyboard_in_the_pages_language(page, axe, ann, dispatch, clock):
    def focused(where) -> str:
        return where.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
        )

    on_the_van(dispatch, clock)
    page.goto(f"{ann.path}?lang=de")
    frame = map_of(page)
    skip = page.get_by_role("link", name="Karte überspringen")
    skip.focus()
    assert skip.bounding_box()["y"] > page.locator(".map").bounding_box()["y"]
    assert axe(page) == []
    page.keyboard.press("Tab")
    found = []
    for _ in range(4):
        found.append(focused(frame))
        page.keyboard.press("Tab")
    assert {"Karte mit dem Lieferwagen und Ihrer Tür", "Vergrößern", "Verkleinern"} <= set(found)
    skip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") != "IFRAME"
    assert page.url.endswith("#van")


@pytest.mark.parametrize("context_options", [pytest.param(STILL, id="no-javascript")], indirect=True)
def test_without_scripts_there_is_a_picture_with_the_van(page, ann, dispatch, clock):
    on_the_van(dispatch, clock, stops=12)
    page.goto(ann.path)
    expect(page.locator(".map .still")).to_be_visible()
    clock.forward(minutes=2)
    for number in range(1, 12):
        dispatch.happens(f"X-{number}", "delivered", clock(), how="recipient")
    dispatch.stands("V-1", *NEAR, clock())
    page.goto(ann.path)
    picture = page.frame_locator("iframe").get_by_role("img", name="Map with the van and your door")
    picture.wait_for()
    assert picture.bounding_box()["height"] > 200


def test_a_neighbor_who_said_yes_sees_the_same_map(page, axe, app, ann, dispatch, clock):
    asked(app)
    wen = neighbor_of(app)
    wen.says("yes")
    agrees(app)
    on_the_van(dispatch, clock)
    page.goto(wen.path)
    map_of(page)
    page.get_by_text("You are the next stop.").wait_for()
    assert axe(page) == []
