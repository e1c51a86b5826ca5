"""The demo's outbox as a stranger plays with it: texts are answered, providers fail, and the voice finds its way."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.clock import ManualClock
from portal.demo import papers
from portal.demo.depot import Depot
from tests.demo.house import send, work
from tests.recipient import text_of

pytestmark = pytest.mark.engines("sqlite")
NUMBERS = iter(range(1, 1000))


class Stranger:
    """Somebody at the outbox, who reads it part by part and presses its buttons."""

    def __init__(self, client: Any, app: Any, key: str, depot: Depot, clock: ManualClock, told: Any) -> None:
        self.client, self.app, self.key, self.depot, self.clock, self.told = (
            client,
            app,
            key,
            depot,
            clock,
            told,
        )

    def who(self, name: str) -> int:
        return int(self.told[self.depot.named(name).reference]["id"])

    def part(self, part: str, name: str = "") -> list[str]:
        """The items of a part of the page, oldest first, for one person or for all."""
        answer = self.client.get("/outbox/live", query_string={"who": self.who(name)} if name else {})
        return [text_of(one) for one in re.findall(r"<li.*?</li>", answer.json[part], re.DOTALL)][::-1]

    def happens(self, name: str, happening: str, **more: str) -> None:
        self.clock.forward(seconds=10)
        event = papers.event(f"x-{next(NUMBERS)}", self.depot.named(name), happening, self.clock(), **more)
        assert send(self.client, self.app, self.key, event) == ["taken"]

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/outbox").text)
        assert found
        return found[1]

    def types(self, name: str, text: str) -> Any:
        self.clock.forward(seconds=10)
        fields = {"who": self.who(name), "text": text, "csrf_token": self.token()}
        answer = self.client.post("/outbox/reply", data=fields)
        work(self.app)
        return answer

    def turns(self, **weather: str) -> None:
        fields = {name.replace("_", "-"): chosen for name, chosen in weather.items()}
        answer = self.client.post("/outbox/weather", data={**fields, "csrf_token": self.token()})
        assert answer.status_code == 303

    def waits(self, **duration: float) -> None:
        self.clock.forward(**duration)
        work(self.app)

    def stage(self, name: str) -> Any:
        return self.app.extensions["doorstep"].stages[name]


@pytest.fixture
def stranger(client: Any, app: Any, key: str, depot: Depot, clock: ManualClock, told: Any) -> Stranger:
    return Stranger(client, app, key, depot, clock, told)


def test_what_is_typed_into_a_phone_is_answered_there(stranger: Stranger):
    answer = stranger.types("Samuel Okafor", "where is it?")
    assert (answer.status_code, answer.location) == (
        303,
        f"/outbox?who={stranger.who('Samuel Okafor')}#reply",
    )
    *_, typed, said = stranger.part("phone", "Samuel Okafor")
    assert "where is it? Understood as the question where it is. Answered by text." in typed
    assert "arrived 9 am Fern & Kettle: your delivery comes today" in said


def test_a_change_is_asked_for_by_text_alone(stranger: Stranger):
    stranger.types("Amina Diallo", "NEIGHBOR 12")
    confirm = stranger.part("phone", "Amina Diallo")[-1]
    code = re.search(r"(?<![\d#+])(\d{6})(?!\d)", confirm)
    assert code
    stranger.types("Amina Diallo", code[1])
    assert any("Dispatch was asked for the change." in one for one in stranger.part("phone", "Amina Diallo"))


def test_stop_is_obeyed_and_start_takes_it_back(stranger: Stranger):
    stranger.types("Samuel Okafor", "STOP")
    assert "you will get no more texts" in stranger.part("phone", "Samuel Okafor")[-1]
    stranger.happens("Samuel Okafor", "next_stop")
    assert "asked us not to use this number" in stranger.part("unsent", "Samuel Okafor")[-1]
    stranger.types("Samuel Okafor", "START")
    stranger.happens("Samuel Okafor", "delivered", how="recipient")
    assert "your delivery was handed to you" in stranger.part("phone", "Samuel Okafor")[-1]


def test_words_of_a_stranger_are_shown_and_never_run(stranger: Stranger):
    stranger.types("Samuel Okafor", "<script>alert(1)</script> 💐\x00")
    raw = stranger.client.get("/outbox/live", query_string={"who": stranger.who("Samuel Okafor")}).json[
        "phone"
    ]
    assert "<script>" not in raw
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 💐" in raw
    typed = next(one for one in stranger.part("phone", "Samuel Okafor") if "💐" in one)
    assert "Our rules could make nothing of it." in typed


def test_an_empty_text_is_no_text_and_a_long_one_is_cut(stranger: Stranger):
    before = stranger.part("phone", "Samuel Okafor")
    assert stranger.types("Samuel Okafor", "  ").status_code == 303
    assert stranger.part("phone", "Samuel Okafor") == before
    stranger.types("Samuel Okafor", "wo " * 5000)
    assert len(max(stranger.part("phone", "Samuel Okafor"), key=len)) < 600


@pytest.mark.parametrize("who", ["0", "-4", "nobody", "99999", "99999999999999999999"])
def test_nobody_answers_as_somebody_who_is_not_there(stranger: Stranger, who: str):
    fields = {"who": who, "text": "WHERE", "csrf_token": stranger.token()}
    assert stranger.client.post("/outbox/reply", data=fields).status_code == 404


def test_who_has_no_number_cannot_text(stranger: Stranger):
    assert stranger.depot.named("Sabine Lorenz").person.phone == ""
    assert stranger.types("Sabine Lorenz", "WO").status_code == 404
    page = stranger.client.get("/outbox", query_string={"who": stranger.who("Sabine Lorenz")}).text
    assert "No number is known: all news goes by email." in page
    assert 'action="/outbox/reply"' not in page


@pytest.mark.parametrize("path", ["/outbox/reply", "/outbox/weather"])
def test_forms_want_their_token(stranger: Stranger, path: str):
    fields = {"who": stranger.who("Samuel Okafor"), "text": "STOP", "console": "down"}
    assert stranger.client.post(path, data=fields).status_code == 400
    assert stranger.stage("console").weather == "well"


def test_a_text_that_is_refused_is_said_by_email(stranger: Stranger):
    stranger.turns(console="refuses")
    assert stranger.part("providers")[-1].startswith("Texts works")
    stranger.happens("Samuel Okafor", "next_stop")
    why = "This number is a landline: it takes no texts."
    assert stranger.part("unsent", "Samuel Okafor")[-1].endswith(f"{why} An email says it instead.")
    assert f"The text could not be delivered. {why} So an email says it." in stranger.part("mails")[-1]
    stranger.happens("Samuel Okafor", "delivered", how="recipient")
    assert "is known not to work. An email says it too." in stranger.part("unsent", "Samuel Okafor")[-1]


def test_numbers_that_a_provider_refused_are_good_again_when_it_is_well(stranger: Stranger):
    stranger.turns(console="refuses")
    stranger.happens("Samuel Okafor", "next_stop")
    stranger.turns(console="well")
    stranger.happens("Samuel Okafor", "delivered", how="recipient")
    assert "your delivery was handed to you" in stranger.part("phone", "Samuel Okafor")[-1]


def test_the_second_sender_takes_over_and_messages_wait_when_both_are_down(stranger: Stranger):
    stranger.turns(console="down")
    for name in ("Samuel Okafor", "Amina Diallo", "Eleanor Whitcomb", "Jonas Brandt"):
        stranger.happens(name, "delayed", reason="weather_delay")
        stranger.waits(seconds=30)
    stranger.waits(minutes=5)
    texts = stranger.part("phone")
    assert sum("sorry, your delivery is late" in one for one in texts) >= 3
    assert "By the second sender." in " ".join(texts)
    assert "rest" in stranger.part("providers")[-1]
    stranger.turns(console_2="down")
    for name in ("Samuel Okafor", "Amina Diallo", "Eleanor Whitcomb", "Jonas Brandt"):
        stranger.happens(name, "delivered", how="recipient")
    for _ in range(6):
        stranger.waits(minutes=1)
    last = stranger.part("phone")[-1]
    assert "waits" in last
    assert "The provider does not answer." in last
    stranger.turns(console="well", console_2="well")
    for _ in range(12):
        stranger.waits(minutes=2)
    assert not any("waits" in one for one in stranger.part("phone"))
    assert (stranger.stage("console").twice, stranger.stage("console-2").twice) == (0, 0)


def test_lost_answers_are_asked_about_and_everything_arrives_once(stranger: Stranger):
    stranger.turns(console="loses")
    before = stranger.stage("console").taken
    for name in ("Samuel Okafor", "Amina Diallo"):
        stranger.happens(name, "delayed", reason="weather_delay")
        assert "The provider's answer was lost." in stranger.part("phone", name)[-1]
    stranger.turns(console="well")
    for _ in range(4):
        stranger.waits(minutes=1)
    had, had_not = (stranger.part("phone", name)[-1] for name in ("Samuel Okafor", "Amina Diallo"))
    assert "Asked later, it had it: nothing was sent again." in had
    assert "Asked later, it did not have it: sent once more." in had_not
    assert (stranger.stage("console").taken - before, stranger.stage("console").twice) == (2, 0)
    assert "none of them twice." in stranger.part("providers")[-1]


def test_what_waits_for_the_day_says_so(stranger: Stranger):
    stranger.clock.move_to(stranger.depot.day.at("21:30"))
    stranger.happens("Samuel Okafor", "attempt_failed", reason="consignee_not_home")
    assert "waits until tomorrow at 8 am" in stranger.part("phone", "Samuel Okafor")[-1]
    assert "Nobody is written to at night." in stranger.part("mails", "Samuel Okafor")[-1]


@pytest.mark.parametrize("chosen", [{"console": "hail"}, {"nobody": "down"}, {}])
def test_weather_that_does_not_exist_changes_nothing(stranger: Stranger, chosen: dict[str, str]):
    stranger.turns(**chosen)
    assert {one.weather for one in stranger.app.extensions["doorstep"].stages.values()} == {"well"}


def test_a_suggestion_fills_in_without_javascript(stranger: Stranger):
    who = stranger.who("Samuel Okafor")
    page = stranger.client.get(f"/outbox?who={who}").text
    assert f'href="/outbox?who={who}&amp;say=NEIGHBOR%2012#reply"' in page
    assert 'value="NEIGHBOR 12"' in stranger.client.get(f"/outbox?who={who}&say=NEIGHBOR+12").text
    assert 'value="&#34;&gt;&lt;b&gt;"' in stranger.client.get(f'/outbox?who={who}&say="><b>').text


def test_a_conversation_takes_place_without_leaving_the_page(page: Any, stranger: Stranger):
    page.goto(f"/outbox?who={stranger.who('Samuel Okafor')}")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="WHERE").click()
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.press("Enter")
    page.locator(".typed .bubble", has_text="WHERE").wait_for()
    assert page.get_by_label("Answer as Samuel Okafor").input_value() == ""
    work(stranger.app)
    page.get_by_text("your delivery comes today").wait_for()
    assert page.evaluate("window.same")


def test_a_provider_fails_by_keyboard_and_the_focus_stays(page: Any, stranger: Stranger):
    page.goto("/outbox")
    page.evaluate("window.same = true")
    page.locator("summary", has_text="The weather").click()
    texts = page.get_by_role("group", name="Texts", exact=True)
    texts.get_by_role("button", name="Down").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Texts: down").wait_for()
    assert page.evaluate("document.activeElement.id") == "console-down"
    expect(texts.get_by_role("button", name="Down", pressed=True)).to_be_visible()
    assert page.evaluate("window.same")


@pytest.mark.parametrize("context_options", [{"java_script_enabled": False}], indirect=True)
def test_it_all_works_without_javascript(page: Any, stranger: Stranger):
    page.goto("/outbox")
    page.get_by_label("Whose").select_option("Samuel Okafor")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="WHERE").click()
    page.get_by_role("button", name="Send").click()
    assert page.locator(".typed .bubble").inner_text() == "WHERE"
    page.locator("summary", has_text="The weather").click()
    page.get_by_role("group", name="Email").get_by_role("button", name="Refuses").click()
    expect(page.get_by_text("Email: refuses")).to_be_visible()
    expect(page.get_by_role("heading", name="Samuel Okafor's phone")).to_be_visible()


def test_suggestions_are_in_the_persons_own_language(stranger: Stranger):
    page = stranger.client.get("/outbox", query_string={"who": stranger.who("Jonas Brandt")}).text
    assert re.findall(r'data-fill="([^"]+)"', page) == [
        "WO",
        "MORGEN",
        "PAKETFACH",
        "NACHBAR 12",
        "STOP",
        "START",
    ]
