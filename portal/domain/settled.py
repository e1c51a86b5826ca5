"""Which contacts of a shipment have stood long enough to be sent a code: one that was just put there has not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.domain.parcel import Recipient

SETTLES_AFTER = timedelta(hours=24)
SMS, EMAIL = "sms", "email"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A contact of one channel (`sms` or `email`) that was replaced; either side may be empty."""

    channel: str
    old: str
    new: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """Whom a code may be sent to. `until` is when the newest contacts have stood long enough, None if they have."""

    recipient: Recipient
    until: datetime | None = None


def replaced(before: Recipient, after: Recipient, by: str, at: datetime) -> list[Replaced]:
    """What is another contact than before."""
    both = ((SMS, before.phone, after.phone), (EMAIL, before.email.lower(), after.email.lower()))
    return [Replaced(channel, old, new, by, at) for channel, old, new in both if old != new]


def settled(recipient: Recipient, history: Iterable[Replaced], now: datetime) -> Settled:
    """The contacts that stand for a day; while there is none left of them, those that stood before.

    Whoever takes over an account at the shop can change number and address there, but not get a code by it.
    """
    lately = sorted((one for one in history if now - one.at < SETTLES_AFTER), key=lambda one: one.at)
    stood = {SMS: recipient.phone, EMAIL: recipient.email}
    for one in reversed(lately):
        stood[one.channel] = one.old
    unchanged = (stood[SMS] == recipient.phone, stood[EMAIL].lower() == recipient.email.lower())
    if all(unchanged):
        return Settled(recipient)
    until = max(one.at for one in lately) + SETTLES_AFTER
    kept = replace(
        recipient,
        phone=recipient.phone if unchanged[0] else "",
        email=recipient.email if unchanged[1] else "",
    )
    if kept.phone or kept.email:
        return Settled(kept, until)
    return Settled(replace(recipient, phone=stood[SMS], email=stood[EMAIL]), until)
