"""After the delivery in a real browser: by keyboard, without JavaScript, and with nothing for axe to find."""

import pytest

from tests.dispatch import new_dispatch
from tests.pictures import photo
from tests.recipient import Recipient, recipient_of
from tests.web.test_proof import event_of, sends

LOOKS = [
    pytest.param({"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}, id="phone-light"),
    pytest.param({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, id="desk-dark"),
    pytest.param({"java_script_enabled": False}, id="no-javascript"),
]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch, clock) -> Recipient:
    ann = recipient_of(app, dispatch)
    dispatch.reports(event_of(clock, proof={"lat": 10.0, "lng": 20.001, "signed_by": "A. Archer"}))
    assert sends(dispatch, photo(640, 480)).status_code == 200
    return ann


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_somebody_says_that_it_is_not_there_and_finds_it(page, ann):
    page.goto(ann.path)
    page.get_by_role("link", name="Yes or no").click()
    page.get_by_role("button", name="I do not have it").click()
    assert "We ask the driver where it was left" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="I have it").click()
    assert "We have noted that you have your parcel." in page.get_by_role("status").inner_text()


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_somebody_reports_a_problem_with_a_picture(page, ann, tmp_path):
    picture = tmp_path / "box.jpg"
    picture.write_bytes(photo(2000, 1500))
    page.goto(ann.path)
    page.get_by_role("link", name="Tell us about a problem").first.click()
    page.get_by_role("radio", name="It is damaged").check()
    page.get_by_label("What happened, in your words").fill("The corner is crushed.")
    page.get_by_label("Pictures").set_input_files(picture)
    page.get_by_role("button", name="Send").click()
    assert "our support have it now" in page.get_by_role("status").inner_text()


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_somebody_rates_by_keyboard_alone(page, ann):
    page.goto(ann.path + "/rate")
    page.get_by_role("radio", name="Very good").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("On time")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert page.get_by_role("radio", name="Good", exact=True).is_checked()
    assert page.get_by_label("A few words").input_value() == "On time"


@pytest.mark.parametrize("context_options", LOOKS[:1], indirect=True)
def test_the_photo_is_shown_after_the_code(page, ann, axe):
    page.goto(ann.path + "/proof")
    assert page.locator("img").count() == 0
    page.get_by_role("link", name="Show it").click()
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code with 6 digits").fill(ann.code())
    page.get_by_role("button", name="Confirm").click()
    picture = page.get_by_role("img", name="Photo of where your parcel was left")
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") == 640
    assert "A. Archer" in page.locator("main").inner_text()
    assert axe(page) == []


@pytest.mark.parametrize("context_options", LOOKS[:2], indirect=True)
def test_axe_finds_nothing(page, ann, axe):
    for where in ("", "/proof", "/received", "/problem", "/rate", "/problem?done=1"):
        page.goto(ann.path + where)
        assert axe(page) == [], where
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide), where
