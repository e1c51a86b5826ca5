"""Twilio's message resource and its callbacks, as far as we use them."""

import base64
import hmac
import itertools
import json
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tests.doubles.server import Answer, Call, Double, Fault

TOKEN = "twilio-token-of-the-tests"
ACCOUNT = "AC" + "0" * 32


@dataclass(frozen=True, slots=True)
class Text:
    """A message that the double took."""

    sid: str
    to: str
    body: str
    form: dict[str, str]


class Twilio(Double):
    """Takes and lists messages, newest first; `refusals` maps a number to the error code it is refused with.

    `fates` maps a message's id to the status and error code it has come to.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.texts: list[Text] = []
        self.refusals: dict[str, int] = {}
        self.fates: dict[str, tuple[str, int | None]] = {}
        self.in_flight: set[str] = set()
        self._numbers = itertools.count(1)

    def take(self, call: Call) -> Answer:
        if call.method == "GET":
            return self._list(call) if "/Messages.json" in call.path else self._one(call)
        if "/Messages/" in call.path:
            return self._change(call)
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        if code := self.refusals.get(form["To"]):
            return _json(401 if code == 20003 else 400, {"code": code, "message": "no", "status": 400})
        text = Text(f"SM{next(self._numbers):032d}", form["To"], form["Body"], form)
        self.texts.append(text)
        return _json(201, self._resource(text))

    def refuse(self, fault: Fault) -> Answer:
        if fault is Fault.TOO_MANY:
            body = {"code": 20429, "message": "Too Many Requests", "status": 429}
            return Answer(429, json.dumps(body).encode(), {"Retry-After": "7"})
        return Answer(500, b"<html>error</html>")

    def callback(self, text: Text, status: str, **more: str) -> tuple[str, dict[str, str], bytes]:
        """URL, headers and body of a status callback, signed as Twilio does."""
        fields = [("MessageSid", text.sid), ("MessageStatus", status), ("To", text.to), ("From", "")]
        return signed(text.form["StatusCallback"], [*fields, *more.items()])

    def _list(self, call: Call) -> Answer:
        asked = parse_qs(urlsplit(call.path).query)
        found = [self._resource(text) for text in self.texts[::-1] if text.to == asked["To"][0]]
        return _json(200, {"messages": found, "next_page_uri": None, "page": 0, "page_size": 200})

    def _one(self, call: Call) -> Answer:
        sid = urlsplit(call.path).path.rpartition("/")[2].removesuffix(".json")
        found = next((text for text in self.texts if text.sid == sid), None)
        missing = {"code": 20404, "message": "no", "status": 404}
        return _json(200, self._resource(found)) if found else _json(404, missing)

    def _change(self, call: Call) -> Answer:
        """An empty body redacts a text, DELETE erases its record; not while its fate is open."""
        sid = urlsplit(call.path).path.rpartition("/")[2].removesuffix(".json")
        at = next((at for at, text in enumerate(self.texts) if text.sid == sid), None)
        if at is None:
            return _json(404, {"code": 20404, "message": "no", "status": 404})
        if sid in self.in_flight:
            return _json(409, {"code": 20009, "message": "not yet", "status": 409})
        if call.method == "DELETE":
            del self.texts[at]
            return Answer(204, b"", {})
        self.texts[at] = replace(self.texts[at], body="")
        return _json(200, self._resource(self.texts[at]))

    def _resource(self, text: Text) -> dict[str, object]:
        made = format_datetime(self.now)
        status, error_code = self.fates.get(text.sid, ("queued", None))
        return {
            "sid": text.sid,
            "to": text.to,
            "from": text.form.get("From"),
            "messaging_service_sid": text.form.get("MessagingServiceSid"),
            "body": text.body,
            "status": status,
            "error_code": error_code,
            "date_created": made,
            "date_sent": None,
            "date_updated": made,
            "account_sid": ACCOUNT,
        }


def signed(
    url: str, fields: list[tuple[str, str]], token: str = TOKEN, digest: Any = sha1
) -> tuple[str, dict[str, str], bytes]:
    """A form post signed as https://www.twilio.com/docs/usage/security says; overrides behind # are not part of it."""
    url = url.partition("#")[0]
    told = url + "".join(name + value for name, value in sorted(set(fields)))
    signature = base64.b64encode(hmac.new(token.encode(), told.encode(), digest).digest()).decode()
    return url, {"X-Twilio-Signature": signature}, urlencode(fields).encode()


def _json(status: int, value: object) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})
