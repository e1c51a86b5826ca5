"""Routing servers on the wire: OSRM's table and Valhalla's matrix. Their words on the left, ours on the right."""

import json
import time
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Protocol

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from portal.domain.geo import Point, distance_m

Leg = tuple[Point, Point]

PATIENCE_SECONDS = 2.0
LARGEST_ANSWER = 1024 * 1024
# So many legs are asked at once: a table of their ends stays far below what servers allow by default.
LEGS_AT_ONCE = 25
LONGEST_SECONDS = 86_400.0
# Faster than this nobody drives: a server with the map of somewhere else finds one place for all of ours.
FASTEST_MPS = 50.0
NO_DISTANCE_M = 200.0


class NoAnswer(Exception):
    """The server did not answer, or not in its own words; the text says how. Another time it may."""


class Refused(Exception):
    """The server is well, and will not answer this question; a smaller one perhaps."""


class Server(Protocol):
    """A routing server."""

    def seconds(self, legs: Sequence[Leg]) -> list[float | None]:
        """Seconds for each of these legs, None where there is no way. Raises `NoAnswer` or `Refused`."""
        ...

    def greet(self) -> None:
        """Find out whether this is such a server. Raises `NoAnswer`."""
        ...


class Osrm:
    """OSRM's HTTP API, version 1."""

    def __init__(self, url: str) -> None:
        self._url, self._session = url.rstrip("/"), _session()

    def seconds(self, legs: Sequence[Leg]) -> list[float | None]:
        """One table of all starts and ends."""
        places = _places(legs)
        number = {place: n for n, place in enumerate(places)}
        starts, ends = _sides(legs)
        asked = "&".join(
            (
                "sources=" + ";".join(str(number[place]) for place in starts),
                "destinations=" + ";".join(str(number[place]) for place in ends),
                "annotations=duration",
            )
        )
        where = ";".join(f"{place.lng:.6f},{place.lat:.6f}" for place in places)
        answer = _ask(self._session, "GET", f"{self._url}/table/v1/driving/{where}?{asked}")
        if answer.get("code") != "Ok":
            raise Refused(str(answer.get("code"))[:40])
        return _of_table(answer.get("durations"), lambda cell: cell, legs)

    def greet(self) -> None:
        """Ask for the nearest road to nowhere: whatever it says, it says it with a code."""
        try:
            answer = _ask(self._session, "GET", f"{self._url}/nearest/v1/driving/0,0")
        except Refused:
            return
        if "code" not in answer:
            raise NoAnswer("what answers is no OSRM")


class Valhalla:
    """Valhalla's HTTP API."""

    def __init__(self, url: str) -> None:
        self._url, self._session = url.rstrip("/"), _session()

    def seconds(self, legs: Sequence[Leg]) -> list[float | None]:
        """One matrix of all starts and ends."""
        starts, ends = _sides(legs)
        body = {"sources": _spots(starts), "targets": _spots(ends), "costing": "auto"}
        answer = _ask(self._session, "POST", f"{self._url}/sources_to_targets", body)
        return _of_table(answer.get("sources_to_targets"), lambda cell: cell["time"], legs)

    def greet(self) -> None:
        """Ask how it is."""
        try:
            answer = _ask(self._session, "GET", f"{self._url}/status")
        except Refused as no:
            raise NoAnswer("what answers is no Valhalla") from no
        if "version" not in answer:
            raise NoAnswer("what answers is no Valhalla")


SERVERS: Mapping[str, type[Osrm] | type[Valhalla]] = {"osrm": Osrm, "valhalla": Valhalla}


def _session() -> requests.Session:
    """Nothing is retried behind our back, and the machine's .netrc is not for these calls."""
    session = requests.Session()
    session.auth = lambda request: request
    # a packed answer of any size could hide in a small one
    session.headers["Accept-Encoding"] = "identity"
    return session


def _ask(session: requests.Session, method: str, url: str, body: Any = None) -> dict[str, Any]:
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


def _sides(legs: Sequence[Leg]) -> tuple[list[Point], list[Point]]:
    """Starts and ends, each once, in order."""
    return list(dict.fromkeys(start for start, _ in legs)), list(dict.fromkeys(end for _, end in legs))


def _places(legs: Sequence[Leg]) -> list[Point]:
    return list(dict.fromkeys(place for leg in legs for place in leg))


def _spots(places: Sequence[Point]) -> list[dict[str, float]]:
    return [{"lat": round(place.lat, 6), "lon": round(place.lng, 6)} for place in places]


def _of_table(table: Any, seconds: Any, legs: Sequence[Leg]) -> list[float | None]:
    """Each leg's cell. Raises `NoAnswer` when the table has another shape."""
    starts, ends = _sides(legs)
    row = {place: n for n, place in enumerate(starts)}
    column = {place: n for n, place in enumerate(ends)}
    try:
        return [_sane(seconds(table[row[start]][column[end]]), start, end) for start, end in legs]
    except (LookupError, TypeError):
        raise NoAnswer("its table does not fit the question") from None


def _sane(seconds: Any, start: Point, end: Point) -> float | None:
    """Seconds that a van could need. Raises `TypeError` for what is no number."""
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError(seconds)
    meters = distance_m(start, end)
    too_fast = meters > NO_DISTANCE_M and seconds < meters / FASTEST_MPS
    fits = isfinite(seconds) and 0 <= seconds <= LONGEST_SECONDS and not too_fast
    return float(seconds) if fits else None
