"""A portal behind a real socket, in a thread of the test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Silent(WSGIRequestHandler):
    """Keep-alive, and no access log between the dots."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        pass


def listening() -> socket.socket:
    """A socket on a random port that already takes calls, so that an app can be told its address first."""
    ear = socket.create_server(("127.0.0.1", 0), backlog=64)
    ear.setblocking(True)
    return ear


def address(ear: socket.socket) -> str:
    return f"http://127.0.0.1:{ear.getsockname()[1]}"


@contextmanager
def serving(app: Flask, ear: socket.socket) -> Iterator[str]:
    """`app` answers on `ear`, a thread a call; yields the address without a slash."""
    port = ear.getsockname()[1]
    server = make_server("127.0.0.1", port, app, threaded=True, fd=ear.fileno(), request_handler=Silent)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield address(ear)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
