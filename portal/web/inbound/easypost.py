"""EasyPost's tracker events: each call tells the whole story of one tracker. https://docs.easypost.com/docs/trackers"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from datetime import tzinfo
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
    said,
)


class Place(Theirs):
    city: Words = ""


class Detail(Theirs):
    datetime: Words = ""
    status: Words = ""
    status_detail: Words = ""
    message: Words = ""
    tracking_location: Annotated[Place, Part] = Place()


class Tracker(Theirs):
    object: Words = ""
    tracking_code: Words = ""
    status: Words = ""
    status_detail: Words = ""
    updated_at: Words = ""
    tracking_details: Annotated[tuple[Detail, ...], Parts] = ()


class Event(Theirs):
    description: Words = ""
    result: Annotated[Tracker, Part] = Tracker()


def is_theirs(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """`hmac-sha256-hex=` and the HMAC-SHA256 of the raw body, with the secret in Unicode's NFKD."""
    key = unicodedata.normalize("NFKD", secret).encode()
    right = f"hmac-sha256-hex={hmac.new(key, body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(right.encode(), headers.get("X-Hmac-Signature", "").encode())


def told(body: bytes, zone: tzinfo) -> list[Said]:
    """Every detail of the tracker, oldest first; events about anything else say nothing."""
    event = read(Event, body)
    tracker = event.result
    if not event.description.startswith("tracker."):
        return [Said((), None, event.description)]
    details = tracker.tracking_details or [
        Detail(datetime=tracker.updated_at, status=tracker.status, status_detail=tracker.status_detail)
    ]
    return oldest_first(_said(tracker, detail, zone) for detail in details)


def _said(tracker: Tracker, detail: Detail, zone: tzinfo) -> Said:
    return said(
        "easypost",
        names(tracker.tracking_code),
        name_of(tracker.tracking_code, detail.datetime, detail.status, detail.status_detail),
        moment(detail.datetime, zone),
        detail.status,
        detail.status_detail,
        place=detail.tracking_location.city,
        note=detail.message,
    )
