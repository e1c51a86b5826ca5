"""The page of preferences and the one of unsubscribing in a real browser: for everybody, without JavaScript too."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from notifications.message import Channel
from portal.store import outbox
from tests.dispatch import new_dispatch
from tests.recipient import Recipient, recipient_of

BEN = {"name": "Ben Okoro", "phone": "+4915112345678", "email": "ben.okoro@a-long-name.example.com"}
LOOKS = [
    pytest.param({"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}, id="phone-light"),
    pytest.param({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, id="desk-dark"),
    pytest.param({"java_script_enabled": False}, id="no-javascript"),
]
SMALL = {"viewport": {"width": 320, "height": 640}, "has_touch": True}


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ben(app, dispatch) -> Recipient:
    return recipient_of(app, dispatch, recipient=BEN)


@pytest.fixture
def link(app, dispatch, ben, clock) -> str:
    """The link in the header of an email."""
    dispatch.happens("A-1", "at_depot", clock())
    with app.extensions["doorstep"].reading() as session:
        email = next(one for one in outbox.latest(session) if one.channel is Channel.EMAIL)
    return urlsplit(email.headers["unsubscribe"]).path


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_somebody_chooses_and_stops(page, ben):
    page.goto(ben.path)
    page.get_by_role("link", name="Choose how we tell you").click()
    page.get_by_role("radio", name="By email", exact=False).last.check()
    page.get_by_label("In which language?").select_option("Türkçe")
    page.get_by_role("checkbox", name="Before the day").uncheck()
    page.get_by_label("Not before").select_option("10:00")
    page.get_by_role("button", name="Save").click()
    assert "We tell you the way you have chosen." in page.get_by_role("status").inner_text()
    assert not page.get_by_role("checkbox", name="Before the day").is_checked()
    assert page.get_by_label("Not before").input_value() == "10:00"
    page.get_by_text("Stop all texts to the number ending in 78").click()
    page.get_by_role("button", name="Stop all texts").click()
    assert "Answer START to one of our texts" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Back to the delivery").click()
    assert urlsplit(page.url).path == ben.path


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_somebody_unsubscribes_and_comes_back(page, link):
    page.goto(link)
    page.get_by_role("button", name="No more emails").click()
    assert "no longer sends news" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Send me emails again").click()
    expect(page.get_by_role("button", name="No more emails")).to_be_visible()


@pytest.mark.parametrize("context_options", LOOKS[:2], indirect=True)
def test_axe_finds_nothing(page, axe, app, dispatch, ben, link):
    texts_unasked = recipient_of(app, dispatch, "A-2", recipient={"name": "Cy", "phone": "+12025550177"})
    for path in (f"{ben.path}/preferences?done=saved", f"{texts_unasked.path}/preferences", link):
        page.goto(path)
        assert axe(page) == [], path
    page.get_by_role("button", name="No more emails").click()
    assert axe(page) == []
    page.goto(f"{ben.path}/preferences")
    page.get_by_text("Stop all texts to the number ending in 78").click()
    assert axe(page) == []
    page.get_by_role("button", name="Stop all texts").click()
    assert axe(page) == []


@pytest.mark.parametrize("context_options", [pytest.param(SMALL, id="320px")], indirect=True)
def test_nothing_is_wider_than_a_small_phone(page, ben, link):
    for path in (f"{ben.path}/preferences?lang=de", f"{link}?lang=de"):
        page.goto(path)
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide), path
        small = page.evaluate(
            """() => [...document.querySelectorAll('a, button, label.choice, select, summary')]
                .filter(e => e.offsetParent && e.className != 'skip' && e.offsetHeight < 24)
                .map(e => e.outerHTML)"""
        )
        assert small == [], path
