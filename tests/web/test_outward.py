"""A recipient's link for other programs: a calendar, a feed, and a frame in a shop's page."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from portal.flows.operate import Wrong
from portal.flows.shipper_rules import set_rules
from tests.dispatch import DOOR, Dispatch, new_dispatch
from tests.recipient import Recipient, recipient_of

SHOP = "https://shop.example"
HERE = DOOR | {"lat": 48.0, "lng": 9.0, "timezone": "America/New_York"}


@pytest.fixture
def dispatch(app) -> Dispatch:
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch) -> Recipient:
    return recipient_of(app, dispatch, address=HERE)


def allowed(app, *origins: str) -> None:
    kit = app.extensions["doorstep"]
    with app.app_context():
        set_rules(kit, "acme-books", [f"embed_origins={','.join(origins)}"])
        kit.shippers.forget()


def entry(ann: Recipient, more: str = ""):
    """The one entry of the calendar, read as calendars read it."""
    answer = ann.client.get(f"{ann.path}/window.ics{more}")
    assert answer.status_code == 200
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    assert b"\n" not in answer.data.replace(b"\r\n", b"")
    book = Calendar.from_ical(answer.data)
    assert book.errors == []
    assert (book["refresh-interval"].to_ical(), str(book["x-published-ttl"])) in {
        (b"PT15M", "PT15M"),
        ("PT15M", "PT15M"),
    }
    (event,) = book.events
    assert event.errors == []
    assert {"uid", "dtstamp", "dtstart", "summary", "sequence", "last-modified"} <= {
        key.lower() for key in event
    }
    return event


def drives_off(dispatch: Dispatch, clock) -> None:
    dispatch.drives("north 1", "van 1", clock(), "A-1")
    dispatch.happens("A-1", "out_for_delivery", clock())


def test_the_entry_is_tentative_then_confirmed_then_done(ann, dispatch, clock):
    planned = entry(ann)
    assert planned["status"] == "TENTATIVE"
    clock.move_to(clock().replace(hour=13, minute=40))
    drives_off(dispatch, clock)
    live = entry(ann)
    assert (live["status"], live["uid"]) == ("CONFIRMED", planned["uid"])
    assert live["sequence"] > planned["sequence"]
    clock.forward(minutes=20)
    dispatch.happens("A-1", "delivered", clock())
    done = entry(ann)
    assert done["dtstart"].dt == clock()
    assert done["sequence"] > live["sequence"]


@pytest.mark.parametrize("happening", ["cancelled", "no_longer_heading", "returning"])
def test_what_is_told_no_longer_is_cancelled_in_the_calendar(ann, dispatch, clock, happening):
    drives_off(dispatch, clock)
    clock.forward(minutes=1)
    before = entry(ann)
    dispatch.happens("A-1", happening, clock())
    after = entry(ann)
    assert after["status"] == "CANCELLED"
    assert after["sequence"] > before["sequence"]


def test_a_day_is_a_day_at_the_door_and_a_window_that_passed_is_not_called_off(app, dispatch, clock):
    window = {"start": "2026-06-18T04:00:00Z", "end": "2026-06-19T03:00:00Z"}
    who = recipient_of(app, dispatch, "D-1", address=HERE, window=window)
    event = entry(who)
    assert (str(event["dtstart"].dt), str(event["dtend"].dt)) == ("2026-06-18", "2026-06-19")
    clock.forward(days=4)
    assert entry(who)["status"] == "TENTATIVE"


def test_before_any_time_is_known_the_calendar_is_empty(app, dispatch):
    who = recipient_of(app, dispatch, "E-1", window=None)
    assert Calendar.from_ical(who.looks("/window.ics")).events == []


def test_the_feed_tells_what_the_page_tells_and_nothing_personal(ann, dispatch, clock):
    clock.move_to(clock().replace(hour=13, minute=40))
    drives_off(dispatch, clock)
    answer = ann.client.get(f"{ann.path}/feed.json")
    told = answer.json
    assert (told["shown"], told["status"], told["stops_before"]) == ("live", "on_van", 0)
    assert told["planned"]["source"] == "dispatch"
    assert told["live"]["confidence"]
    assert told["odds"] is None
    for word in ("Ann", "Archer", "Mill Lane", "12345", "48.0", "+1202"):
        assert word not in answer.text
    dispatch.happens("A-1", "no_longer_heading", clock() + timedelta(minutes=1))
    told = ann.client.get(f"{ann.path}/feed.json").json
    assert (told["shown"], told["stops_before"], told["minutes_left"]) == (None, None, None)


def test_a_feed_of_a_far_door_counts_no_stops(app, dispatch, clock):
    names = [f"F-{number}" for number in range(40)]
    people = [recipient_of(app, dispatch, name, address=HERE, window=None) for name in names]
    dispatch.drives("north 1", "van 1", clock(), *names)
    for name in names:
        dispatch.happens(name, "out_for_delivery", clock())
    near, far = (people[place].client.get(f"{people[place].path}/feed.json").json for place in (2, 39))
    assert near["stops_before"] == 2
    assert (far["stops_before"], far["minutes_left"]) == (None, None)


@pytest.mark.parametrize("path", ["/window.ics", "/feed.json"])
def test_who_asks_again_for_nothing_new_gets_304(ann, path):
    first = ann.client.get(ann.path + path)
    again = ann.client.get(ann.path + path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_only_the_feed_may_be_read_by_pages_of_others(ann):
    assert ann.client.get(f"{ann.path}/feed.json").headers["Access-Control-Allow-Origin"] == "*"
    for path in ("", "/live", "/window.ics", "/widget", "/map"):
        answer = ann.client.get(ann.path + path, headers={"Origin": SHOP})
        assert "Access-Control-Allow-Origin" not in answer.headers


def ancestors(answer) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def test_the_frame_is_closed_until_the_shipper_names_its_shop(app, ann):
    closed = ann.client.get(f"{ann.path}/widget")
    assert (closed.status_code, ancestors(closed)) == (403, "'none'")
    assert "This page cannot show your delivery" in closed.text
    allowed(app, SHOP, "https://www.shop.example")
    opened = ann.client.get(f"{ann.path}/widget")
    assert (opened.status_code, ancestors(opened)) == (200, f"{SHOP} https://www.shop.example")
    assert "Today between 10 am and 12 pm" in opened.text
    assert opened.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    allowed(app)
    assert ann.client.get(f"{ann.path}/widget").status_code == 403


def test_no_other_page_can_be_framed(app, ann):
    allowed(app, SHOP)
    for path in ("", "/change", "/verify", "/preferences", "/window.ics", "/feed.json", "/nothing"):
        assert ancestors(ann.client.get(ann.path + path)) == "'none'", path
    assert ancestors(ann.client.get("/t/unknown/widget")) == "'none'"
    assert ancestors(ann.client.get("/quality")) == "'none'"


def test_the_frame_sets_no_cookie_shows_nothing_personal_and_counts_no_view(app, ann):
    allowed(app, SHOP)
    kit = app.extensions["doorstep"]
    answer = ann.client.get(f"{ann.path}/widget")
    assert "Set-Cookie" not in answer.headers
    for word in ("Archer", "Mill Lane", "A-1", "<form", "<iframe"):
        assert word not in answer.text
    assert 'rel="noopener"' in answer.text
    assert list(kit.views.take()) == []


def test_the_frame_follows_the_delivery_in_the_language_of_its_reader(app, ann, dispatch, clock):
    allowed(app, SHOP)
    drives_off(dispatch, clock)
    assert "Out for delivery" in ann.reads("/widget")
    assert "Zustellung verfolgen" in ann.looks("/widget?lang=de")
    assert f'href="{ann.path}?lang=de"' in ann.looks("/widget?lang=de")
    assert 'data-interval="60"' in ann.looks("/widget")
    clock.forward(minutes=20)
    dispatch.happens("A-1", "delivered", clock())
    assert "Delivered today" in ann.reads("/widget")
    assert "widget.js" not in ann.looks("/widget")


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example",
        "http://shop.example",
        "https://*",
        "https://shop.example/path",
        "https://shop.example;script-src *",
        "https://shop.example https://b.example",
        "'self'",
        "https://шоп.example",
        "https://",
        "data:",
        "*",
    ],
)
def test_what_is_no_origin_never_reaches_the_header(app, dispatch, origin):
    with app.app_context(), pytest.raises(Wrong, match="embed_origins"):
        set_rules(app.extensions["doorstep"], "acme-books", [f"embed_origins={origin}"])


def test_origins_are_told_and_taken_back(app, dispatch):
    with app.app_context():
        kit = app.extensions["doorstep"]
        said = set_rules(kit, "acme-books", [f"embed_origins={SHOP}/, HTTP://localhost:5000"])
        assert said == [f"embed_origins=http://localhost:5000,{SHOP}"]
        assert set_rules(kit, "acme-books", ["embed_origins="]) == ["embed_origins=none"]
