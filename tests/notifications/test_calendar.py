"""A visit in somebody's calendar: read back as calendars read it, whatever is in its words."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from notifications.calendar import Visit, calendar
from notifications.message import Channel
from notifications.notice import Notice
from notifications.render import TELL_WHEN
from tests.notifications.cast import at, facts

LINK = "https://track.example.com/t/" + "k" * 22
VISIT = Visit("abc@doorstep", 7, at(14), at(16), at(9), LINK, "Delivery from Fern", "It may change.")


def event_of(drawn):
    book = Calendar.from_ical(drawn)
    assert book.errors == []
    (event,) = book.events
    assert event.errors == []
    return event


def test_a_visit_reads_back_as_it_was_said():
    event = event_of(calendar(VISIT))
    assert (event["uid"], event["sequence"], event["url"]) == ("abc@doorstep", 7, LINK)
    assert (event["dtstart"].dt, event["dtend"].dt, event["dtstamp"].dt) == (at(14), at(16), at(9))
    assert (event["summary"], event["description"]) == ("Delivery from Fern", f"{LINK}\nIt may change.")
    assert (event["status"], event["transp"]) == ("CONFIRMED", "TRANSPARENT")


@pytest.mark.parametrize(
    "words",
    [
        "a;b,c\\d",
        "Grüße: żółć ığş",
        "x" * 300,
        "ü" * 200,
        "🚚" * 60,
        "DESCRIPTION:x",
        "BEGIN:VEVENT {uid} %s",
        "a",
    ],
)
def test_words_of_any_kind_and_length_stay_words(words):
    drawn = calendar(replace(VISIT, title=words, note=words, url=LINK + "?lang=" + "y" * 300))
    event = event_of(drawn)
    assert event["summary"] == words
    assert event["description"] == f"{event['url']}\n{words}"
    assert max(len(line.encode()) for line in drawn.split("\r\n")) <= 75
    assert "\n" not in drawn.replace("\r\n", "")


def test_a_cancelled_visit_says_so_and_none_leaves_the_calendar_empty():
    assert event_of(calendar(replace(VISIT, cancelled=True)))["status"] == "CANCELLED"
    assert Calendar.from_ical(calendar(None)).events == []


def test_times_are_written_in_utc_whatever_zone_they_come_in():
    there = VISIT.start.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert calendar(replace(VISIT, start=there)) == calendar(VISIT)


@pytest.mark.parametrize("notice", Notice)
def test_emails_that_tell_when_carry_the_visit_and_others_do_not(renderer, notice):
    told = replace(
        facts(change_kind="new_window" if notice.startswith("change_") else "", code="1", reason="unknown"),
        calendar_uid="abc@doorstep",
        revision=4,
    )
    said = renderer.render(notice, Channel.EMAIL, "de", told, at(9))
    assert bool(said.calendar) == (notice in TELL_WHEN)
    if said.calendar:
        event = event_of(said.calendar)
        assert (event["uid"], event["sequence"]) == ("abc@doorstep", 4)
        assert event["dtstart"].dt == told.window_start
        assert event["summary"] == "Zustellung von Fern & Kettle"
        assert event["description"].startswith(told.link)
    assert renderer.render(notice, Channel.SMS, "de", told, at(9)).calendar == ""


def test_a_change_of_something_else_and_an_unknown_time_move_no_calendar(renderer):
    told = replace(facts(change_kind="locker"), calendar_uid="abc@doorstep")
    assert renderer.render(Notice.CHANGE_ACCEPTED, Channel.EMAIL, "en", told, at(9)).calendar == ""
    told = replace(told, change_kind="", window_start=None)
    assert renderer.render(Notice.DELAYED, Channel.EMAIL, "en", told, at(9)).calendar == ""


def test_a_later_window_has_the_same_name_and_a_greater_number(renderer):
    first = replace(facts(), calendar_uid="abc@doorstep", revision=1)
    hour = timedelta(hours=1)
    later = replace(first, revision=2, window_start=at(15), window_end=at(15) + hour)
    one, two = (
        event_of(renderer.render(Notice.DELAYED, Channel.EMAIL, "en", told, at(9)).calendar)
        for told in (first, later)
    )
    assert one["uid"] == two["uid"] and one["sequence"] < two["sequence"]
