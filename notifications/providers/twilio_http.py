"""Twilio's HTTP client with our manners: two timeouts, a pool that fits, no retries, nothing logged."""

import logging
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from notifications.providers.wire import CONNECT_SECONDS, pooled_session


class TooMany(Exception):
    """429: the call was never processed. The SDK's own error has lost the headers that say when to come back."""

    def __init__(self, answer: Response) -> None:
        super().__init__("429")
        self.headers: dict[str, str] = dict(answer.headers or {})


class QuietClient(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's client waits for ever and writes numbers and texts into its log; this one does neither."""

    def __init__(self, read_seconds: float) -> None:
        quiet = logging.getLogger("notifications.twilio.http")
        quiet.setLevel(logging.WARNING)
        super().__init__(logger=quiet)
        self.session = pooled_session()
        self.timeout = (CONNECT_SECONDS, read_seconds)

    def request(self, *args: Any, **more: Any) -> Response:
        """One call; raises `TooMany` for a 429, and what `requests` raises when there is no answer."""
        answer = super().request(*args, **more)
        if answer.status_code == 429:
            raise TooMany(answer)
        return answer
