"""What providers have in common on the wire: one pooled session, timeouts, and reading what went wrong."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0
# Connections kept: more than a process ever makes calls at once, or some would be made anew for each call.
POOLED = 48


def pooled_session(size: int = POOLED, kind: type[HTTPAdapter] = HTTPAdapter) -> requests.Session:
    """One session per process: connections are kept, nothing is retried behind our back, no cookies."""
    session = requests.Session()
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
