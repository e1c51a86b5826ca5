"""What providers have in common on the wire: one pooled session, timeouts, and reading what went wrong."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0
# Connections kept: more than a process ever makes calls at once, or some would be made anew for each call.
POOLED = 48


class Settled(requests.Session):
    """Looks at the environment (proxies, certificates) once for each host: at every call that is an eighth of it."""

    def __init__(self) -> None:
        super().__init__()
        self._known = lru_cache(maxsize=256)(self._environment)
        # a .netrc of the machine is not for these calls, and would be looked for at each
        self.auth = _as_it_is

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """As `requests` has it, from what is known of the host."""
        parts = urlsplit(url)
        known = self._known(f"{parts.scheme}://{parts.netloc}/")
        told = {"stream": stream, "verify": verify, "cert": cert}
        told = {name: value for name, value in told.items() if value is not None}
        return known | told | {"proxies": {**known["proxies"], **(proxies or {})}}

    def _environment(self, host: str) -> dict[str, Any]:
        return dict(super().merge_environment_settings(host, {}, None, None, None))


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def pooled_session(size: int = POOLED, kind: type[HTTPAdapter] = HTTPAdapter) -> requests.Session:
    """One session per process: connections are kept, nothing is retried behind our back, no cookies."""
    session = Settled()
    adapter = kind(pool_connections=size, pool_maxsize=size, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made, so that the other side surely got nothing."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    return isinstance(cause, NewConnectionError | ConnectTimeoutError)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The pause that `Retry-After` asks for, in seconds or as a date; None if it says nothing we can read."""
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return timedelta(seconds=min(int(told[:9]), 86_400))
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta(0))
