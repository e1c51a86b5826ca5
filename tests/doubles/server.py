"""A small HTTP server that keeps what it got and misbehaves as told."""

import socket
import threading
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Fault(StrEnum):
    """What can go wrong with one call."""

    NONE = "none"
    TOO_MANY = "429"
    ERROR = "500"
    TAKEN_THEN_ERROR = "taken, then 500"
    TAKEN_THEN_SILENT = "taken, then silent"
    TAKEN_THEN_CUT = "taken, then cut"
    SLOW = "slow"


TAKES = {Fault.NONE, Fault.TAKEN_THEN_ERROR, Fault.TAKEN_THEN_SILENT, Fault.TAKEN_THEN_CUT, Fault.SLOW}
SLOW_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int]


@dataclass(slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as a worker makes; the usual five would reset some of them."""

    request_queue_size = 128


class Double:
    """A provider's stand-in on a free port: `faults` are taken one a POST, then all is well."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: deque[Fault] = deque()
        self.released = threading.Event()
        self.lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, call: Call) -> Answer:
        """What the provider does with a call that it takes; each double says so itself."""
        raise NotImplementedError

    def refuse(self, fault: Fault) -> Answer:
        """The provider's own way of saying 429 and 500."""
        headers = {"Retry-After": "7"} if fault is Fault.TOO_MANY else {}
        return Answer(429 if fault is Fault.TOO_MANY else 500, b"{}", headers)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(double) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # both parts of an answer at once, or a delayed acknowledgement costs 40 ms
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                double._serve(self, "POST")

            def do_GET(self) -> None:
                double._serve(self, "GET")

            def do_DELETE(self) -> None:
                double._serve(self, "DELETE")

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        return Handler

    def _serve(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        call = Call(method, handler.path, headers, handler.rfile.read(length), handler.client_address)
        with self.lock:
            self.calls.append(call)
            fault = self.faults.popleft() if self.faults and method == "POST" else Fault.NONE
            answer = self.take(call) if fault in TAKES else self.refuse(fault)
        match fault:
            case Fault.TAKEN_THEN_ERROR:
                answer = self.refuse(fault)
            case Fault.TAKEN_THEN_SILENT:
                self.released.wait(10)
                return
            case Fault.TAKEN_THEN_CUT:
                handler.connection.shutdown(socket.SHUT_RDWR)
                handler.close_connection = True
                return
            case Fault.SLOW:
                self.released.wait(SLOW_SECONDS)
        self._send(handler, answer)

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        try:
            handler.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(answer.body)
        except OSError:
            handler.close_connection = True
