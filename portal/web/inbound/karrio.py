"""Karrio's tracker updates: each call tells every event. It signs nothing, but sends the webhook's secret itself."""

import hmac
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Annotated

from portal.flows.outside import Said
from portal.web.inbound.reading import (
    Part,
    Parts,
    Theirs,
    Words,
    moment,
    name_of,
    names,
    oldest_first,
    read,
    reason_of,
    said,
)

CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p")


class Event(Theirs):
    date: Words = ""
    time: Words = ""
    timestamp: Words = ""
    code: Words = ""
    status: Words = ""
    reason: Words = ""
    description: Words = ""
    location: Words = ""


class Facts(Theirs):
    reference: Words = ""
    order_id: Words = ""


class Tracker(Theirs):
    tracking_number: Words = ""
    status: Words = ""
    events: Annotated[tuple[Event, ...], Parts] = ()
    metadata: Annotated[Facts, Part] = Facts()


class Call(Theirs):
    event: Words = ""
    data: Annotated[Tracker, Part] = Tracker()


def is_theirs(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """The secret in clear, compared without telling by time how much of it was right."""
    return hmac.compare_digest(secret.encode(), headers.get("X-Event-Id", "").encode())


def told(body: bytes, zone: tzinfo) -> list[Said]:
    """Every event of the tracker, oldest first; the newest bears the tracker's status when it has none of its own."""
    call = read(Call, body)
    if not call.event.startswith("tracker"):
        return [Said((), None, call.event)]
    found = sorted(
        ((_moment(one, zone), one) for one in call.data.events),
        key=lambda pair: (pair[0] is None, pair[0].timestamp() if pair[0] else 0.0),
    )
    newest = found[-1][1] if found else None
    told = [_said(call.data, one, at, call.data.status if one is newest else "") for at, one in found]
    return oldest_first(told) if told else [Said((), None, call.event)]


def _said(of: Tracker, one: Event, at: datetime | None, usual: str) -> Said:
    word = one.status or usual
    return said(
        "karrio",
        names(of.tracking_number, of.metadata.reference, of.metadata.order_id),
        # the tracker's own status may still change; its name must not
        name_of(of.tracking_number, one.timestamp, one.date, one.time, one.code, one.status),
        at,
        word or one.code,
        one.reason,
        reason=reason_of(one.reason),
        place=one.location,
        note=one.description,
    )


def _moment(one: Event, zone: tzinfo) -> datetime | None:
    if at := moment(one.timestamp, zone):
        return at
    for form in CLOCKS:
        try:
            clock = datetime.strptime(one.time, form).time()  # noqa: DTZ007  # the zone follows
        except ValueError:
            continue
        return moment(f"{one.date}T{clock.isoformat()}", zone)
    return moment(one.date, zone)
