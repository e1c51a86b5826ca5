"""A message as it is stored and as it is sent: its channel, where it stands, and why it was not sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


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
    REPLACED = "replaced"
    TOLD_TOGETHER = "told_together"
    DAILY_CAP = "daily_cap"
    MONEY_CEILING = "money_ceiling"
    NOT_WANTED = "not_wanted"
    NO_CONSENT = "no_consent"
    UNREACHABLE = "unreachable"
    NO_LONGER_TRUE = "no_longer_true"
    ANSWERED = "answered"
    ERASED = "erased"


# What an agent reads beside a message that was not sent.
BECAUSE_OF = {
    Rule.NO_CONTACT: "There is no phone number and no email address to send this to.",
    Rule.OPTED_OUT: "The recipient asked us not to use this number or address.",
    Rule.OTHER_CHANNEL_CHOSEN: "The recipient chose another way to be told.",
    Rule.NOT_BY_TEXT: "This news is sent by email only, and there is no email address.",
    Rule.QUIET_HOURS: "It came at night and would no longer have been true in the morning.",
    Rule.TOO_LATE: "It would no longer have been true when it could be sent.",
    Rule.CARRIER_ANSWERS: "The SMS provider answers this word itself.",
    Rule.REPLACED: "Newer news came before it could be sent.",
    Rule.TOLD_TOGETHER: "Another parcel for the same door had the same news: one message told both.",
    Rule.DAILY_CAP: "This person has had as many messages today as anybody may get in a day.",
    Rule.MONEY_CEILING: "The shipper's money for texts this month is spent.",
    Rule.NOT_WANTED: "The recipient does not want news of this kind.",
    Rule.NO_CONSENT: "Texts to this country need a recorded consent, and there is none.",
    Rule.UNREACHABLE: "This number or address is known not to work.",
    Rule.NO_LONGER_TRUE: "It was no longer true when its time came.",
    Rule.ANSWERED: "The recipient asked for it by text, and the answer to that text says it.",
    Rule.ERASED: "Its recipient asked to be forgotten before it was sent.",
}

# A message held back by one of these as it leaves may be said on the other channel.
FALLS_BACK = {
    Rule.OPTED_OUT,
    Rule.OTHER_CHANNEL_CHOSEN,
    Rule.MONEY_CEILING,
    Rule.NO_CONSENT,
    Rule.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Written once, then only its fate changes (`standing` and what follows it).

    `notice` is a `Notice`, a reply such as `reply_stop`, or a webhook's type; `because` says why it exists.
    `to` is a number in E.164, an address or a URL. `headers` holds `from_name`, and for email
    `reply_to` and `unsubscribe` (a URL). `expires_at` None means: true for ever. Webhooks of one `order_key` leave
    one after the other. `facts` are kept where the words may have to be made anew: for the other channel, or for
    several parcels; `fallback_at` is when the other channel says it unless this one is delivered by then. `instead_of`
    is the message this one stands in for, `gather_key` what may be told as one, `calendar` the .ics of an email,
    `cost_micros` what it is expected to cost, in millionths of the operator's currency. All times are aware, UTC.
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
    facts: Mapping[str, Any] | None = None
    fallback_at: datetime | None = None
    instead_of: str = ""
    gather_key: str = ""
    calendar: str = ""
    cost_micros: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to a carrier, written down before it is made; `outcome` is empty until it is known.

    `sender` is the account it went by, such as `twilio` or `twilio-2`.
    """

    message_id: str
    number: int
    worker: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    code: str = ""
    text: str = ""
    sender: str = ""
