"""A small cast: one Monday, one shipper, one recipient, and the messages between them."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.contact import Contact
from notifications.message import Channel, Message
from notifications.notice import Facts, Notice, Occasion

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
LINK = "https://track.example-carrier.com/t/" + "k" * 22
numbers = itertools.count(1)

ANNA = Contact("Anna", "+4915112345678", "anna@example.org", "de", timezone="Europe/Berlin")


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of the day, UTC; Berlin is one hour ahead."""
    return MIDNIGHT + timedelta(hours=hour, minutes=minute, seconds=second)


def facts(**more: Any) -> Facts:
    """What Fern & Kettle's messages say."""
    usual: dict[str, Any] = {
        "shipper": "Fern & Kettle",
        "link": LINK,
        "reference": "FK-1001",
        "timezone": "Europe/Berlin",
        "window_start": at(13),
        "window_end": at(15),
    }
    return Facts(**(usual | more))


def occasion(notice: Notice = Notice.OUT_FOR_DELIVERY, **more: Any) -> Occasion:
    """An occasion of shipment 7."""
    told = Occasion(notice, 1, 7, "event-1", "Dispatch said so.", facts())
    return replace(told, **more)


def message(channel: Channel = Channel.SMS, **more: Any) -> Message:
    """A message that is due at 8 and true until noon."""
    number = next(numbers)
    to = {
        Channel.SMS: "+4915112345678",
        Channel.EMAIL: "anna@example.org",
        Channel.WEBHOOK: "http://dispatch.example/hook",
    }
    usual: dict[str, Any] = {
        "id": f"{number:08d}-0000-4000-8000-000000000000",
        "shipper_id": 1,
        "shipment_id": None,
        "channel": channel,
        "notice": "out_for_delivery",
        "language": "en",
        "to": to[channel],
        "text": f"Fern & Kettle: your parcel is on the van, number {number}.",
        "because": "Dispatch said so.",
        "not_before": at(8),
        "expires_at": at(12),
        "dedupe_key": f"7:out_for_delivery:{number}:{channel}",
        "created_at": at(8),
    }
    return Message(**(usual | more))
