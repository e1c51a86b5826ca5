"""The ten calls of docs/support-questions.md, answered in the demo by keyboard alone, each in at most four key actions.

A key action is a key that is pressed, or a clue that is typed. Each call comes in while the dossier of the one before
is open, so "/" to search is counted too.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.clock import ManualClock
from portal.demo import papers, places, seed
from portal.demo.plan import Day
from portal.domain.kinds.locker import LeaveInLocker
from portal.flows import change
from portal.store import agents, shipments
from portal.store.shipment_rows import ShipmentRow
from tests.demo.conftest import day, depot, town
from tests.demo.playing import Played, played
from tests.office import Office

__all__ = ["day", "depot", "town"]
MOST = 4
LOCKERS = [station.key for station in places.STATIONS]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "support-questions.md"
IN_SIGHT = """([text, within]) => {
  const lies = part => {
    const box = part.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.top < innerHeight - 8;
  };
  return [...document.querySelectorAll(within)].some(part => lies(part) && part.innerText.includes(text));
}"""


@pytest.fixture
def clock(day: Day) -> ManualClock:
    return ManualClock(day.at("07:28"))


@pytest.fixture
def settings(settings: Any) -> Any:
    """A person's minutes on a day that runs fast."""
    settings.code_minutes = settings.answer_minutes = 600
    settings.demo = True
    return settings


@pytest.fixture
def context_options() -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def morning(app: Any, live_server: str, clock: Any, settings: Any, depot: Any) -> Iterator[Played]:
    """The demo as it stands at eleven."""
    until, step = depot.day.at("11:00"), timedelta(minutes=5)
    with played(app, live_server, clock, settings.database, depot, until, step) as left:
        yield left


class Hands:
    """An agent's hands on the keyboard; counts what they do for one call."""

    def __init__(self, page: Any, kit: Any) -> None:
        self.page, self.kit, self.actions = page, kit, 0

    def finds(self, clue: str) -> "Hands":
        """Search, type, open."""
        self.actions = 0
        return self.searches(clue)

    def leaves_the_field_and_finds(self, clue: str) -> "Hands":
        """The same while the cursor stands in a form, where a slash would be written."""
        self.actions = 0
        return self.presses("Escape").searches(clue)

    def searches(self, clue: str) -> "Hands":
        return self.presses("/").types(clue).opens()

    def presses(self, key: str) -> "Hands":
        self.actions += 1
        self.page.keyboard.press(key)
        return self

    def opens(self) -> "Hands":
        self.actions += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def filters(self, key: str) -> "Hands":
        """A key that shows a part of the timeline."""
        self.actions += 1
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self

    def types(self, clue: str) -> "Hands":
        self.actions += 1
        self.page.keyboard.type(clue)
        return self

    def reads(self, *texts: str, within: str = "p, li, h1, h2, dd, summary, label") -> None:
        """All of it is on the screen, without another key, and it took no more than four."""
        for text in texts:
            self.page.wait_for_function(IN_SIGHT, arg=[text, within])
        assert self.actions <= MOST, (self.actions, texts)


@pytest.fixture
def hands(page: Any, app: Any, clock: Any, live_server: str, morning: Played) -> Hands:
    """Somebody who signed in this morning."""
    office = Office(app, clock)
    with office.kit.reading() as session:
        alex = agents.by_email(session, seed.AGENT)
    assert alex is not None
    cookie = office.enter(app.test_client(), alex).get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    page.goto(f"/console?q={morning.reference('Theo Marchetti')}")
    return Hands(page, office.kit)


def test_ten_questions_are_answered_in_at_most_four_key_actions(hands: Hands, morning: Played):
    where_is_it_and_when(hands, morning)
    why_did_i_get_this_text(hands, morning)
    why_did_i_get_no_text(hands, morning)
    it_says_delivered_and_i_have_nothing(hands, morning)
    i_asked_for_something_and_they_did_otherwise(hands, morning)
    can_you_change_it_for_me(hands, morning)
    my_number_is_wrong(hands, morning)
    what_is_the_code_and_until_when(hands, morning)
    stop_the_texts_and_i_cannot_open_the_link(hands, morning)
    the_driver_was_never_here(hands, morning)


def where_is_it_and_when(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Priya Raman")).reads("On the van", "Today between")


def why_did_i_get_this_text(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Samuel Okafor")).presses("w")
    hands.reads("Why it exists: Dispatch reported delayed", "This news goes by text")


def why_did_i_get_no_text(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Sabine Lorenz")).presses("n")
    hands.reads("How they are told", "There is no phone number", "Text: not sent.", "by email only")


def it_says_delivered_and_i_have_nothing(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Sofia Petrakis")).presses("p")
    hands.reads("Delivered to someone in the household", "m from the door's place", "Signed by")


def i_asked_for_something_and_they_did_otherwise(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Sofia Petrakis")).filters("c")
    hands.reads("Not done as asked: leave it at a safe place: porch")


def can_you_change_it_for_me(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Amina Diallo")).presses("k")
    assert hands.page.evaluate("document.activeElement.closest('section').querySelector('#caller') !== null")
    assert hands.actions <= MOST


def my_number_is_wrong(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Amina Diallo")).presses("r").reads("New number")
    assert hands.page.evaluate("document.activeElement.id") == "new-phone"


def what_is_the_code_and_until_when(hands: Hands, morning: Played) -> None:
    put_into_a_locker(hands, morning, "Sabine Lorenz")
    hands.leaves_the_field_and_finds(morning.reference("Sabine Lorenz"))
    hands.reads("Ready for pickup", "until", "To read it out here, verify the caller first")
    hands.finds(morning.reference("Jonas Brandt")).reads("Ready for pickup", "We keep no code")


def put_into_a_locker(hands: Hands, morning: Played, name: str) -> None:
    """Somebody asked for one, dispatch agreed, and the driver has been there."""
    one = morning.depot.named(name)
    with hands.kit.transaction() as session:
        found = session.execute(select(ShipmentRow.id).where(ShipmentRow.reference == one.reference))
        shipment = shipments.by_ids(session, [found.scalar_one()]).popitem()[1]
        asks = (
            change.ask(session, hands.kit.voice, shipment, LeaveInLocker(key), hands.kit.now())
            for key in LOCKERS
        )
        asked = next(one for one in asks if isinstance(one, change.Asked))
    morning.dispatch.decide(asked.change.id, {"decision": "accepted"})
    event = papers.event(f"{one.reference}-locker", one, "ready_for_pickup", hands.kit.now())
    assert morning.dispatch.send("events", [event])[0]["outcome"] == "taken"


def stop_the_texts_and_i_cannot_open_the_link(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Priya Raman")).presses("n")
    hands.reads("It opens their page", "answer STOP")


def the_driver_was_never_here(hands: Hands, morning: Played) -> None:
    hands.finds(morning.reference("Jonas Brandt")).filters("e")
    hands.reads("Delivery attempt failed", "Reason given by dispatch")


def test_every_question_of_the_document_is_asked_here():
    asked = re.findall(r"^## \d+\. (.+)$", DOCUMENT.read_text(), re.MULTILINE)
    assert len(asked) == 10
