"""The demo dispatch's ear: takes webhooks, checks their signature, and rings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

from notifications import signing
from portal.clock import Clock

LARGEST_BODY = 20_000


@dataclass(slots=True)
class Doorbell:
    """Rings once for each new webhook; `forged` counts those that were not signed by us."""

    secret: str
    now: Clock
    rang: Event = field(default_factory=Event)
    seen: set[str] = field(default_factory=set)
    forged: int = 0
    lock: Lock = field(default_factory=Lock)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The HTTP status for this webhook. The same one may come twice; it rings once."""
        try:
            webhook_id = signing.verify([self.secret], headers, body, self.now())
        except signing.BadSignature:
            self.forged += 1
            return 401
        with self.lock:
            if webhook_id not in self.seen:
                self.seen.add(webhook_id)
                self.rang.set()
        return 204


@contextmanager
def listening(doorbell: Doorbell) -> Iterator[str]:
    """Hear webhooks on a free local port; yields the address to be called at."""

    class Ear(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY)
            status = doorbell.take(dict(self.headers.items()), self.rfile.read(length))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The terminal belongs to the day."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/changes"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=1)
