"""SendGrid: emails out by its v3 API, its signed event webhook in.

The SDK builds the body and checks signatures; the call is ours, because the SDK has no timeout and opens a
connection for each send. Facts: https://www.twilio.com/docs/sendgrid/api-reference/mail-send and
/docs/sendgrid/for-developers/tracking-events/event.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import requests
from sendgrid.helpers.eventwebhook import EventWebhook
from sendgrid.helpers.mail import (
    Asm,
    Attachment,
    ClickTracking,
    CustomArg,
    Disposition,
    FileContent,
    FileName,
    FileType,
    From,
    GroupId,
    Header,
    Mail,
    OpenTracking,
    ReplyTo,
    To,
    TrackingSettings,
)

from notifications.message import Channel, Message, Standing
from notifications.provider import (
    Accepted,
    Finding,
    Forged,
    NotFound,
    Outcome,
    Permanent,
    Temporary,
    Unknown,
)
from notifications.providers.wire import (
    CONNECT_SECONDS,
    READ_SECONDS,
    never_left,
    pooled_session,
    retry_after,
)
from notifications.receipts import Consent, Receipt
from notifications.trouble import Trouble

API_BASE = "https://api.sendgrid.com"
SIGNATURE, TIMESTAMP = (
    "x-twilio-email-event-webhook-signature",
    "x-twilio-email-event-webhook-timestamp",
)
SIGNED_WITHIN = timedelta(minutes=10)

# Refusals that concern the whole account, and what an operator reads.
STOPS = {
    401: "SendGrid does not accept our key.",
    403: "SendGrid does not let our key send from our address.",
}

# Their words on the left, ours on the right; opens and clicks are not tracked.
MEANINGS: dict[str, tuple[Standing | None, Consent | None]] = {
    "processed": (Standing.SENT, None),
    "deferred": (Standing.SENT, None),
    "delivered": (Standing.DELIVERED, None),
    "bounce": (Standing.FAILED, None),
    "dropped": (Standing.FAILED, None),
    "spamreport": (None, Consent.STOP),
    "unsubscribe": (None, Consent.STOP),
    "group_unsubscribe": (None, Consent.STOP),
    "group_resubscribe": (None, Consent.START),
}
# Why SendGrid did not even try; the beginning of what it says. A quota concerns everybody's mail.
DROPPED = {
    "Unsubscribed Address": Trouble.CONSENT,
    "Spam Reporting Address": Trouble.CONSENT,
    "Bounced Address": Trouble.CONTACT,
    "Invalid": Trouble.CONTACT,
    "Invalid SMTPAPI header": Trouble.CONTENT,
    "Spam Content": Trouble.POLICY,
    "Recipient List over Package Quota": Trouble.CONFIGURATION,
}
# What a bounce is about, by the first word of SendGrid's classification; else an address that does not work.
BOUNCED = {
    "Technical": Trouble.OTHER,
    "Content": Trouble.POLICY,
    "Reputation": Trouble.POLICY,
    "Frequency": Trouble.POLICY,
}


@dataclass(frozen=True)
class SendGridAccount:
    """The account; `public_key` (base64 DER) checks the event webhook.

    `group_id` is the unsubscribe group of delivery notices: who leaves another list still gets them. 0: none.
    """

    api_key: str = field(repr=False)
    sender: str
    public_key: str = ""
    api_base: str = ""
    read_seconds: float = READ_SECONDS
    group_id: int = 0


class SendGridEmail:
    """One SendGrid account; one pooled session for the process."""

    name = "sendgrid"
    channel = Channel.EMAIL

    def __init__(self, account: SendGridAccount) -> None:
        self.account = account
        self._url = (account.api_base or API_BASE).rstrip("/") + "/v3/mail/send"

    @cached_property
    def _session(self) -> requests.Session:
        session = pooled_session()
        session.headers["Authorization"] = f"Bearer {self.account.api_key}"
        return session

    @cached_property
    def _events(self) -> EventWebhook:
        return EventWebhook(self.account.public_key)

    def send(self, message: Message, now: datetime) -> Outcome:
        """Queue the email there (202); our id rides in `custom_args` and comes back with every event."""
        body = _mail(message, self.account).get()
        try:
            answer = self._session.post(
                self._url,
                json=body,
                timeout=(CONNECT_SECONDS, self.account.read_seconds),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            kind = type(error).__name__
            if never_left(error):
                return Temporary("no_connection", kind, trouble=Trouble.AWAY)
            return Unknown("no_answer", kind)
        return _outcome(answer, now)

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        """Nobody to ask (the activity API is paid and not for all): the `processed` event is the proof.

        Who asks has waited some minutes for that event; had it come, the message were not unknown any more.
        """
        return NotFound()

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """Its events say what became of an email, again and again for a day; there is nobody else to ask."""
        return None

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """The events of a signed call; those that are not about our messages are left out."""
        self._check(headers, body, now)
        try:
            events = json.loads(body)
        except ValueError:
            return []
        told = events if isinstance(events, list) else []
        read = (_receipt(event, now) for event in told if isinstance(event, dict))
        return [receipt for receipt in read if receipt]

    def _check(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        given = {name.lower(): value for name, value in headers.items()}
        signature, stamp = given.get(SIGNATURE, ""), given.get(TIMESTAMP, "")
        if not self.account.public_key:
            raise Forged("No key is set that checks SendGrid's events.")
        if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
            raise Forged("The call has no timestamp.")
        if abs(now.timestamp() - int(stamp)) > SIGNED_WITHIN.total_seconds():
            raise Forged("The call's timestamp is too far from now.")
        try:
            good = self._events.verify_signature(body.decode(), signature, stamp)
        except (binascii.Error, ValueError) as error:
            raise Forged("The call's signature cannot be read.") from error
        if not good:
            raise Forged("The call's signature does not hold.")


def _mail(message: Message, account: SendGridAccount) -> Mail:
    headers = message.headers
    mail = Mail(
        from_email=From(account.sender, headers.get("from_name")),
        to_emails=To(message.to),
        subject=message.subject,
        plain_text_content=message.text,
        html_content=message.html,
    )
    # never anything about a person here: SendGrid keeps it for long and cannot redact it
    mail.add_custom_arg(CustomArg("message_id", message.id))
    # rewritten links look like phishing and would hand the private link to a third party
    tracking = TrackingSettings()
    tracking.click_tracking = ClickTracking(False, False)
    tracking.open_tracking = OpenTracking(False)
    mail.tracking_settings = tracking
    if reply_to := headers.get("reply_to"):
        mail.reply_to = ReplyTo(reply_to)
    if unsubscribe := headers.get("unsubscribe"):
        mail.add_header(Header("List-Unsubscribe", f"<{unsubscribe}>"))
        mail.add_header(Header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if account.group_id:
        mail.asm = Asm(GroupId(account.group_id))
    if message.calendar:
        mail.add_attachment(_calendar(message.calendar))
    return mail


def _calendar(words: str) -> Attachment:
    """The window's .ics. Its METHOD stands inside: they refuse a type with a `;` in it, and the email with it."""
    content = FileContent(base64.b64encode(words.encode()).decode())
    return Attachment(content, FileName("delivery.ics"), FileType("text/calendar"), Disposition("attachment"))


def _outcome(answer: requests.Response, now: datetime) -> Outcome:
    status = answer.status_code
    if status in (200, 202):
        return Accepted(answer.headers.get("X-Message-Id", "")[:120])
    field_name, text = _error(answer)
    match status:
        case 429:
            return Temporary("429", text, retry_after(answer.headers, now) or _reset(answer, now))
        case 401 | 403:
            return Temporary(str(status), STOPS[status], trouble=Trouble.CONFIGURATION)
        case _ if 400 <= status < 500 and status != 408:
            trouble = Trouble.CONTACT if ".to" in field_name else Trouble.CONTENT
            return Permanent(str(status), text, trouble)
        case _:
            return Unknown(str(status), "SendGrid answered with an error of its own.")


def _error(answer: requests.Response) -> tuple[str, str]:
    """Field and sentence of the first error; 413 and others come as HTML and name none."""
    try:
        first: Any = answer.json()["errors"][0]
        return str(first.get("field") or ""), str(first.get("message") or "")[:500]
    except (ValueError, LookupError, TypeError, AttributeError):
        return "", ""


def _reset(answer: requests.Response, now: datetime) -> timedelta | None:
    told = answer.headers.get("X-RateLimit-Reset", "")
    if not told.isdigit() or len(told) > 12:
        return None
    return max(timedelta(seconds=int(told) - now.timestamp()), timedelta(0))


def _receipt(event: dict[str, Any], now: datetime) -> Receipt | None:
    word, message_id = str(event.get("event", "")), event.get("message_id")
    if word not in MEANINGS or not isinstance(message_id, str):
        return None
    standing, consent = MEANINGS[word]
    reason = str(event.get("reason") or event.get("response") or "")[:500]
    trouble = _trouble(word, reason, event) if standing is Standing.FAILED else None
    provider_id = str(event.get("sg_message_id") or "").partition(".")[0][:120]
    return Receipt(
        provider="sendgrid",
        event_id=str(event.get("sg_event_id") or f"{message_id}:{word}:{event.get('timestamp')}")[:200],
        at=_at(event.get("timestamp"), now),
        message_id=message_id,
        provider_id=provider_id,
        standing=standing,
        word=word,
        code=str(event.get("status") or event.get("type") or "")[:60],
        text=reason,
        consent=Consent.STOP if trouble is Trouble.CONSENT else consent,
        trouble=trouble,
    )


def _trouble(word: str, reason: str, event: Mapping[str, Any]) -> Trouble:
    """What a failure is about. A block is the receiving server's mood today, a bounce is about the address."""
    if word == "dropped":
        begins = sorted((known for known in DROPPED if reason.startswith(known)), key=len)
        return DROPPED[begins[-1]] if begins else Trouble.OTHER
    if event.get("type") == "blocked":
        return Trouble.OTHER
    return BOUNCED.get(str(event.get("bounce_classification") or "").partition(" ")[0], Trouble.CONTACT)


def _at(stamp: Any, now: datetime) -> datetime:
    if not isinstance(stamp, int) or not 0 < stamp < now.timestamp():
        return now
    return datetime.fromtimestamp(stamp, UTC)
