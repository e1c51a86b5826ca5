"""Routing servers on the wire: OSRM's table and Valhalla's matrix. Their words on the left, ours on the right."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Protocol

from portal.domain.geo import Point, distance_m
from portal.roads.wire import NoAnswer, Refused, ask, session

Leg = tuple[Point, Point]

# So many legs are asked at once: a table of their ends stays far below what servers allow by default.
LEGS_AT_ONCE = 25
LONGEST_SECONDS = 86_400.0
# Faster than this nobody drives: a server with the map of somewhere else finds one place for all of ours.
FASTEST_MPS = 50.0
NO_DISTANCE_M = 200.0


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
        self._url, self._session = url.rstrip("/"), session()

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
        answer = ask(self._session, "GET", f"{self._url}/table/v1/driving/{where}?{asked}")
        if answer.get("code") != "Ok":
            raise Refused(str(answer.get("code"))[:40])
        return _of_table(answer.get("durations"), lambda cell: cell, legs)

    def greet(self) -> None:
        """Ask for the nearest road to nowhere: whatever it says, it says it with a code."""
        try:
            answer = ask(self._session, "GET", f"{self._url}/nearest/v1/driving/0,0")
        except Refused:
            return
        if "code" not in answer:
            raise NoAnswer("what answers is no OSRM")


class Valhalla:
    """Valhalla's HTTP API."""

    def __init__(self, url: str) -> None:
        self._url, self._session = url.rstrip("/"), session()

    def seconds(self, legs: Sequence[Leg]) -> list[float | None]:
        """One matrix of all starts and ends."""
        starts, ends = _sides(legs)
        body = {"sources": _spots(starts), "targets": _spots(ends), "costing": "auto"}
        answer = ask(self._session, "POST", f"{self._url}/sources_to_targets", body)
        return _of_table(answer.get("sources_to_targets"), lambda cell: cell["time"], legs)

    def greet(self) -> None:
        """Ask how it is."""
        try:
            answer = ask(self._session, "GET", f"{self._url}/status")
        except Refused as no:
            raise NoAnswer("what answers is no Valhalla") from no
        if "version" not in answer:
            raise NoAnswer("what answers is no Valhalla")


SERVERS: Mapping[str, type[Osrm] | type[Valhalla]] = {"osrm": Osrm, "valhalla": Valhalla}


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
