"""HTTP as routing servers get it: little patience, no redirects, small answers in JSON."""

import json
import time
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

PATIENCE_SECONDS = 2.0
LARGEST_ANSWER = 1024 * 1024


class NoAnswer(Exception):
    """The server did not answer, or not in its own words; the text says how. Another time it may."""


class Refused(Exception):
    """The server is well, and will not answer this question; a smaller one perhaps."""


def session() -> requests.Session:
    """Nothing is retried behind our back, and the machine's .netrc is not for these calls."""
    session = requests.Session()
    session.auth = lambda request: request
    # a packed answer of any size could hide in a small one
    session.headers["Accept-Encoding"] = "identity"
    return session


def ask(session: requests.Session, method: str, url: str, body: Any = None) -> dict[str, Any]:
    """The answer as JSON. Raises `NoAnswer`, or `Refused` for a 400 in the server's own words."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    try:
        with session.request(
            method, url, json=body, timeout=PATIENCE_SECONDS, stream=True, allow_redirects=False
        ) as response:
            said = _read(response, give_up_at)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise NoAnswer(_why(error)) from None
    if response.status_code not in (200, 400):
        raise NoAnswer(f"it answered {response.status_code}")
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        raise NoAnswer(f"it answered {response.status_code} and no JSON") from None
    if not isinstance(answer, dict):
        raise NoAnswer("it answered with no object")
    if response.status_code == 400:
        raise Refused(str(answer.get("code") or answer.get("error_code"))[:40])
    return answer


def _why(error: Exception) -> str:
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return f"no answer within {PATIENCE_SECONDS:g} seconds"
    return "no connection" if isinstance(error, requests.ConnectionError) else type(error).__name__


def _read(response: requests.Response, give_up_at: float) -> bytes:
    said = bytearray()
    while part := response.raw.read1(65_536, decode_content=False):
        said += part
        if len(said) > LARGEST_ANSWER:
            raise NoAnswer("its answer is too large")
        if time.monotonic() > give_up_at:
            raise NoAnswer("its answer drips")
    return bytes(said)
