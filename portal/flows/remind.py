"""Reminders: planned with the visit or the pickup, moved with it, and looked at once more before they are told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.delivery import Shipment
from portal.domain.reminders import AWAITS_A_VISIT, before_it_goes_back, day_before, the_day_after
from portal.domain.shipment import Status
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.store import locker_bookings, reminders, shipments
from portal.store.reminders import Reminder

BATCH = 500
A_DAY = timedelta(days=1)
TOLD, NO_LONGER_TRUE = "told", "no_longer_true"


def visits_planned(session: Session, visits: Iterable[tuple[int, datetime, str]], now: datetime) -> None:
    """Remember to remind of these visits: (shipment id, when it begins, zone of the door)."""
    due, off = [], []
    for shipment_id, begins, timezone in visits:
        at = day_before(begins, timezone, now)
        if at is None:
            off.append(shipment_id)
        else:
            due.append(Reminder(shipment_id, Notice.REMINDER, at, begins))
    reminders.plan(session, due)
    if off:
        reminders.forget(session, off, Notice.REMINDER)


def pickups_began(session: Session, waiting: Iterable[tuple[int, datetime]], now: datetime) -> None:
    """Parcels wait in a locker since these times, by shipment: remind before their stay ends."""
    since = dict(waiting)
    until = locker_bookings.stays_end(session, since)
    zones = (
        {one.id: one.address.timezone for one in shipments.by_ids(session, until).values()} if until else {}
    )
    due = []
    for shipment_id, ends in until.items():
        at = before_it_goes_back(ends, zones[shipment_id], now)
        if at is not None:
            due.append(Reminder(shipment_id, Notice.PICKUP_EXPIRING, at, ends))
    reminders.plan(session, due)


def asked_to_choose(session: Session, invited: Iterable[Shipment], now: datetime) -> None:
    """Recipients were asked to book their first window: ask once more a day later."""
    due = [(one.id, the_day_after(now, one.address.timezone)) for one in invited]
    reminders.plan(session, [Reminder(who, Notice.CHOOSE_WINDOW, at, at + A_DAY) for who, at in due])


def remind(session: Session, voice: Voice, now: datetime) -> int:
    """Tell what is due and still true; how many were looked at. Safe to run twice and at once."""
    due = reminders.due(session, now, BATCH)
    if not due:
        return 0
    whom = shipments.by_ids(session, (one.shipment_id for one in due))
    true = [one for one in due if still_true(one, whom[one.shipment_id], now)]
    announce.tell(session, voice, [_news(one, whom[one.shipment_id], now) for one in true], now)
    for one in due:
        reminders.done(session, one, TOLD if one in true else NO_LONGER_TRUE, now)
    return len(due)


def still_true(reminder: Reminder, shipment: Shipment, now: datetime) -> bool:
    """Whether what the reminder speaks of is still ahead."""
    if reminder.about <= now:
        return False
    if reminder.notice == Notice.PICKUP_EXPIRING:
        return shipment.state.status is Status.READY_FOR_PICKUP
    if reminder.notice == Notice.CHOOSE_WINDOW:
        return shipment.awaits_first_window and shipment.state.status in AWAITS_A_VISIT
    window, zone = shipment.window, ZoneInfo(shipment.address.timezone)
    if window is None or shipment.state.status not in AWAITS_A_VISIT:
        return False
    return window.start.astimezone(zone).date() == reminder.about.astimezone(zone).date()


def _news(reminder: Reminder, shipment: Shipment, now: datetime) -> News:
    if reminder.notice == Notice.PICKUP_EXPIRING:
        facts = {"pickup_until": reminder.about}
        because = "The time to pick it up runs out."
    elif reminder.notice == Notice.CHOOSE_WINDOW:
        facts, because = {}, "Nobody has chosen a time since we asked."
    else:
        facts, because = {}, "The visit is tomorrow."
    # one reminder for a day: a window that moves by minutes is no second one
    occurrence = f"about:{reminder.about.date().isoformat()}"
    return News(shipment, Notice(reminder.notice), occurrence, because, now, facts)


def stays_end(session: Session, told: Iterable[Shipment]) -> dict[int, datetime]:
    """Until when the parcels that wait in a locker may stay there, by shipment."""
    since = {
        one.id: one.state.since
        for one in told
        if one.state.status is Status.READY_FOR_PICKUP and one.state.since is not None
    }
    return locker_bookings.stays_end(session, since) if since else {}
