"""A load generator by the clock: every request has its time, and is late when the answers before it were.

Open, as the world is: a slow answer does not hold back those who ask next. Delays count from when a request was due,
so that waiting for a free connection counts too. One thread, keep-alive connections as a proxy in front would hold.
"""

import heapq
import itertools
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECTIONS = 64
ENOUGH_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: status, head in lower case, body; when it was due and when it was whole (monotonic seconds)."""

    status: int
    head: bytes
    body: bytes
    due: float
    at: float

    @property
    def delay(self) -> float:
        """Seconds from when it was due."""
        return self.at - self.due

    def header(self, name: bytes) -> bytes:
        """A header by its name in lower case; empty when there is none."""
        _, found, rest = self.head.partition(b"\r\n" + name + b": ")
        return rest.partition(b"\r\n")[0] if found else b""


Then = Callable[[Answer], None]
Ask = Callable[[], bytes]


@dataclass(slots=True)
class Line:
    """One connection and what it is waiting for."""

    sock: socket.socket
    heard: bytes = b""
    due: float = 0.0
    then: Then = field(default=lambda answer: None)


class Agenda:
    """Requests with their times; `then` of an answer may put down the next ones."""

    def __init__(self, port: int, connections: int = CONNECTIONS) -> None:
        self._port = port
        self._due: list[tuple[float, int, Ask, Then]] = []
        self._numbers = itertools.count()
        self._selector = selectors.DefaultSelector()
        self._free = deque(self._opened() for _ in range(connections))
        self._waiting = 0
        self.asked = 0

    def add(self, due: float, ask: Ask, then: Then) -> None:
        """At `due`, or as soon as a connection is free after that, ask."""
        heapq.heappush(self._due, (due, next(self._numbers), ask, then))

    def run(self, until: float) -> float:
        """Work through the agenda until then; returns the share of this thread that it took (0 to 1)."""
        began, cpu_began = time.monotonic(), time.thread_time()
        while (now := time.monotonic()) < until and (self._due or self._waiting):
            while self._free and self._due and self._due[0][0] <= now:
                self._ask(*heapq.heappop(self._due))
            next_due = self._due[0][0] if self._due and self._free else until
            for key, _ in self._selector.select(max(min(next_due, until) - time.monotonic(), 0)):
                self._hear(key.data)
        return (time.thread_time() - cpu_began) / max(time.monotonic() - began, 1e-9)

    def close(self) -> None:
        """Hang up."""
        for key in list(self._selector.get_map().values()):
            key.data.sock.close()
        self._selector.close()

    def _opened(self) -> Line:
        sock = socket.create_connection(("127.0.0.1", self._port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = Line(sock)
        self._selector.register(sock, selectors.EVENT_READ, line)
        return line

    def _ask(self, due: float, _number: int, ask: Ask, then: Then) -> None:
        line = self._free.popleft()
        line.due, line.then, line.heard = due, then, b""
        self._waiting += 1
        self.asked += 1
        line.sock.sendall(ask())

    def _hear(self, line: Line) -> None:
        heard = line.sock.recv(ENOUGH_BYTES)
        if not heard:
            raise RuntimeError("the server hung up")
        line.heard += heard
        head, whole, body = line.heard.partition(b"\r\n\r\n")
        if not whole:
            return
        head = head.lower() + b"\r\n"
        status = int(head[9:12])
        if status not in (204, 304) and len(body) < int(_length(head)):
            return
        self._free.append(line)
        self._waiting -= 1
        line.then(Answer(status, head, body, line.due, time.monotonic()))


def _length(head: bytes) -> bytes:
    _, found, rest = head.partition(b"\r\ncontent-length:")
    if not found:
        raise RuntimeError(f"an answer without Content-Length: {head[:200].decode(errors='replace')}")
    return rest.partition(b"\r\n")[0]


def at_most(delays: list[float], share: float) -> float:
    """The delay in ms that this share of them does not exceed; NaN without any."""
    if not delays:
        return float("nan")
    return sorted(delays)[min(int(len(delays) * share), len(delays) - 1)] * 1000
