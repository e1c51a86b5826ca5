"""The demo's start page: true before the day begins and after, safe, readable for all; and what its outbox shows."""

from typing import Any

import pytest

from portal.clock import ManualClock
from portal.demo import papers
from portal.demo.depot import Depot
from tests.demo.house import NAMES, send


@pytest.mark.engines("sqlite")
def test_before_the_day_begins_the_start_page_says_so(client: Any):
    page = client.get("/")
    assert page.status_code == 200
    assert "The day is about to begin." in page.text


@pytest.mark.engines("sqlite")
def test_the_start_page_has_everything_a_stranger_needs(client: Any, told: dict[str, Any]):
    page = client.get("/").text
    for name in NAMES[:4]:
        assert f"Open as {name}" in page
    assert [answer for answer in told.values() if answer["link"] not in page] == []
    assert "alex@alderquay.example.com" in page
    assert "ds_" in page
    assert "9 am" in page
    assert "<svg" in page
    assert "Something &lt;b&gt;happened&lt;/b&gt;." in page


@pytest.mark.engines("sqlite")
def test_every_link_of_the_start_page_opens(client: Any, told: dict[str, Any]):
    for path in ("/outbox", "/desk", "/console", "/quality", "/api/openapi.json"):
        assert f'href="{path}"' in client.get("/").text
        assert client.get(path, follow_redirects=True).status_code == 200


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("path", "parts"), [("/demo/live", 5), ("/outbox/live", 5)])
def test_parts_that_did_not_change_are_not_sent_again(
    client: Any, told: dict[str, Any], path: str, parts: int
):
    first = client.get(path)
    assert len(first.json) == parts
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.engines("sqlite")
def test_the_outbox_shows_the_words_with_links_that_work(client: Any, told: dict[str, Any], depot: Depot):
    page = client.get("/outbox").text
    link = told[depot.named("Samuel Okafor").reference]["link"]
    assert f'<a href="{link}">{link}</a>' in page
    assert "Fern &amp; Kettle" in page


@pytest.mark.engines("sqlite")
def test_the_outbox_of_one_person_holds_nobody_elses_messages(
    client: Any, told: dict[str, Any], depot: Depot
):
    mine, other = (told[depot.named(name).reference] for name in ("Samuel Okafor", "Amina Diallo"))
    page = client.get(f"/outbox?who={mine['id']}").text
    assert mine["link"] in page
    assert other["link"] not in page


@pytest.mark.engines("sqlite")
def test_an_email_is_shown_in_a_sandbox_of_its_own(client: Any, app: Any, told: dict[str, Any]):
    address = next(part for part in client.get("/outbox").text.split('"') if part.startswith("/outbox/mail/"))
    mail = client.get(address)
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert "script-src" not in mail.headers["Content-Security-Policy"]
    assert '<base target="_blank">' in mail.text
    assert client.get("/outbox/mail/none").status_code == 404


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("who", ["nobody", "-1", "99999999999999999999", "0"])
def test_an_outbox_of_nobody_is_an_empty_one(client: Any, told: dict[str, Any], who: str):
    assert client.get(f"/outbox?who={who}").status_code == 200


@pytest.mark.engines("sqlite")
def test_without_the_demo_there_is_no_outbox(settings: Any, clock: ManualClock):
    from portal.app import create_app

    settings.demo = False
    client = create_app(settings, clock=clock).test_client()
    assert [client.get(path).status_code for path in ("/", "/outbox", "/demo/live")] == [404, 404, 404]


NARROW_AND_DARK = {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}


@pytest.mark.parametrize("context_options", [{}, NARROW_AND_DARK], ids=["wide", "narrow and dark"])
@pytest.mark.parametrize("path", ["/", "/outbox?weather=1", "/outbox?who=1"])
def test_everybody_can_read_it(page: Any, axe: Any, told: dict[str, Any], path: str):
    page.goto(path)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_outbox_shows_a_new_message_by_itself(
    page: Any, client: Any, app: Any, key: str, told: dict[str, Any], depot: Depot
):
    page.goto("/outbox")
    shown = "[data-part=mails] li, [data-part=phone] li"
    before = page.locator(shown).count()
    late = papers.event(
        "e-2", depot.named("Amina Diallo"), "delayed", depot.day.at("09:00"), reason="weather_delay"
    )
    assert send(client, app, key, late) == ["taken"]
    page.wait_for_function(f"before => document.querySelectorAll('{shown}').length > before", arg=before)
