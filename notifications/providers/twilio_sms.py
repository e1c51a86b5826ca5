"""Twilio: texts out by its SDK, status callbacks and answers in.

Facts: https://www.twilio.com/docs/messaging/api/message-resource, /docs/api/errors, /docs/usage/security.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from notifications.message import Channel, Message, Standing
from notifications.provider import (
    Accepted,
    CannotTell,
    Finding,
    Forged,
    Found,
    NotFound,
    Outcome,
    Permanent,
    Temporary,
    Trouble,
    Unknown,
)
from notifications.providers.twilio_codes import CODES, Meaning
from notifications.providers.wire import READ_SECONDS, never_left
from notifications.receipts import Consent, Inbound, Keyword, Receipt

# Their words on the left, ours on the right. The early ones prove that Twilio has the message.
MEANINGS = {
    "accepted": Standing.SENT,
    "scheduled": Standing.SENT,
    "queued": Standing.SENT,
    "sending": Standing.SENT,
    "sent": Standing.SENT,
    "partially_delivered": Standing.SENT,
    "delivered": Standing.DELIVERED,
    "read": Standing.DELIVERED,
    "undelivered": Standing.FAILED,
    "failed": Standing.FAILED,
    "canceled": Standing.FAILED,
}

# Twilio answers its own default words; sisters in other languages reach us and are ours to answer.
DEFAULT_WORDS = {
    **dict.fromkeys(
        ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"), Keyword.STOP
    ),
    **dict.fromkeys(("START", "UNSTOP"), Keyword.START),
    **dict.fromkeys(("HELP", "INFO"), Keyword.HELP),
}
SISTERS = {"STOPP": Keyword.STOP, "ABMELDEN": Keyword.STOP, "HILFE": Keyword.HELP}

LONGEST_VALIDITY_SECONDS = 36_000
CONFIGURATION_PAUSE = timedelta(minutes=5)
MOST_FIELDS = 200
# their clock and ours, and their times are whole seconds
SLACK = timedelta(seconds=5)


@dataclass(frozen=True)
class TwilioAccount:
    """The account. An API key is preferred for calls; the auth token is still needed to check callbacks."""

    account_sid: str
    auth_token: str = field(repr=False)
    public_url: str
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
    sender: str = ""
    messaging_service_sid: str = ""
    api_base: str = ""
    read_seconds: float = READ_SECONDS


class Form(dict[str, list[str]]):
    """A form with every value of every field, for the SDK's validator: repeated and empty ones count."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]

    def one(self, name: str) -> str:
        """The first value of a field, empty if there is none."""
        return self.get(name, [""])[0]


class TwilioSms:
    """One Twilio account; one pooled client for the process."""

    name = "twilio"
    channel = Channel.SMS

    def __init__(self, account: TwilioAccount) -> None:
        self.account = account
        self._validator = RequestValidator(account.auth_token)

    @cached_property
    def _client(self) -> Client:
        account = self.account
        # the SDK has no timeout of its own, and its logger would write numbers and texts
        quiet = logging.getLogger("notifications.twilio.http")
        quiet.setLevel(logging.WARNING)
        http = TwilioHttpClient(timeout=account.read_seconds, logger=quiet)
        user, secret = account.api_key, account.api_secret
        if not user:
            user, secret = account.account_sid, account.auth_token
        client = Client(user, secret, account.account_sid, http_client=http)
        if account.api_base:
            client.api.base_url = account.api_base.rstrip("/")
        return client

    def send(self, message: Message, now: datetime) -> Outcome:
        """Create the message; our id is in its callback's URL, so that a lost answer can be found again."""
        account = self.account
        sender: dict[str, str] = (
            {"messaging_service_sid": account.messaging_service_sid}
            if account.messaging_service_sid
            else {"from_": account.sender}
        )
        try:
            made = self._client.messages.create(
                to=message.to,
                body=message.text,
                status_callback=f"{account.public_url}/callbacks/twilio/status/{message.id}",
                validity_period=_validity_seconds(message, now),
                **sender,
            )
        except TwilioRestException as error:
            return _refused(error)
        except requests.RequestException as error:
            kind = type(error).__name__
            return Temporary("no_connection", kind) if never_left(error) else Unknown("no_answer", kind)
        except ValueError:
            return Unknown("no_answer", "The answer was not JSON.")
        return Accepted(made.sid or "")

    def lookup(self, message: Message, since: datetime, now: datetime) -> Finding:
        """Ask the list of messages to this number for the same words, made since the first try."""
        midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            listed = self._client.messages.list(to=message.to, date_sent_after=midnight, limit=200)
        except (TwilioRestException, requests.RequestException, ValueError) as error:
            return CannotTell(type(error).__name__)
        for one in listed:
            made_at = one.date_created
            if one.body == message.text and made_at and made_at >= since - SLACK:
                return Found(one.sid or "", MEANINGS.get(str(one.status), Standing.SENT))
        return NotFound()

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """The status callback of one message; its id is the last part of the URL's path."""
        form = self._checked(url, headers, body)
        word = form.one("MessageStatus") or form.one("SmsStatus")
        sid, code = form.one("MessageSid") or form.one("SmsSid"), form.one("ErrorCode")
        meaning = CODES.get(int(code)) if code.isdecimal() and len(code) < 9 else None
        return [
            Receipt(
                provider=self.name,
                event_id=f"{sid}:{word}"[:200],
                at=now,
                message_id=urlsplit(url).path.rpartition("/")[2],
                provider_id=sid[:120],
                standing=MEANINGS.get(word),
                word=word[:60],
                code=code[:60],
                text=meaning.text if meaning else "",
                consent=Consent.STOP if meaning and meaning.trouble is Trouble.CONSENT else None,
            )
        ]

    def inbound(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Inbound:
        """A text that somebody sent to our number."""
        form = self._checked(url, headers, body)
        said = form.one("Body")
        word = said.strip().strip(".!\"'").upper()
        advanced = form.one("OptOutType").lower()
        keyword = Keyword(advanced) if advanced in list(Keyword) else DEFAULT_WORDS.get(word)
        return Inbound(
            provider=self.name,
            provider_id=form.one("MessageSid")[:120],
            sender=form.one("From"),
            text=said[:1600],
            at=now,
            keyword=keyword or SISTERS.get(word),
            answered_by_carrier=keyword is not None,
        )

    def _checked(self, url: str, headers: Mapping[str, str], body: bytes) -> Form:
        given = {name.lower(): value for name, value in headers.items()}
        form = Form()
        try:
            fields = parse_qsl(
                body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
            )
        except ValueError as error:
            raise Forged("The callback is not a form.") from error
        for name, value in fields:
            form.setdefault(name, []).append(value)
        signature = given.get("x-twilio-signature", "")
        if not signature or not self._validator.validate(url, form, signature):
            raise Forged("The callback's signature does not hold.")
        return form


def _validity_seconds(message: Message, now: datetime) -> int:
    if message.expires_at is None:
        return LONGEST_VALIDITY_SECONDS
    left = int((message.expires_at - now).total_seconds())
    return max(1, min(left, LONGEST_VALIDITY_SECONDS))


def _refused(error: TwilioRestException) -> Outcome:
    """What a refusal of `create` means: by its code if we know it, else by its status."""
    code, meaning = str(error.code or error.status), _meaning(error)
    if meaning is None:
        return Unknown(code, "Twilio answered with an error of its own.")
    match meaning.trouble:
        case Trouble.BUSY:
            return Temporary(code, meaning.text)
        case Trouble.CONFIGURATION:
            # nothing is wrong with the message: it waits for the operator as long as it stays true
            return Temporary(code, meaning.text, CONFIGURATION_PAUSE, Trouble.CONFIGURATION)
        case trouble:
            return Permanent(code, meaning.text, trouble)


def _meaning(error: Any) -> Meaning | None:
    if error.status >= 500 or error.status < 400:
        return None
    if error.code in CODES:
        return CODES[error.code]
    by_status = {429: Trouble.BUSY, 401: Trouble.CONFIGURATION, 403: Trouble.CONFIGURATION}
    return Meaning(by_status.get(error.status, Trouble.OTHER), "Twilio does not take this message.")
