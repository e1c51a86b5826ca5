"""The desk in a real browser: all by keyboard, all without scripts, two dispatchers, and nothing for axe to find."""

from typing import Any

import pytest
from playwright.sync_api import expect

from portal.domain.change import Life
from portal.domain.kinds.safe_place import LeaveInSafePlace
from tests.office import Office

SCREENS = [
    {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
]
DESKTOP = SCREENS[0]
NO_SCRIPT = {"java_script_enabled": False, **DESKTOP}
PORCH = LeaveInSafePlace("porch", "behind the blue pot")


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return getattr(request, "param", DESKTOP)


@pytest.fixture
def office(app: Any, clock: Any, page: Any, live_server: str) -> Office:
    """Two doors on one route, both with a wish, and a dispatcher at the browser."""
    office = Office(app, clock)
    office.pax = office.shop("pax", "Pax Möbel")
    sits_down(office, page.context, live_server, "ann@example.com")
    office.first = office.shipment(office.pax, "PX-1", codes=("one",))
    office.second = office.shipment(office.pax, "PX-2", "Priya Raman", "+49301111", lines=("Am Markt 2",))
    for shipment in (office.first, office.second):
        office.event(shipment, "at_depot")
    office.round = office.route("R-1", office.first, office.second)
    return office


def sits_down(office: Office, context: Any, live_server: str, email: str) -> None:
    """A dispatcher of this name is signed in at this browser."""
    client = office.enter(office.app.test_client(), office.agent(email))
    cookie = client.get_cookie("doorstep-agent")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])


def asked(office: Office) -> tuple[Any, Any]:
    """Both doors want something; the first one's time runs out first."""
    first = office.asks(office.first, PORCH)
    office.clock.forward(seconds=30)
    return first, office.wish(office.second, "Wen Li", "3")


def life(office: Office, change: Any) -> Life:
    return office.known(change).life


@pytest.mark.parametrize("context_options", SCREENS, indirect=True)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Any, office: Office, axe: Any):
    first, second = asked(office)
    page.goto("/desk")
    assert axe(page) == []
    page.locator(f"#change-{first.id} summary").click()
    assert axe(page) == []
    page.locator(f"#change-{second.id} [data-accept]").click()
    page.get_by_text("You accept").wait_for()
    if page.locator("[data-help]").is_visible():
        page.locator("[data-help] summary").click()
    assert axe(page) == []
    page.goto(f"/desk?route={office.round}")
    page.frame_locator("[data-map]").locator(".stop.waits").first.wait_for()
    assert axe(page) == []
    for path in ("/desk", f"/desk?route={office.round}", "/console/queue"):
        page.goto(path)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_changes_are_answered_by_keyboard_alone(page: Any, office: Office):
    first, second = asked(office)
    page.goto("/desk")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    page.get_by_text("You accept").wait_for()
    page.locator(f"#change-{first.id}").wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == f"change-{second.id}"
    page.keyboard.press("r")
    page.keyboard.press("2")
    page.get_by_text("You refuse").wait_for()
    page.locator(f"#change-{second.id}").wait_for(state="detached")
    office.desk_ticks()
    assert (life(office, first), life(office, second)) == (Life.ACCEPTED, Life.REFUSED)
    assert office.known(second).reason_code == "not_on_the_way"


def test_a_key_that_answers_chooses_first_where_nothing_is_chosen(page: Any, office: Office):
    first, _ = asked(office)
    page.goto("/desk")
    page.keyboard.press("a")
    page.get_by_text("This change is chosen now.").wait_for()
    assert page.evaluate("document.activeElement.id") == f"change-{first.id}"
    assert life(office, first) is Life.ASKED
    page.keyboard.press("a")
    page.get_by_text("You accept").wait_for()


def test_an_answer_is_undone_by_one_key_and_the_change_is_back_in_focus(page: Any, office: Office):
    first, _ = asked(office)
    page.goto("/desk")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.get_by_text("the recipient is told in").wait_for()
    page.keyboard.press("u")
    page.get_by_text("waits for an answer again").wait_for()
    page.locator(f"#change-{first.id}").wait_for()
    assert page.evaluate("document.activeElement.id") == f"change-{first.id}"
    office.desk_ticks()
    assert life(office, first) is Life.ASKED


def test_keys_lead_to_the_filters_and_to_their_own_list(page: Any, office: Office):
    asked(office)
    page.goto("/desk")
    page.keyboard.press("?")
    expect(page.get_by_text("undo your last answer, for 8 seconds")).to_be_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "depot"


def test_a_route_is_shown_as_map_and_as_list_and_a_stop_leads_to_its_change(page: Any, office: Office):
    first, second = asked(office)
    page.goto("/desk")
    page.get_by_label("Route").select_option(label="R-1")
    page.wait_for_url("**route=*")
    marks = page.frame_locator("[data-map]").locator(".stop.waits")
    marks.first.wait_for()
    assert sorted(marks.all_inner_texts()) == ["1", "2"]
    expect(page.get_by_role("row", name="2 Am Markt 2").get_by_text("change waits")).to_be_visible()
    marks.last.press("Enter")
    page.locator("[data-change]:focus").wait_for()
    assert page.evaluate("document.activeElement.id") in (f"change-{first.id}", f"change-{second.id}")


def test_two_dispatchers_at_once_are_one_answer(page: Any, office: Office, browser: Any, live_server: str):
    first, _ = asked(office)
    other = browser.new_context(base_url=live_server)
    sits_down(office, other, live_server, "lou@example.com")
    lou = other.new_page()
    lou.goto("/desk")
    page.goto("/desk")
    page.locator(f"#change-{first.id} [data-accept]").click()
    page.get_by_text("You accept").wait_for()
    lou.locator(f"#change-{first.id} summary").click()
    lou.keyboard.press("1")
    lou.get_by_text("ann@example.com has just accepted this change").wait_for()
    office.desk_ticks()
    assert life(office, first) is Life.ACCEPTED
    other.close()


def test_single_keys_can_be_turned_off(page: Any, office: Office):
    first, _ = asked(office)
    page.goto("/desk")
    page.locator("[data-help] summary").click()
    page.get_by_role("button", name="Turn keys off").click()
    page.locator(f"#change-{first.id}").focus()
    page.keyboard.press("a")
    page.goto("/desk")
    page.locator("[data-help] summary").click()
    expect(page.get_by_role("button", name="Turn keys on")).to_be_visible()
    assert page.locator("[data-pending]").count() == 0


def test_the_desk_fills_by_itself_and_keeps_what_is_being_written(page: Any, office: Office):
    first = office.asks(office.first, PORCH)
    page.goto("/desk")
    page.locator(f"#change-{first.id} summary").click()
    words = page.locator(f"#words-{first.id}")
    words.fill("The gate is")
    second = office.wish(office.second, "Wen Li", "3")
    page.locator(f"#change-{second.id}").wait_for()
    assert words.input_value() == "The gate is"
    assert page.evaluate("document.activeElement.id") == f"words-{first.id}"
    assert page.title().startswith("(2)")


def test_own_words_are_sent_by_enter_and_no_standard_reason_with_them(page: Any, office: Office):
    first = office.asks(office.first, PORCH)
    page.goto("/desk")
    page.locator(f"#change-{first.id} summary").click()
    page.locator(f"#words-{first.id}").fill("The porch is being painted.")
    page.keyboard.press("Enter")
    page.get_by_text("You refuse").wait_for()
    office.desk_ticks()
    assert office.known(first).reason == "The porch is being painted."


@pytest.mark.parametrize("context_options", [NO_SCRIPT], indirect=True)
def test_everything_works_without_scripts(page: Any, office: Office):
    first, second = asked(office)
    page.goto("/desk")
    page.locator(f"#change-{first.id}").get_by_role("button", name="Accept").click()
    expect(page.get_by_text("You accept")).to_be_visible()
    page.locator("[data-pending]").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("waits for an answer again")).to_be_visible()
    page.locator(f"#change-{first.id}").get_by_role("button", name="Accept").click()
    change = page.locator(f"#change-{second.id}")
    change.locator("summary").click()
    change.get_by_role("button", name="The van does not come past").click()
    expect(page.get_by_text("You refuse")).to_be_visible()
    page.get_by_label("Route").select_option(label="R-1")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row", name="1 Lindenstraße 12")).to_be_visible()
    office.desk_ticks()
    assert (life(office, first), life(office, second)) == (Life.ACCEPTED, Life.REFUSED)


def test_what_dispatch_needs_stands_beside_each_kind(page: Any, office: Office):
    office.asks(office.first, PORCH)
    page.goto("/desk")
    expect(page.get_by_text("porch, behind the blue pot").first).to_be_visible()
    expect(page.get_by_text("ring first")).to_be_visible()
    expect(page.get_by_text("R-1, stop 1")).to_be_visible()
