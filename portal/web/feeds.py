"""A shipment's window for machines of its recipient: a calendar to follow, and plain facts as JSON."""

from datetime import datetime, timedelta
from typing import Any

from notifications.calendar import Visit
from notifications.calendar import calendar as draw
from portal.domain.access import calendar_uid
from portal.domain.delivery import Promise, Shipment
from portal.domain.record import Record, odds, stage_of
from portal.domain.shipment import Status
from portal.domain.visibility import View
from portal.domain.window import Source
from portal.web.headline import promise_shown, runs_late
from portal.web.local import zone_of

AT_THE_DOOR = timedelta(minutes=5)


def calendar(shipment: Shipment, page: str, words: tuple[str, str], now: datetime) -> str:
    """An iCalendar with the window as its one event, if one is known; `words` are its title and note.

    Emails carry the same entry: one calendar may hold both, and the newer wins.
    """
    title, note = words
    if not (told := _times(shipment, now)):
        return draw(None, title)
    start, end, how = told
    uid, updated = calendar_uid(shipment.link_nonce), updated_at(shipment) or now
    visit = Visit(
        *(uid, shipment.version, start, end, updated, page, title, note),
        cancelled=how == "CANCELLED",
        tentative=how == "TENTATIVE",
        zone=shipment.address.timezone,
    )
    return draw(visit, title)


def _times(shipment: Shipment, now: datetime) -> tuple[datetime, datetime, str] | None:
    """From, to and how sure, as RFC 5545 names it: tentative until the van is on its way, and where it runs late.

    What was told before and holds no longer is cancelled: a calendar forgets nothing by itself.
    """
    state = shipment.state
    if state.status is Status.DELIVERED and state.since:
        return state.since, state.since + AT_THE_DOOR, "CONFIRMED"
    if promise := promise_shown(shipment, now):
        on_the_road = promise is shipment.live and promise.source != Source.TODAY
        return promise.start, promise.end, "CONFIRMED" if on_the_road else "TENTATIVE"
    if before := shipment.window:
        return before.start, before.end, "TENTATIVE" if runs_late(shipment, now) else "CANCELLED"
    return None


def updated_at(shipment: Shipment) -> datetime | None:
    """When something was last heard about this shipment."""
    heard = [promise.updated_at for promise in (shipment.planned, shipment.live) if promise]
    heard += [shipment.state.last.happened_at] if shipment.state.last else []
    return max(heard, default=None)


def facts(shipment: Shipment, view: View, record: Record, now: datetime) -> dict[str, Any]:
    """Status, planned and live window apart, each with source and time, and what the page's map may tell.

    Local times with offset. No names, no places. `shown` says which of the two windows the page tells.
    """
    state = shipment.state
    live = shipment.live if shipment.live and shipment.live.end > now else None
    told = promise_shown(shipment, now)
    handed = state.since if state.status is Status.DELIVERED else None
    return {
        "status": state.status.value,
        "shown": None if told is None else "live" if told is shipment.live else "planned",
        "stage": stage_of(told) if told else None,
        "planned": _window(shipment, shipment.planned),
        "live": _window(shipment, live),
        "stops_before": None if view.stops_left is None else view.stops_left - 1,
        "minutes_left": view.minutes_left,
        "odds": _odds(shipment, told, record),
        "delivered_at": _local(shipment, handed),
        "updated_at": _local(shipment, updated_at(shipment)),
    }


def _odds(shipment: Shipment, told: Promise | None, record: Record) -> dict[str, int] | None:
    """How often windows like the one shown held: so many times in 10, of so many; None where too few were counted."""
    found = odds(record, shipment.depot, told) if told else None
    return {"kept_in_10": found.tenths, "of": found.counted} if found else None


def _local(shipment: Shipment, at: datetime | None) -> str | None:
    return at.astimezone(zone_of(shipment.address.timezone)).isoformat(timespec="seconds") if at else None


def _window(shipment: Shipment, promise: Promise | None) -> dict[str, Any] | None:
    if promise is None:
        return None
    return {
        "start": _local(shipment, promise.start),
        "end": _local(shipment, promise.end),
        "source": promise.source,
        "confidence": promise.confidence or None,
        "kept_of_100": promise.level or None,
        "because": promise.because or None,
        "updated_at": _local(shipment, promise.updated_at),
    }
