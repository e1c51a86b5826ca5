"""Dispatch's own endpoint: signed calls out (Standard Webhooks); the answer may carry the decision."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import requests

from notifications.endpoint import address_problem
from notifications.message import Channel, Message, Standing
from notifications.provider import (
    Accepted,
    Finding,
    Forged,
    NotFound,
    Outcome,
    Permanent,
    Temporary,
)
from notifications.providers.wary import AnyNetwork, PublicOnly
from notifications.providers.wire import CONNECT_SECONDS, pooled_session, retry_after
from notifications.receipts import Receipt
from notifications.signing import BadSecret, sign
from notifications.trouble import Trouble

ANSWER_SECONDS = 15.0
LONGEST_ANSWER_BYTES = 64 * 1024
BODY_SECONDS = 3.0
THROTTLES = (429, 502, 503, 504)

SecretsOf = Callable[[str, datetime], Sequence[str]]


class DispatchWebhook:
    """Calls the URL a message goes to, signed with the secrets of its `owner` header.

    Everything but a 2xx and a 410 is tried again: the id stays the same, so dispatch knows a repetition.
    """

    name = "dispatch"
    channel = Channel.WEBHOOK

    def __init__(
        self,
        secrets_of: SecretsOf,
        *,
        allow_private: bool = False,
        answer_seconds: float = ANSWER_SECONDS,
        stamp: Callable[[datetime], datetime] = lambda now: now,
    ) -> None:
        self.secrets_of = secrets_of
        self.stamp = stamp
        self.allow_private = allow_private
        self.timeout = (CONNECT_SECONDS, answer_seconds)

    @cached_property
    def _session(self) -> requests.Session:
        session = pooled_session(kind=AnyNetwork if self.allow_private else PublicOnly)
        session.headers["User-Agent"] = "Doorstep-Webhooks/1"
        # an `auth` of our own keeps the operator's .netrc from signing calls to somebody else
        session.auth = lambda request: request
        return session

    def send(self, message: Message, now: datetime) -> Outcome:
        """One signed POST; no redirects, 15 s to answer."""
        secrets = self.secrets_of(message.headers.get("owner", ""), now)
        if not secrets:
            return Permanent("no_endpoint", "There is no endpoint any more.")
        if problem := address_problem(message.to, allow_private=self.allow_private):
            return Temporary("address", problem, trouble=Trouble.ROUTE)
        body = message.text.encode()
        try:
            headers = sign(secrets, message.id, self.stamp(now), body) | {"Content-Type": "application/json"}
            with self._session.post(
                message.to,
                data=body,
                headers=headers,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                return _outcome(message, answer, now)
        except (requests.RequestException, OSError) as error:
            return Temporary("no_answer", type(error).__name__)
        except BadSecret as error:
            return Temporary("secret", str(error), trouble=Trouble.CONFIGURATION)

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        """Nobody to ask, and no need: sending again is safe."""
        return NotFound()

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """Its answer was its last word."""
        return None

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """Dispatch answers by the API."""
        raise Forged("Dispatch sends no receipts.")


def _outcome(message: Message, answer: requests.Response, now: datetime) -> Outcome:
    status = answer.status_code
    if 200 <= status < 300:
        return Accepted(message.id, Standing.DELIVERED, _decision(answer))
    if status == 410:
        return Permanent("gone", "The endpoint says that it is gone.", Trouble.GONE)
    pause = retry_after(answer.headers, now) if status in THROTTLES else None
    return Temporary(str(status), f"The endpoint answered {status}.", pause)


def _decision(answer: requests.Response) -> Mapping[str, Any] | None:
    """The object in a short JSON body if it decides something; anything else was only an acknowledgement."""
    try:
        found = json.loads(_body(answer))
    except Exception:
        # whatever is wrong with these bytes, the call itself was acknowledged
        return None
    return found if isinstance(found, dict) and isinstance(found.get("decision"), str) else None


def _body(answer: requests.Response) -> bytes:
    """What came of the body in a short while; a timeout alone would begin anew with every byte."""
    until, body = time.monotonic() + BODY_SECONDS, b""
    while len(body) < LONGEST_ANSWER_BYTES and time.monotonic() < until:
        part = answer.raw.read1(LONGEST_ANSWER_BYTES - len(body), decode_content=True)
        if not part:
            break
        body += part
    return body
