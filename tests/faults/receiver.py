"""A dispatch system's endpoint with bad days: it fails, is slow, is gone, comes back, and remembers what it took."""

import json
import random
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.doubles.dispatch import OLD_SECRET, SECRET
from tests.doubles.server import Server

SLOW_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Mood:
    """Of all calls: `error` are answered 500, `taken_then_error` were taken all the same, `taken_then_cut` get no
    answer, `slow` are answered late, `too_many` are asked to come later."""

    error: float = 0.0
    taken_then_error: float = 0.0
    taken_then_cut: float = 0.0
    slow: float = 0.0
    too_many: float = 0.0


FINE = Mood()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call that was taken: whose turn it was, its id, the entry's number, and what the body says it is."""

    webhook_id: str
    shipment: str
    number: int
    seq: int


@dataclass
class Receiver:
    """Listens on one port for all its life, but for the times when it is down."""

    seed: int
    mood: Mood = FINE
    arrivals: list[Arrival] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._dice, self._lock = random.Random(self.seed), threading.Lock()
        self._verify = [Webhook(SECRET), Webhook(OLD_SECRET)]
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.port: int = self._server.server_address[1]
        self._listen()

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"http://127.0.0.1:{self.port}/hook"

    def goes_down(self) -> None:
        """Nobody listens any more."""
        self._server.shutdown()
        self._server.server_close()

    def comes_back(self) -> None:
        """At the same address."""
        self._server = Server(("127.0.0.1", self.port), self._handler())
        self._listen()

    def _listen(self) -> None:
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.goes_down()

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver._take(self, body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        return Handler

    def _take(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        fate = self._fate()
        with self._lock:
            self.counts["calls"] += 1
            self.counts[fate] += 1
        if fate == "error":
            return _answer(handler, 500)
        if fate == "too_many":
            return _answer(handler, 429, {"Retry-After": "30"})
        self._keep({name.lower(): value for name, value in handler.headers.items()}, body)
        match fate:
            case "taken_then_error":
                _answer(handler, 500)
            case "taken_then_cut":
                handler.connection.shutdown(socket.SHUT_RDWR)
                handler.close_connection = True
            case "slow":
                time.sleep(SLOW_SECONDS)
                _answer(handler, 204)
            case _:
                _answer(handler, 204)

    def _fate(self) -> str:
        with self._lock:
            drawn = self._dice.random()
        for name in ("error", "taken_then_error", "taken_then_cut", "slow", "too_many"):
            drawn -= getattr(self.mood, name)
            if drawn < 0:
                return name
        return "fine"

    def _keep(self, headers: dict[str, str], body: bytes) -> None:
        right = 0
        for key in self._verify:
            try:
                key.verify(body, headers)
                right += 1
            except WebhookVerificationError:
                continue
        told = json.loads(body)
        data = told["data"]
        with self._lock:
            # while secrets rotate, both of them sign
            self.counts["unsigned"] += right == 0
            self.counts["signed_twice"] += right == 2
            self.arrivals.append(Arrival(headers["webhook-id"], data["shipment"], data["n"], data["seq"]))


def _answer(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str] | None = None) -> None:
    try:
        handler.send_response(status)
        for name, value in {"Content-Length": "0", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
    except OSError:
        handler.close_connection = True
