"""The recipient's page, from the first announcement to the door: in order, true, small, naming nobody."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from portal.store import outbox
from portal.web.language import LANGUAGES
from portal.wiring import kit
from tests.dispatch import DOOR, new_dispatch
from tests.recipient import recipient_of, text_of

pytestmark = pytest.mark.engines("sqlite")

PERSONAL = ("Ann", "Archer", "Mill Lane", "Harbourton", "12345", "2025550123", "ann@example.com")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


def on_the_van(dispatch, clock, stops=1):
    """Ann is the last of a round that left at half past one; the van stands a kilometer from her door."""
    clock.move_to(clock().replace(hour=13, minute=30))
    others = [f"X-{n}" for n in range(1, stops)]
    for reference in others:
        dispatch.ships({**_neighbor_of_ann(), "reference": reference})
    dispatch.drives("R-1", "V-1", clock(), *others, "A-1")
    dispatch.happens("A-1", "out_for_delivery", clock())
    dispatch.stands("V-1", 10.008, 20.005, clock())


def _neighbor_of_ann():
    from tests.dispatch import shipment

    return shipment(address=DOOR | {"lat": 10.02, "lng": 20.01, "timezone": "UTC"})


def test_the_page_tells_in_this_order(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    page = ann.looks()
    places = [
        'id="now"',
        'data-live="todo"',
        'id="changes"',
        'class="plain steps"',
        "<iframe",
        'class="plain story"',
    ]
    found = [page.index(place) for place in [*places, 'id="help"']]
    assert found == sorted(found)


def test_it_begins_with_when_and_where_that_comes_from(ann):
    page = ann.reads()
    assert "Today between 2 and 4 pm The depot planned this time. You do not have to do anything." in page


@pytest.mark.engines("sqlite", "postgresql")
def test_a_live_window_says_how_sure_it_is_and_since_when(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    page = ann.reads()
    assert "This comes live from the van. It is set so that 9 of 10 deliveries come within it." in page
    assert "As of today at 1:30 pm." in page


def test_no_name_street_or_number_is_on_the_page(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    everything = (
        ann.looks()
        + ann.looks("/map")
        + ann.polls().text
        + ann.looks("/feed.json")
        + ann.looks("/window.ics")
    )
    assert [word for word in PERSONAL if re.search(rf"\b{re.escape(word)}\b", everything)] == []
    assert "<title>Delivery update</title>" in ann.looks()


def test_the_largest_page_is_small(app, dispatch, clock):
    long = "Locker at the " + "very " * 20 + "long platform"
    ann = recipient_of(app, dispatch, recipient={"name": "A", "phone": "+12025550123", "language": "de"})
    for hour in range(12, 0, -1):
        dispatch.happens("A-1", "arrived_at_hub", clock() - timedelta(hours=hour), reason="weather_delay")
    dispatch.happens("A-1", "attempt_failed", clock(), reason="consignee_not_home")
    dispatch.happens("A-1", "ready_for_pickup", clock() + timedelta(minutes=1), place=long)
    html = ann.looks()
    assert len(html.encode()) < 9_000
    assert "6 frühere Meldungen zeigen" in html
    assert ann.looks("?story=all").count("<time") == 14


def test_words_of_dispatch_are_only_words(app, dispatch, clock):
    ann = recipient_of(app, dispatch)
    dispatch.happens("A-1", "ready_for_pickup", clock(), place='<img src=x onerror="alert(1)">Kiosk')
    for page in (ann.looks(), ann.polls().json["fragments"]["story"]):
        assert "<img" not in page
        assert "&lt;img" in page


def test_unknown_expired_and_revoked_links_look_the_same(app, ann, clock):
    from portal.store import links, shipments

    kit = app.extensions["doorstep"]
    unknown = ann.client.get("/t/" + "x" * 22)
    short, odd = ann.client.get("/t/x"), ann.client.get("/t/" + "ü" * 22)
    assert ann.looks()
    with app.app_context(), kit.transaction() as session:
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        links.revoke(session, found.id, clock())
    revoked = ann.client.get(ann.path)
    assert {answer.status_code for answer in (unknown, short, odd, revoked)} == {404}
    assert len({answer.text for answer in (unknown, short, odd, revoked)}) == 1
    assert ann.client.get(f"{ann.path}/live").status_code == 404


def test_a_missed_door_leads_to_what_can_be_done(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    clock.forward(minutes=20)
    dispatch.happens("A-1", "attempt_failed", clock(), reason="consignee_not_home")
    page = ann.reads()
    assert "We could not deliver today at 1:50 pm Nobody was there to take it." in page
    assert "Please choose how you want to get your parcel." in page
    assert "Leave it with a neighbor Possible until Mon, Jun 22, 1:50 pm" in page
    assert "We keep it for you until Mon, Jun 22, 1:50 pm." in page


def test_a_wrong_delivered_is_taken_back_in_words(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    told = dispatch.happens("A-1", "delivered", clock() + timedelta(minutes=1))
    assert "Delivered today at 1:31 pm It was handed to you." in ann.reads()
    dispatch.happens(
        "A-1", "out_for_delivery", clock() + timedelta(minutes=2), corrects=f"ev-{dispatch.numbers[0]}"
    )
    assert told["outcome"] == "taken"
    assert "An earlier report was a mistake and has been corrected." in ann.reads()


def test_a_passed_window_is_not_shown_as_if_it_were_to_come(ann, clock):
    clock.move_to(clock().replace(hour=16, minute=1))
    assert "Later than planned The time we gave you has passed." in ann.reads()


def test_the_recipients_language_comes_first_and_lang_before_it(app, dispatch):
    anna = recipient_of(
        app, dispatch, recipient={"name": "Anna", "phone": "+12025550123", "language": "de-AT"}
    )
    english = {"Accept-Language": "en"}
    assert "Sie müssen nichts tun." in anna.reads(headers=english)
    assert "You do not have to do anything." in anna.reads("?lang=en")
    assert '<html lang="de">' in anna.looks()
    assert f'href="{anna.path}/change?kind=neighbor&amp;lang=en"' in anna.looks("?lang=en")


def test_every_language_is_in_one_small_menu_and_the_page_keeps_its_place(ann):
    page = ann.looks("?lang=de")
    menu = page[page.index("<nav") : page.index("</nav>")]
    assert re.findall(r'href="\?lang=(\w+)" lang="(\w+)"', menu) == [
        (tag, tag) for tag in LANGUAGES if tag != "de"
    ]
    assert '<button class="quiet" popovertarget="tongues">Deutsch</button>' in menu
    assert '<span class="here" lang="de" aria-current="true">Deutsch</span>' in menu
    assert 'href="?story=all&lang=fr"' in ann.looks("?story=all").replace("&amp;", "&")


def test_without_a_language_of_their_own_the_browser_decides(app, dispatch):
    ann = recipient_of(app, dispatch, recipient={"name": "Ann", "phone": "+12025550123"})
    assert "Sie müssen nichts tun." in ann.reads(headers={"Accept-Language": "ja, de;q=0.8, en;q=0.5"})
    assert "You do not have to do anything." in ann.reads(headers={"Accept-Language": "ja"})
    assert "Wir finden diese Seite nicht" in text_of(
        ann.client.get("/t/none", headers={"Accept-Language": "de"}).text
    )


def test_times_are_those_at_the_door(app, dispatch):
    place = DOOR | {"country": "DE", "timezone": "Europe/Berlin"}
    ann = recipient_of(app, dispatch, address=place)
    assert "Today between 16:00 and 18:00" in ann.reads()
    assert "Heute zwischen 16:00 und 18:00 Uhr" in ann.reads("?lang=de")


def test_every_answer_keeps_to_itself(ann):
    answer = ann.client.get(ann.path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    nonce = re.search(r'<style nonce="([^"]+)"', answer.text)
    assert nonce
    assert f"'nonce-{nonce[1]}'" in answer.headers["Content-Security-Policy"]
    assert nonce[1] not in ann.client.get(ann.path).text


def test_a_page_shown_before_is_true_the_moment_something_changes(ann, dispatch, clock):
    assert "Today between 2 and 4 pm" in ann.reads()
    dispatch.happens("A-1", "out_for_delivery", clock())
    assert "Your parcel is on the van." in ann.reads()
    clock.move_to(clock().replace(hour=13, minute=31))
    assert "Too late: it was possible until 1:30 pm today" in ann.reads()


def test_the_calendar_follows_the_window(ann, dispatch):
    calendar = ann.client.get(f"{ann.path}/window.ics")
    assert calendar.content_type == "text/calendar; charset=utf-8"
    assert "DTSTART:20260615T140000Z" in calendar.text.replace("DTSTART;TZID=UTC", "DTSTART")
    assert (
        ann.client.get(
            f"{ann.path}/window.ics", headers={"If-None-Match": calendar.headers["ETag"]}
        ).status_code
        == 304
    )


def test_an_email_and_the_page_speak_of_one_entry_in_the_calendar(app, ann, dispatch, clock):
    on_the_van(dispatch, clock)
    page = Calendar.from_ical(ann.client.get(f"{ann.path}/window.ics?lang=de").data).events[0]
    with app.app_context(), kit().reading() as session:
        told = [one for one in outbox.latest(session) if one.calendar]
        mailed = Calendar.from_ical(told[0].calendar).events[0]
    assert (page["uid"], page["url"]) == (mailed["uid"], mailed["url"])
    assert mailed["sequence"] <= page["sequence"]
    assert mailed["dtstart"].dt < mailed["dtend"].dt
    assert page["summary"].startswith("Zustellung von ")


def test_the_feed_keeps_planned_and_live_apart(ann, dispatch, clock):
    on_the_van(dispatch, clock, stops=3)
    feed = ann.client.get(f"{ann.path}/feed.json").json
    assert feed["planned"]["start"] == "2026-06-15T14:00:00+00:00"
    # while the round says that the promise will be kept, it stands, with the stops before it
    assert feed["live"]["source"] == "dispatch"
    assert (feed["status"], feed["stops_before"]) == ("on_van", 2)
