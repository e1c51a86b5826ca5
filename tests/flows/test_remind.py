"""Reminders: once, at the right hour of the door, only while they are true, and moving with the visit."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.message import Channel
from portal import jobs
from portal.store import outbox
from tests.dispatch import DOOR, new_dispatch, shipment

BEN = {"name": "Ben Okoro", "phone": "+4915112345678", "email": "ben@example.com", "language": "en"}


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def reminders(kit, notice="reminder"):
    with kit.reading() as session:
        return [one for one in outbox.latest(session) if one.notice == notice and not one.stopped_by]


def visit(reference, start, zone="Europe/Berlin"):
    window = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
    door = DOOR | {"lines": [f"{reference} Mill Lane"], "timezone": zone}
    return shipment(reference, recipient=BEN, window=window, address=door)


def ticks_until(kit, clock, end, minutes=30):
    while clock() < end:
        clock.forward(minutes=minutes)
        jobs.reminders(kit)
        jobs.deliver(kit, Channel.SMS)


def test_a_visit_in_two_days_is_reminded_of_the_evening_before(kit, dispatch, clock):
    start = clock() + timedelta(days=2)
    dispatch.ships(visit("B-1", start))
    ticks_until(kit, clock, start)
    [text] = reminders(kit)
    assert text.created_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%a %H:%M") == "Tue 17:00"


def test_a_visit_that_moves_takes_its_reminder_along(kit, dispatch, clock):
    start = clock() + timedelta(days=2)
    dispatch.ships(visit("B-1", start))
    dispatch.ships(visit("B-1", start + timedelta(days=1)))
    ticks_until(kit, clock, start + timedelta(days=1))
    [text] = reminders(kit)
    assert text.created_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%a %H:%M") == "Wed 17:00"


def test_a_visit_that_moves_after_its_reminder_is_reminded_of_again(kit, dispatch, clock):
    start = clock() + timedelta(days=2)
    dispatch.ships(visit("B-1", start))
    ticks_until(kit, clock, start - timedelta(hours=14))
    dispatch.ships(visit("B-1", start + timedelta(days=3)))
    ticks_until(kit, clock, start + timedelta(days=3))
    assert len(reminders(kit)) == 2


def test_minutes_more_or_less_are_no_second_reminder(kit, dispatch, clock):
    start = clock() + timedelta(days=2)
    dispatch.ships(visit("B-1", start))
    ticks_until(kit, clock, start - timedelta(hours=14))
    dispatch.ships(visit("B-1", start + timedelta(minutes=20)))
    ticks_until(kit, clock, start)
    assert len(reminders(kit)) == 1


def test_what_was_delivered_or_cancelled_needs_no_reminder(kit, dispatch, clock):
    start = clock() + timedelta(days=2)
    dispatch.ships(visit("B-1", start), visit("B-2", start))
    dispatch.happens("B-1", "delivered", clock())
    dispatch.happens("B-2", "cancelled", clock())
    ticks_until(kit, clock, start)
    assert reminders(kit) == []


def test_todays_visit_is_no_reminder(kit, dispatch, clock):
    dispatch.ships(visit("B-1", clock() + timedelta(hours=3)))
    ticks_until(kit, clock, clock() + timedelta(hours=3))
    assert reminders(kit) == []


def test_two_clocks_remind_once(kit, dispatch, clock):
    start = clock() + timedelta(days=2)
    dispatch.ships(visit("B-1", start))
    clock.move_to(start - timedelta(hours=14))
    assert jobs.reminders(kit) + jobs.reminders(kit) == 1
    assert len(reminders(kit)) == 1


@pytest.mark.parametrize(
    "night", [datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2027, 3, 28, 12, tzinfo=UTC)]
)
def test_the_hour_holds_over_both_ends_of_summer_time(kit, dispatch, clock, night):
    dispatch.ships(visit("B-1", night), visit("B-2", night, "America/New_York"))
    clock.move_to(night - timedelta(hours=26))
    ticks_until(kit, clock, night, minutes=15)
    hours = [
        (one.shipment_id, one.created_at.astimezone(ZoneInfo(zone)).strftime("%H:%M"))
        for one, zone in zip(
            sorted(reminders(kit), key=lambda one: one.shipment_id or 0),
            ("Europe/Berlin", "America/New_York"),
            strict=True,
        )
    ]
    assert hours == [(1, "17:00"), (2, "17:00")]


def test_a_clock_that_jumps_tells_late_rather_than_never(kit, dispatch, clock):
    start = clock() + timedelta(days=2)
    dispatch.ships(visit("B-1", start))
    clock.move_to(start - timedelta(hours=13))
    jobs.reminders(kit)
    assert len(reminders(kit)) == 1
    clock.move_to(start - timedelta(hours=14))
    jobs.reminders(kit)
    assert len(reminders(kit)) == 1
