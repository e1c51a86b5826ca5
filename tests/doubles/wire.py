"""HTTP for doubles under load: a small asyncio server whose answers may hang or be cut, and a caller."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.doubles.server import Answer, Call, Fault

SILENT_SECONDS = 60.0
CALLER_WAITS_SECONDS = 15.0
REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What happens to a call: an answer after a while, or silence, or a cut."""

    answer: Answer
    fault: Fault = Fault.NONE
    after_seconds: float = 0.0


async def serve(take: Callable[[Call], Reply], host: str = "127.0.0.1") -> tuple[asyncio.Server, str]:
    """Answer calls on a free port with what `take` says; returns the server and its address."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _one(reader, writer, take):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, host, 0, backlog=512)
    return server, f"http://{host}:{server.sockets[0].getsockname()[1]}"


async def _one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, take: Callable[[Call], Reply]
) -> bool:
    """Serve one call; whether the connection lives on."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, _, rest = head.partition("\r\n")
    method, path, _ = first.split(" ", 2)
    lines = (line.partition(":") for line in rest.splitlines() if line)
    headers = {name.lower(): value.strip() for name, _, value in lines}
    body = await reader.readexactly(int(headers.get("content-length") or 0))
    reply = take(Call(method, path, headers, body, writer.get_extra_info("peername")))
    match reply.fault:
        case Fault.TAKEN_THEN_SILENT:
            # until the caller gives up
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), SILENT_SECONDS)
            return False
        case Fault.TAKEN_THEN_CUT:
            writer.transport.abort()
            return False
    if reply.after_seconds:
        await asyncio.sleep(reply.after_seconds)
    writer.write(_bytes(reply.answer))
    await writer.drain()
    return True


def _bytes(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Said')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + answer.body


async def post(url: str, headers: dict[str, str], body: bytes) -> int:
    """Post on a connection of its own; the answer's status. Raises `OSError` when there is none."""
    parts = urlsplit(url)
    asked = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"POST {asked} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        first = await asyncio.wait_for(reader.readline(), CALLER_WAITS_SECONDS)
        if not first.startswith(b"HTTP/1."):
            raise ConnectionResetError("the answer was cut")
        return int(first.split()[1])
    finally:
        writer.close()


class Line:
    """A kept connection to `url` (no path) that is opened anew when the other side hung up."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Post; the answer's status. Raises `OSError` or `IncompleteReadError` when there is none."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._url.hostname, self._url.port)
        reader, writer = self._streams
        lines = [f"POST {path} HTTP/1.1", f"Host: {self._url.netloc}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            _, found, rest = head.partition("content-length:")
            if found:
                await reader.readexactly(int(rest.partition("\r\n")[0]))
            return int(head.split()[1])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None
