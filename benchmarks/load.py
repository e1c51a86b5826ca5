"""A small load generator: keep-alive connections, prebuilt requests, one thread.

Each connection asks, waits for the whole answer and asks again. On its own core it can do far more than one
core of granian can answer; `busy` says how much of that core it used, so that nobody measures the generator.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one spell: answers a second, delays in ms, the generator's share of its core (0 to 1)."""

    per_second: float
    p50_ms: float
    p99_ms: float
    busy: float
    answers: int
    bytes_each: int


class Caller:
    """One connection and the answer it is waiting for."""

    __slots__ = ("asked_at", "left", "sock")

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked_at = 0.0
        self.left = -1


def get(path: str, **headers: str) -> bytes:
    """The bytes of a GET."""
    return request("GET", path, b"", headers)


def post(path: str, body: bytes, **headers: str) -> bytes:
    """The bytes of a POST."""
    return request("POST", path, body, headers)


def request(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def one(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """A single GET, read at leisure: status, headers (lower case), body."""
    caller = HTTPConnection("127.0.0.1", port, timeout=30)
    caller.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = caller.getresponse()
    body = answer.read()
    caller.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def size_of(head: bytes, expected: bytes) -> int:
    """How many bytes follow the head of an answer; refuses one with another status than `expected`."""
    if head[9:12] != expected:
        raise RuntimeError(f"expected {expected.decode()}, got: {head[:300].decode(errors='replace')}")
    if expected in (b"304", b"204"):
        return 0
    low = head.lower()
    at = low.find(b"content-length:")
    if at < 0:
        raise RuntimeError("an answer without Content-Length")
    end = low.find(b"\r", at)
    return int(low[at + 15 : len(low) if end < 0 else end])


def spell(
    port: int, requests: Sequence[bytes], seconds: float, *, status: int = 200, connections: int = CONNECTIONS
) -> Load:
    """Ask for `seconds`, walking through `requests`; every answer must have `status`."""
    expected = str(status).encode()
    asking = cycle(requests)
    callers = [Caller(port) for _ in range(connections)]
    delays: list[float] = []
    received = 0
    with selectors.DefaultSelector() as selector:
        for caller in callers:
            selector.register(caller.sock, selectors.EVENT_READ, caller)
            ask(caller, next(asking))
        began, cpu_began = time.perf_counter(), time.process_time()
        while time.perf_counter() - began < seconds:
            for key, _ in selector.select(1):
                caller = key.data
                got = hear(caller, expected)
                received += got
                if caller.left == 0:
                    delays.append(time.perf_counter() - caller.asked_at)
                    ask(caller, next(asking))
        took, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    for caller in callers:
        caller.sock.close()
    delays.sort()
    count = len(delays)
    if not count:
        raise RuntimeError(f"no answer in {seconds} s")
    return Load(
        per_second=count / took,
        p50_ms=delays[count // 2] * 1000,
        p99_ms=delays[count * 99 // 100] * 1000,
        busy=cpu / took,
        answers=count,
        bytes_each=received // count,
    )


def ask(caller: Caller, what: bytes) -> None:
    caller.left = -1
    caller.asked_at = time.perf_counter()
    caller.sock.sendall(what)


def hear(caller: Caller, expected: bytes) -> int:
    """Take in what arrived; `left` is 0 once the answer is whole. Returns the bytes heard."""
    heard = caller.sock.recv(262_144)
    if not heard:
        raise RuntimeError("the server hung up")
    if caller.left < 0:
        head, _, body = heard.partition(b"\r\n\r\n")
        caller.left = size_of(head, expected) - len(body)
    else:
        caller.left -= len(heard)
    return len(heard)
