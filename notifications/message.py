"""A message as it is stored and as it is sent: its channel, where it stands, and why it was not sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """A way out of the house; each is emptied by itself, so one carrier's bad day is its own."""

    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Standing(StrEnum):
    """How far a message has come. `unknown`: the carrier may have it; `stopped`: a rule held it back."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    STOPPED = "stopped"


UNFINISHED = (Standing.QUEUED, Standing.SENDING, Standing.UNKNOWN)


class Rule(StrEnum):
    """Why a message was not sent."""

    NO_CONTACT = "no_contact"
    OPTED_OUT = "opted_out"
    OTHER_CHANNEL_CHOSEN = "other_channel_chosen"
    NOT_BY_TEXT = "not_by_text"
    QUIET_HOURS = "quiet_hours"
    TOO_LATE = "too_late"
    CARRIER_ANSWERS = "carrier_answers"


# What an agent reads beside a message that was not sent.
BECAUSE_OF = {
    Rule.NO_CONTACT: "There is no phone number and no email address to send this to.",
    Rule.OPTED_OUT: "The recipient asked us not to use this number or address.",
    Rule.OTHER_CHANNEL_CHOSEN: "The recipient chose another way to be told.",
    Rule.NOT_BY_TEXT: "This news is sent by email only, and there is no email address.",
    Rule.QUIET_HOURS: "It came at night and would no longer have been true in the morning.",
    Rule.TOO_LATE: "It would no longer have been true when it could be sent.",
    Rule.CARRIER_ANSWERS: "The SMS provider answers this word itself.",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Written once, then only its fate changes (`standing` and what follows it).

    `notice` is a `Notice`, a reply such as `reply_stop`, or a webhook's type; `because` says why it exists.
    `to` is a number in E.164, an address or a URL. `headers` holds for email `from_name`, `reply_to` and
    `unsubscribe` (a URL). `expires_at` None means: true for ever. Webhooks of one `order_key` leave one after
    the other. All times are aware, UTC.
    """

    id: str
    shipper_id: int
    shipment_id: int | None
    channel: Channel
    notice: str
    language: str
    to: str
    text: str
    because: str
    not_before: datetime
    expires_at: datetime | None
    dedupe_key: str
    created_at: datetime
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    segments: int = 0
    order_key: str = ""
    standing: Standing = Standing.QUEUED
    stopped_by: str = ""
    attempts: int = 0
    resends: int = 0
    lease_until: datetime | None = None
    provider: str = ""
    provider_id: str = ""
    error_code: str = ""
    error_text: str = ""
    sent_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to a carrier, written down before it is made; `outcome` is empty until it is known."""

    message_id: str
    number: int
    worker: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    code: str = ""
    text: str = ""
