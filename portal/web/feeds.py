"""A shipment's window for machines of its recipient: a calendar to follow, and plain facts as JSON."""

from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from portal.domain import window as windows
from portal.domain.access import fingerprint
from portal.domain.delivery import Promise, Shipment
from portal.domain.shipment import Status
from portal.web.local import zone_of

LOOK_AGAIN = timedelta(minutes=15)
AT_THE_DOOR = timedelta(minutes=5)


def calendar(shipment: Shipment, page: str, now: datetime) -> bytes:
    """An iCalendar (RFC 5545) with the window as its one event, if one is known. Names nobody."""
    book = Calendar()
    book.add("prodid", "-//Doorstep//window//EN")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("refresh-interval", LOOK_AGAIN, {"VALUE": "DURATION"})
    if times := _times(shipment, now):
        event = Event()
        event.add("uid", f"{fingerprint('calendar:' + shipment.link_nonce)[:32]}@doorstep")
        event.add("sequence", shipment.version)
        event.add("dtstamp", updated_at(shipment) or now)
        event.add("dtstart", times[0])
        event.add("dtend", times[1])
        event.add(
            "summary", "Parcel delivered" if shipment.state.status is Status.DELIVERED else "Parcel delivery"
        )
        event.add("url", page)
        event.add("transp", "TRANSPARENT")
        event.add("status", "CANCELLED" if shipment.state.status is Status.CANCELLED else "CONFIRMED")
        book.add_component(event)
    return bytes(book.to_ical())


def _times(shipment: Shipment, now: datetime) -> tuple[datetime, datetime] | None:
    zone, state = zone_of(shipment.address.timezone), shipment.state
    if state.status is Status.DELIVERED and state.since:
        return state.since.astimezone(zone), (state.since + AT_THE_DOOR).astimezone(zone)
    promise = windows.shown(shipment.planned, shipment.live, now) or shipment.window
    return (promise.start.astimezone(zone), promise.end.astimezone(zone)) if promise else None


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
