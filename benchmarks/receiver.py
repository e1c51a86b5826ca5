"""Dispatch's endpoint for the benchmarks: notes when each shipment's webhook was there, and answers 204."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self


class Endpoint(ThreadingHTTPServer):
    """When the call about each shipment's first change came, by the monotonic clock; use as a context manager."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.came: dict[str, float] = {}
        self.again = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/hook"

    def wait_for(self, count: int, patience_seconds: float) -> None:
        """Until so many shipments' calls came in all; raises `TimeoutError` when that does not come to pass."""
        give_up_at = time.monotonic() + patience_seconds
        while len(self.came) < count:
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{len(self.came):,} of {count:,} webhooks came")
            time.sleep(0.02)

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.shutdown()
        self.server_close()


class Call(BaseHTTPRequestHandler):
    """One kept connection."""

    protocol_version = "HTTP/1.1"
    server: Endpoint

    def do_POST(self) -> None:
        """A webhook."""
        at = time.monotonic()
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if told["type"] == "delivery_change.requested":
            shipment = told["data"]["shipment"]
            self.server.again += shipment in self.server.came
            self.server.came.setdefault(shipment, at)
        self.send_response_only(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
