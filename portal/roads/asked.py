"""Seconds by road from a routing server: asked ahead, in a thread of its own, and answered from memory.

Nobody who works out a window waits for the server: what is not known yet is taken from the road file, or else the
straight line, and is known at one of the next looks.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from threading import Event, Lock, Thread

import structlog

from notifications.breaker import Breaker, Leave, Turn
from portal.clock import Clock
from portal.domain.geo import Point
from portal.domain.travel import Roads
from portal.roads.servers import LEGS_AT_ONCE, Leg, Server
from portal.roads.wire import NoAnswer, Refused

log = structlog.get_logger()

LEGS_AT_HAND, LEGS_WANTED = 200_000, 20_000
# Roads are built slowly, but a map is renewed at night and a mistake in it should not stay.
ASKED_AGAIN_SECONDS = 86_400.0
RESTS_SECONDS = 5.0
FINDS_FOR_SECONDS = 20.0

Key = tuple[float, float, float, float]


class AskedRoads:
    """What a routing server said, else what `otherwise` knows. `find_out` is called by a thread that `start` starts."""

    def __init__(
        self,
        server: Server,
        otherwise: Roads | None,
        now: Clock,
        *,
        start: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server, self._otherwise, self._now = server, otherwise, now
        self._monotonic, self._start = monotonic, start
        self._breaker = Breaker()
        self._lock = Lock()
        self._known: OrderedDict[Key, tuple[float | None, float]] = OrderedDict()
        self._wanted: OrderedDict[Key, Leg] = OrderedDict()
        self._told = Event()
        self._thread: Thread | None = None

    def seconds(self, start: Point, end: Point) -> float | None:
        """From memory, however old: a road of yesterday is better than a straight line."""
        found = self._known.get(_key(start, end))
        if found is not None and found[0] is not None:
            return found[0]
        return self._otherwise.seconds(start, end) if self._otherwise else None

    def expect(self, way: Sequence[Point]) -> None:
        """Note the legs the server was not asked for today; past the ceiling the oldest are given up."""
        if not self._note(way):
            return
        with self._lock:
            if self._start and self._thread is None:
                self._thread = Thread(target=self._run, name="roads", daemon=True)
                self._thread.start()
        self._told.set()

    def find(self, way: Sequence[Point]) -> None:
        """Ask for what is missing here and now; a server that does not answer is not waited for long."""
        give_up_at = self._monotonic() + FINDS_FOR_SECONDS
        self._note(way)
        while self._wanted and self._breaker.rests_until is None and self._monotonic() < give_up_at:
            self.find_out()

    def _note(self, way: Sequence[Point]) -> bool:
        """Put the legs that are missing on the list; whether there were any."""
        if self._otherwise:
            self._otherwise.expect(way)
        fresh_since = self._monotonic() - ASKED_AGAIN_SECONDS
        missing = {
            key: leg
            for leg in pairwise(way)
            if leg[0] != leg[1]
            and ((known := self._known.get(key := _key(*leg))) is None or known[1] < fresh_since)
        }
        with self._lock:
            self._wanted.update(missing)
            while len(self._wanted) > LEGS_WANTED:
                self._wanted.popitem(last=False)
        return bool(missing)

    def find_out(self) -> int:
        """Ask for some of the legs that are wanted; returns how many still are. Takes as long as the server takes."""
        leave = self._breaker.ask(self._now())
        if leave is Leave.NONE:
            return len(self._wanted)
        with self._lock:
            keys = list(islice(self._wanted, LEGS_AT_ONCE))
            legs = [self._wanted.pop(key) for key in keys]
        if not legs:
            self._breaker.cancel()
            return 0
        try:
            self._ask(legs)
        except NoAnswer as none:
            # whoever needs them expects them again soon
            self._heard(False, leave, str(none))
        else:
            self._heard(True, leave, "")
        return len(self._wanted)

    def _ask(self, legs: Sequence[Leg]) -> None:
        """A question that is refused is asked in halves: one place beside every road spoils it for all."""
        try:
            answers = self._server.seconds(legs)
        except Refused:
            if len(legs) == 1:
                return self._keep(legs, [None])
            half = len(legs) // 2
            self._ask(legs[:half])
            self._ask(legs[half:])
        else:
            self._keep(legs, answers)

    def _keep(self, legs: Sequence[Leg], answers: Sequence[float | None]) -> None:
        at = self._monotonic()
        with self._lock:
            for leg, seconds in zip(legs, answers, strict=True):
                key = _key(*leg)
                self._known[key] = seconds, at
                self._known.move_to_end(key)
            while len(self._known) > LEGS_AT_HAND:
                self._known.popitem(last=False)

    def _heard(self, well: bool, leave: Leave, why: str) -> None:
        turn = self._breaker.heard(well, self._now(), probe=leave is Leave.PROBE)
        if turn is Turn.OPENED:
            log.warning("routing_server_rests", problem=why)
        elif turn is Turn.CLOSED:
            log.info("routing_server_answers")

    def _run(self) -> None:
        while self._told.wait():
            self._told.clear()
            while self._wanted:
                try:
                    self.find_out()
                except Exception as error:
                    log.error("routing_failed", kind=type(error).__name__)
                if self._breaker.rests_until is not None:
                    time.sleep(RESTS_SECONDS)


def _key(start: Point, end: Point) -> Key:
    """A meter more or less is the same leg."""
    return round(start.lat, 5), round(start.lng, 5), round(end.lat, 5), round(end.lng, 5)
