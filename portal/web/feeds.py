"""A shipment's window for machines of its recipient: a calendar to follow, and plain facts as JSON."""

from datetime import datetime, timedelta
from typing import Any

from notifications.calendar import Visit
from notifications.calendar import calendar as draw
from portal.domain import window as windows
from portal.domain.access import calendar_uid
from portal.domain.delivery import Promise, Shipment
from portal.domain.shipment import Status
from portal.web.local import zone_of

AT_THE_DOOR = timedelta(minutes=5)


def calendar(shipment: Shipment, page: str, words: tuple[str, str], now: datetime) -> str:
    """An iCalendar with the window as its one event, if one is known; `words` are its title and note.

    Emails carry the same entry: one calendar may hold both, and the newer wins.
    """
    if not (times := _times(shipment, now)):
        return draw(None)
    title, note = words
    return draw(
        Visit(
            calendar_uid(shipment.link_nonce),
            shipment.version,
            *times,
            updated_at(shipment) or now,
            page,
            title,
            note,
            cancelled=shipment.state.status is Status.CANCELLED,
        )
    )


def _times(shipment: Shipment, now: datetime) -> tuple[datetime, datetime] | None:
    state = shipment.state
    if state.status is Status.DELIVERED and state.since:
        return state.since, state.since + AT_THE_DOOR
    promise = windows.shown(shipment.planned, shipment.live, now) or shipment.window
    return (promise.start, promise.end) if promise else None


def updated_at(shipment: Shipment) -> datetime | None:
    """When something was last heard about this shipment."""
    heard = [promise.updated_at for promise in (shipment.planned, shipment.live) if promise]
    heard += [shipment.state.last.happened_at] if shipment.state.last else []
    return max(heard, default=None)


def facts(shipment: Shipment, now: datetime) -> dict[str, Any]:
    """Status, planned and live window apart, each with source and time; local times with offset. No names."""
    live = shipment.live if shipment.live and shipment.live.end > now else None
    heard = updated_at(shipment)
    return {
        "status": shipment.state.status.value,
        "planned": _window(shipment, shipment.planned),
        "live": _window(shipment, live),
        "stops_before": live.stops_before if live else None,
        "delivered_at": _local(shipment, shipment.state.since)
        if shipment.state.status is Status.DELIVERED
        else None,
        "updated_at": _local(shipment, heard),
    }


def _local(shipment: Shipment, at: datetime | None) -> str | None:
    return at.astimezone(zone_of(shipment.address.timezone)).isoformat(timespec="seconds") if at else None


def _window(shipment: Shipment, promise: Promise | None) -> dict[str, Any] | None:
    if promise is None:
        return None
    return {
        "start": _local(shipment, promise.start),
        "end": _local(shipment, promise.end),
        "source": promise.source,
        "kept_of_100": promise.level or None,
        "updated_at": _local(shipment, promise.updated_at),
    }
