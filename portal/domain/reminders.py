"""When a reminder is due: by the clock at the door, whatever its zone does that night."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.domain.shipment import Status

# After work, and before the evening's quiet: still time to choose something else.
THE_DAY_BEFORE_AT = time(17)
BEFORE_IT_GOES_BACK = timedelta(hours=24)
REMINDERS_BEGIN, REMINDERS_END = time(9), time(20)

# Those whose visit is still ahead.
AWAITS_A_VISIT = {Status.ANNOUNCED, Status.IN_TRANSIT, Status.AT_DEPOT, Status.MISSED, Status.HELD}


def day_before(visit: datetime, timezone: str, now: datetime) -> datetime | None:
    """17:00 at the door on the day before `visit`, in UTC; None if that has passed: then it is news by itself."""
    zone = ZoneInfo(timezone)
    eve = visit.astimezone(zone).date() - timedelta(days=1)
    due = datetime.combine(eve, THE_DAY_BEFORE_AT, zone).astimezone(now.tzinfo)
    return due if due > now else None


def the_day_after(now: datetime, timezone: str) -> datetime:
    """17:00 at the door on the day after `now`, in UTC: to ask once more who was asked today."""
    zone = ZoneInfo(timezone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, THE_DAY_BEFORE_AT, zone).astimezone(now.tzinfo)


def before_it_goes_back(until: datetime, timezone: str, now: datetime) -> datetime | None:
    """A day before a pickup ends, moved into the hours in which people are up; None if that has passed."""
    zone = ZoneInfo(timezone)
    local = (until.astimezone(now.tzinfo) - BEFORE_IT_GOES_BACK).astimezone(zone)
    if local.time() < REMINDERS_BEGIN:
        local = datetime.combine(local.date(), REMINDERS_BEGIN, zone)
    elif local.time() > REMINDERS_END:
        local = datetime.combine(local.date(), REMINDERS_END, zone)
    due = local.astimezone(now.tzinfo)
    return due if due > now else None
