"""Every kind of change as people make it: by keyboard alone, without JavaScript, in light and dark; axe looks on."""

import re
from dataclasses import dataclass, field

import pytest

from tests.dispatch import locker, new_dispatch, slot
from tests.recipient import Recipient, recipient_of, wishes_at_dispatch

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
WITHOUT_JAVASCRIPT = {"viewport": PHONE, "java_script_enabled": False}
LOOKS = [
    pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="phone-light"),
    pytest.param({"viewport": DESK, "color_scheme": "dark"}, id="desk-dark"),
]


@dataclass(frozen=True)
class Way:
    """How a kind is asked for by keyboard: its option, then per field its name and the keys; `code` confirms it."""

    option: str
    keys: tuple[tuple[str, str], ...]
    says: str
    code: bool = True
    done: str = "asked"
    to: dict[str, object] = field(default_factory=dict)


WAYS = {
    "new_window": Way(
        "Choose another time", (("slot", " "),), "today between 6 and 8", to={"slot": "evening"}
    ),
    "neighbor": Way(
        "Leave it with a neighbor",
        (("name", "Mrs. Oak"), ("house_number", "14"), ("contact", "oak@example.com")),
        "Mrs. Oak, 14",
        done="nominated",
    ),
    "locker": Way("Send it to a locker", (("locker", " "),), "Station", to={"locker": "station"}),
    "safe_place": Way(
        "Leave it in a safe place",
        (("spot", " "), ("words", "left of it")),
        "On the porch",
        to={"spot": "porch"},
    ),
    "hold": Way("Keep it at the depot", (("until", "F"),), "Friday, ", to={"until": "2026-06-19"}),
    "instructions": Way(
        "Tell the driver something",
        (("gate_code", "4711"), ("needs", " "), ("words", "blue door")),
        "Gate code: 4711",
        code=False,
        done="accepted",
        to={"gate_code": "4711", "needs": ["more_time"], "words": "blue door"},
    ),
    "address_correction": Way(
        "Correct the address", (("line", "14 Mill Lane"),), "14 Mill Lane", to={"line": "14 Mill Lane"}
    ),
}


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch) -> Recipient:
    dispatch.offers(slots=[slot()], lockers=[locker()])
    return recipient_of(app, dispatch)


def tab_to(page, wanted: str) -> None:
    """Press Tab until the link, button or field of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate("(e => [e.innerText || '', e.name || '', e.id || ''])(document.activeElement)")
        if here[0].startswith(wanted) or wanted in here[1:]:
            return
    raise AssertionError(f"{wanted} cannot be reached by keyboard")


def types(page, way: Way) -> None:
    for name, keys in way.keys:
        tab_to(page, name)
        page.keyboard.press("Space") if keys == " " else page.keyboard.type(keys)


def confirms(page, ann, way: Way) -> None:
    """By the code, which the phone shows, or by the button."""
    if way.code:
        tab_to(page, "Send me a code")
        page.keyboard.press("Enter")
        page.get_by_label("Code with 6 digits").wait_for()
        assert page.evaluate("document.activeElement.id") == "code"
        page.keyboard.type(ann.code())
    else:
        tab_to(page, "Yes, please do it")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("context_options", [WITHOUT_JAVASCRIPT], indirect=True, ids=["no-javascript"])
def test_a_kind_is_asked_by_keyboard_alone_and_without_javascript(page, ann, kind):
    way = WAYS[kind]
    page.goto(ann.path)
    tab_to(page, way.option)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/change?kind={kind}")
    types(page, way)
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verify" if way.code else "**/confirm")
    assert way.says in page.inner_text("main")
    confirms(page, ann, way)
    page.wait_for_url(f"**/change?done={way.done}")
    assert "Thank you." in page.get_by_role("status").inner_text()
    if kind != "neighbor":
        asked = next(one for one in wishes_at_dispatch(ann) if one["kind"] == kind)
        assert way.to.items() <= asked["to"].items()


@pytest.mark.parametrize("context_options", LOOKS, indirect=True)
def test_axe_finds_nothing_in_any_state_of_a_change(page, axe, ann, dispatch):
    def look(what: str) -> None:
        assert axe(page) == [], what
        assert not page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ), what

    for kind in WAYS:
        page.goto(f"{ann.path}/change?kind={kind}")
        look(kind)
    page.get_by_role("button", name="Continue").click()
    look("a form with a gap")
    page.goto(f"{ann.path}/change?kind=new_window")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    look("the code, with a slot that is kept")
    page.get_by_role("button", name="Choose something else").click()
    look("let go")
    page.goto(f"{ann.path}/change?kind=instructions")
    page.get_by_label("Gate or door code").fill("4711")
    page.get_by_role("button", name="Continue").click()
    look("the last look")
    page.get_by_role("button", name="Yes, please do it").click()
    look("accepted")
    page.goto(f"{ann.path}/change?kind=neighbor")
    page.get_by_label("Name of your neighbor").fill("Mrs. Oak")
    page.get_by_label("House number").fill("14")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code with 6 digits").fill(ann.code())
    page.get_by_role("button", name="Confirm").click()
    assert "Pass this link on to your neighbor." in page.inner_text("main")
    look("nominated, with a link to pass on")
    page.goto(ann.path)
    look("the delivery, with wishes")


def test_a_deadline_counts_down_by_the_clock_of_the_house(page, ann, clock):
    page.goto(f"{ann.path}/change?kind=hold")
    assert page.locator("time[data-until]").inner_text() in ("4 hr left", "3 hr 59 min left")
    page.goto(f"{ann.path}/change?lang=de")
    assert re.search(r"noch 5 Std\. (30|29) Min\.", page.inner_text("main"))
