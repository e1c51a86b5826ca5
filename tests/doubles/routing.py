"""A routing server that speaks OSRM's and Valhalla's wire, for a land where everybody drives at 10 m/s."""

import json
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from portal.domain.geo import Point, distance_m
from tests.doubles.server import Answer, Call, Double

METERS_A_SECOND = 10.0
SLOW_SECONDS = 3.0
HUGE = 2 * 1024 * 1024


class Manner(StrEnum):
    """How it answers."""

    WELL = "well"
    SLOW = "slow"
    DOWN = "down"
    ERROR = "error"
    JUNK = "junk"
    NO_TABLE = "no table"
    WORDS = "words for numbers"
    NEGATIVE = "negative"
    NOT_FINITE = "not finite"
    HUGE = "huge"
    ELSEWHERE = "elsewhere"
    REDIRECT = "redirect"
    NEXT_DOOR = "the other kind of server"


class RoutingServer(Double):
    """`kind` is `osrm` or `valhalla`. `nowhere` are places beside every road: they spoil a question for all."""

    def __init__(self, kind: str, manner: Manner = Manner.WELL) -> None:
        super().__init__()
        self.kind, self.manner = kind, manner
        self.no_way: set[tuple[Point, Point]] = set()
        self.nowhere: set[Point] = set()
        self.asked: list[list[tuple[Point, Point]]] = []

    def take(self, call: Call) -> Answer:
        """Answer in the manner of the day."""
        match self.manner:
            case Manner.SLOW:
                self.released.wait(SLOW_SECONDS)
            case Manner.DOWN:
                return Answer(503, b"busy")
            case Manner.ERROR:
                return Answer(500, b"{}")
            case Manner.JUNK:
                return Answer(200, b"\xff\xfe<html>[[[[")
            case Manner.HUGE:
                return Answer(200, b'{"code":"Ok","durations":[[' + b"1," * HUGE + b"1]]}")
            case Manner.REDIRECT:
                return Answer(302, b"", {"Location": f"{self.url}/elsewhere"})
            case Manner.NEXT_DOOR:
                return Answer(200, b'{"hello": "world"}')
        return self._osrm(call) if self.kind == "osrm" else self._valhalla(call)

    def _osrm(self, call: Call) -> Answer:
        path = urlsplit(call.path)
        _, service, version, profile, spots = path.path.split("/")
        assert (version, profile) == ("v1", "driving")
        if service == "nearest":
            return _json(200, {"code": "NoSegment"} if self.nowhere else {"code": "Ok", "waypoints": []})
        places = [
            Point(float(lat), float(lng)) for lng, lat in (spot.split(",") for spot in spots.split(";"))
        ]
        asked = parse_qs(path.query)
        starts, ends = (
            [places[int(number)] for number in asked[name][0].split(";")]
            for name in ("sources", "destinations")
        )
        if self.nowhere.intersection(places):
            return _json(400, {"code": "NoSegment", "message": "Could not find a matching segment"})
        return _json(200, {"code": "Ok", "durations": self._table(starts, ends)})

    def _valhalla(self, call: Call) -> Answer:
        if call.path == "/status":
            return _json(200, {"version": "3.5.1", "tileset_last_modified": 0})
        assert call.path == "/sources_to_targets"
        body = json.loads(call.body)
        assert body["costing"] == "auto"
        starts, ends = (
            [Point(spot["lat"], spot["lon"]) for spot in body[side]] for side in ("sources", "targets")
        )
        if self.nowhere.intersection((*starts, *ends)):
            return _json(400, {"error_code": 171, "error": "No suitable edges near location"})
        table = self._table(starts, ends)
        if not isinstance(table, list):
            return _json(200, {"sources_to_targets": table})
        cells = [
            [{"time": seconds, "from_index": row, "to_index": n} for n, seconds in enumerate(line)]
            for row, line in enumerate(table)
        ]
        return _json(200, {"sources_to_targets": cells})

    def _table(self, starts: Sequence[Point], ends: Sequence[Point]) -> object:
        self.asked.append([(start, end) for start in starts for end in ends])
        if self.manner is Manner.NO_TABLE:
            return None
        return [[self._cell(start, end) for end in ends] for start in starts]

    def _cell(self, start: Point, end: Point) -> object:
        odd = {
            Manner.WORDS: "soon",
            Manner.NEGATIVE: -5.0,
            Manner.NOT_FINITE: float("inf"),
            Manner.ELSEWHERE: 0.0,
        }
        if self.manner in odd:
            return odd[self.manner]
        return None if (start, end) in self.no_way else round(distance_m(start, end) / METERS_A_SECOND, 1)


def _json(status: int, answer: object) -> Answer:
    return Answer(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})
