"""Twilio: texts out by its SDK, status callbacks and answers in.

Facts: https://www.twilio.com/docs/messaging/api/message-resource, /docs/api/errors, /docs/usage/security and
/docs/usage/webhooks/webhooks-connection-overrides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from notifications.keywords import Reserved, reserved
from notifications.message import Channel, Message, Standing
from notifications.provider import (
    Accepted,
    CannotTell,
    Finding,
    Found,
    NotFound,
    Outcome,
    Permanent,
    Temporary,
    Unknown,
)
from notifications.providers.twilio_codes import CODES, meaning_of
from notifications.providers.twilio_http import QuietClient, TooMany
from notifications.providers.twilio_signing import Seal
from notifications.providers.wire import READ_SECONDS, never_left, retry_after
from notifications.receipts import Consent, Inbound, Keyword, Receipt
from notifications.trouble import Trouble

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

LONGEST_VALIDITY_SECONDS = 36_000
COUNTRY_PAUSE = timedelta(minutes=30)
# A worker's clock may be an hour off theirs. Our other texts with the same words are known by their ids.
SLACK = timedelta(minutes=65)
# Twilio tries a callback again only when told so; what stands behind # is not part of its signature
TRY_AGAIN = "#rc=3&rp=5xx,ct,rt"
# Nobody gets so many texts in the days between a try and its question; beyond that nothing is concluded.
MOST_LISTED, A_PAGE = 2000, 200
NO_ANSWER = (TwilioException, requests.RequestException, TooMany, ValueError)


@dataclass(frozen=True)
class TwilioAccount:
    """The account. An API key is preferred for calls; the auth token is still needed to check callbacks.

    `more_secrets` also sign its callbacks: an auth token that is being replaced, a shared key for webhooks.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    public_url: str
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
    sender: str = ""
    messaging_service_sid: str = ""
    api_base: str = ""
    read_seconds: float = READ_SECONDS
    name: str = "twilio"
    more_secrets: tuple[str, ...] = field(default=(), repr=False)

    def origin(self, name: str = "") -> dict[str, str]:
        """What a text goes out from, as `create` takes it: a shipper's name, our pool, our number."""
        if name:
            return {"from_": name}
        if self.messaging_service_sid:
            return {"messaging_service_sid": self.messaging_service_sid}
        return {"from_": self.sender}


class TwilioSms:
    """One Twilio account or sender; one pooled client for the process."""

    channel = Channel.SMS

    def __init__(self, account: TwilioAccount) -> None:
        self.account = account
        self.name = account.name
        self._seal = Seal((account.auth_token, *account.more_secrets))

    @cached_property
    def _client(self) -> Client:
        account = self.account
        user, secret = account.api_key, account.api_secret
        if not user:
            user, secret = account.account_sid, account.auth_token
        client = Client(user, secret, account.account_sid, http_client=QuietClient(account.read_seconds))
        if account.api_base:
            client.api.base_url = account.api_base.rstrip("/")
        return client

    def send(self, message: Message, now: datetime) -> Outcome:
        """Create the message; our id is in its callback's URL, so that a lost answer can be found again."""
        account = self.account
        try:
            made = self._client.messages.create(
                to=message.to,
                body=message.text,
                status_callback=f"{account.public_url}/callbacks/twilio/status/{message.id}{TRY_AGAIN}",
                validity_period=_validity_seconds(message, now),
                **account.origin(message.headers.get("from_name", "")),
            )
        except TooMany as error:
            return Temporary("20429", CODES[20429].text, retry_after(error.headers, now))
        except TwilioException as error:
            return _refused(error, message.to)
        except requests.RequestException as error:
            kind = type(error).__name__
            if never_left(error):
                return Temporary("no_connection", kind, trouble=Trouble.AWAY)
            return Unknown("no_answer", kind)
        except ValueError:
            return Unknown("no_answer", "The answer was not JSON.")
        return Accepted(made.sid or "")

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        """Ask the list of messages to this number for the same words from our sender, made since the first try."""
        if not message.to:
            return CannotTell("Its number was erased.")
        try:
            for count, one in enumerate(self._listed(message.to, since)):
                if count >= MOST_LISTED:
                    return CannotTell("There are too many texts to this number to look through.")
                if one.sid not in taken and self._is(message, one) and _made_since(one, since):
                    return Found(one.sid or "", MEANINGS.get(str(one.status), Standing.SENT))
        except NO_ANSWER as error:
            return CannotTell(type(error).__name__)
        return NotFound()

    def _listed(self, to: str, since: datetime) -> Iterator[Any]:
        """The newest first; days are all the list can be asked for."""
        midnight = (since - SLACK).replace(hour=0, minute=0, second=0, microsecond=0)
        listed: Iterator[Any] = self._client.messages.stream(
            to=to, date_sent_after=midnight, page_size=A_PAGE
        )
        return listed

    def _is(self, message: Message, one: Any) -> bool:
        """Whether a listed text is this one: its words, and our sender where the list names it."""
        account, name = self.account, message.headers.get("from_name", "")
        ours, theirs = account.messaging_service_sid, one.messaging_service_sid
        if name or not ours:
            ours, theirs = name or account.sender, one.from_
        return one.body == message.text and (not theirs or theirs == ours)

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """What Twilio says of a text it took; the same report as its callback would have brought."""
        try:
            found = self._client.messages(message.provider_id).fetch()
        except NO_ANSWER:
            return None
        code = str(found.error_code or "")
        return self._receipt(message.id, message.provider_id, str(found.status), code, now)

    def redact(self, provider_id: str, now: datetime) -> Outcome:
        """Empty the words of a text, sent or received, and delete its record; one that is gone is well gone.

        Facts: https://www.twilio.com/docs/messaging/tutorials/how-to-retrieve-and-modify-message-history
        """
        text = self._client.messages(provider_id)
        try:
            text.update(body="")
            text.delete()
        except TooMany as error:
            return Temporary("20429", CODES[20429].text, retry_after(error.headers, now))
        except TwilioException as error:
            return _not_redacted(error)
        except (requests.RequestException, ValueError) as error:
            return Temporary("no_answer", type(error).__name__, trouble=Trouble.AWAY)
        return Accepted(provider_id)

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """The status callback of one message; its id is the last part of the URL's path."""
        form = self._seal.opened(url, headers, body)
        word = form.one("MessageStatus") or form.one("SmsStatus")
        sid, code = form.one("MessageSid") or form.one("SmsSid"), form.one("ErrorCode")
        message_id = urlsplit(url).path.rpartition("/")[2]
        return [self._receipt(message_id, sid, word, code, now)]

    def _receipt(self, message_id: str, sid: str, word: str, code: str, now: datetime) -> Receipt:
        meaning = CODES.get(int(code)) if code.isdecimal() and len(code) < 9 else None
        trouble = meaning.trouble if meaning else None
        standing = MEANINGS.get(word)
        return Receipt(
            provider=self.name,
            event_id=f"{sid}:{word}"[:200],
            at=now,
            message_id=message_id,
            provider_id=sid[:120],
            standing=standing,
            word=word[:60],
            code=code[:60],
            text=meaning.text if meaning else "",
            consent=Consent.STOP if trouble is Trouble.CONSENT else None,
            trouble=(trouble or Trouble.OTHER) if standing is Standing.FAILED else None,
        )

    def inbound(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Inbound:
        """A text that somebody sent to our number."""
        form = self._seal.opened(url, headers, body)
        said = form.one("Body")
        # with its Advanced Opt-Out on, Twilio says itself what it took a text for, in whatever words
        advanced = form.one("OptOutType").lower()
        found = Reserved(Keyword(advanced), True) if advanced in list(Keyword) else reserved(said)
        return Inbound(
            provider=self.name,
            provider_id=form.one("MessageSid")[:120],
            sender=form.one("From"),
            text=said[:1600],
            at=now,
            keyword=found.keyword if found else None,
            answered_by_carrier=found.answered_by_carrier if found else False,
        )


def _not_redacted(error: Any) -> Outcome:
    status, code = (
        getattr(error, "status", 0),
        str(getattr(error, "code", None) or getattr(error, "status", 0)),
    )
    if status == 404:
        return Accepted()
    # a text whose fate is open yet cannot be deleted (409), and their own errors pass
    if status >= 500 or status in (0, 409) or code == "20009":
        return Temporary(code, "Twilio does not erase it yet.")
    return Permanent(code, "Twilio refuses to erase it.")


def _made_since(one: Any, since: datetime) -> bool:
    return bool(one.date_created and one.date_created >= since - SLACK)


def _validity_seconds(message: Message, now: datetime) -> int:
    if message.expires_at is None:
        return LONGEST_VALIDITY_SECONDS
    left = int((message.expires_at - now).total_seconds())
    return max(1, min(left, LONGEST_VALIDITY_SECONDS))


def _refused(error: Any, to: str) -> Outcome:
    """What a refusal of `create` means."""
    status, code = getattr(error, "status", 0), getattr(error, "code", None)
    meaning, its = meaning_of(status, code), str(code or status)
    if meaning is None:
        return Unknown(its, "Twilio answered with an error of its own.")
    match meaning.trouble:
        case Trouble.BUSY:
            return Temporary(its, meaning.text)
        case Trouble.CONFIGURATION | Trouble.SENDER:
            # nothing is wrong with the message: it waits for the operator as long as it stays true
            return Temporary(its, meaning.text, trouble=meaning.trouble)
        case Trouble.COUNTRY:
            words = f"Texts to {_country(to)} are not switched on at Twilio."
            return Temporary(its, words, COUNTRY_PAUSE, Trouble.COUNTRY)
        case trouble:
            return Permanent(its, meaning.text, trouble)


def _country(to: str) -> str:
    """The calling code of a number, such as +48: an operator needs the country, and nobody more than that."""
    try:
        return f"+{phonenumbers.parse(to).country_code}"
    except phonenumbers.NumberParseException:
        return "this country"
