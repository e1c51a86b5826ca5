"""When reminders are due, whatever the clocks do that night."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.domain.reminders import before_it_goes_back, day_before

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def local(zone, *moment):
    return datetime(*moment, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", [0, 2, 3, 9, 23])
@pytest.mark.parametrize(
    "day", [(2026, 3, 8), (2026, 3, 29), (2026, 4, 5), (2026, 9, 27), (2026, 10, 25), (2026, 11, 1)]
)
def test_five_in_the_afternoon_before_on_both_ends_of_summer_time(zone, hour, day):
    visit = local(zone, *day, hour).astimezone(UTC)
    due = day_before(visit, zone, NOW).astimezone(ZoneInfo(zone))
    shown = visit.astimezone(ZoneInfo(zone)).date()
    assert (due.hour, due.minute) == (17, 0)
    assert (shown - due.date()).days == 1


def test_a_reminder_whose_time_has_passed_is_none():
    visit = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert day_before(visit, "UTC", visit.replace(day=1, hour=17)) is None
    assert day_before(visit, "UTC", visit.replace(day=1, hour=16, minute=59)) == visit.replace(day=1, hour=17)


@pytest.mark.parametrize(
    ("until", "due"),
    [((10, 14), (9, 14)), ((10, 3), (9, 9)), ((10, 22), (9, 20)), ((10, 9), (9, 9))],
)
def test_a_pickup_is_reminded_of_a_day_before_at_a_decent_hour(until, due):
    ends = datetime(2026, 6, *until, tzinfo=UTC)
    assert before_it_goes_back(ends, "UTC", NOW) == datetime(2026, 6, *due, tzinfo=UTC)
    assert before_it_goes_back(ends, "UTC", ends) is None
