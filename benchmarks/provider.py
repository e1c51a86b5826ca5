"""A provider that costs next to nothing: Twilio's create and SendGrid's mail/send, answered after a fixed while.

It shares two cores with what is measured, so it parses only where a call ends and to whom its message goes.
`python -m benchmarks.provider MS` prints its port and ends when its standard input does.
"""

import asyncio
import itertools
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import unquote
from urllib.request import urlopen

from benchmarks.server import PROJECT
from notifications.message import Channel

ACCOUNT, TOKEN, API_KEY = "AC" + "0" * 32, "token-of-the-benchmarks", "SG.key-of-the-benchmarks"
TEXT_MADE = (
    b'{"sid": "SM%032d", "status": "queued", "to": "", "body": "", "account_sid": "'
    + ACCOUNT.encode()
    + b'", '
    b'"date_created": "Mon, 15 Jun 2026 12:00:00 +0000", "date_updated": "Mon, 15 Jun 2026 12:00:00 +0000", '
    b'"date_sent": null, "direction": "outbound-api", "error_code": null, "error_message": null, '
    b'"num_segments": "1", "num_media": "0", "price": null, "price_unit": "USD", "api_version": "2010-04-01"}'
)
JSON = b"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
MAIL_MADE = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nX-Message-Id: mail-%d\r\n\r\n"
TO = {
    Channel.SMS: re.compile(rb"(?:^|&)To=([^&]*)"),
    Channel.EMAIL: re.compile(rb'"to": ?\[\{[^}]*?"email": ?"([^"]*)"'),
}


class Record:
    """Who was sent something, by which channel, and when the yes was said (seconds of the monotonic clock)."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, float]] = []
        self.numbers = itertools.count(1)

    def told(self, first: int) -> bytes:
        """Those taken since the `first` as JSON; how many there are when it is negative."""
        return json.dumps(self.taken[first:] if first >= 0 else len(self.taken)).encode()


class Call(asyncio.Protocol):
    """One kept connection: a call, its answer, the next call."""

    def __init__(self, record: Record, seconds: float) -> None:
        self.record, self.seconds = record, seconds
        self.heard = b""
        self.loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().find(b"content-length:")
        if at >= 0 and len(body) < int(head[at + 15 :].partition(b"\r")[0]):
            return
        self.heard = b""
        self.answer(head.partition(b"\r\n")[0], body)

    def answer(self, asked: bytes, body: bytes) -> None:
        if asked.startswith(b"POST") and b"/Messages.json" in asked:
            made = TEXT_MADE % next(self.record.numbers)
            self.loop.call_later(self.seconds, self.yes, Channel.SMS, body, JSON % (201, len(made)) + made)
        elif asked.startswith(b"POST") and b"/v3/mail/send" in asked:
            made = MAIL_MADE % next(self.record.numbers)
            self.loop.call_later(self.seconds, self.yes, Channel.EMAIL, body, made)
        elif asked.startswith(b"GET /taken/"):
            told = self.record.told(int(asked.split()[1].rpartition(b"/")[2]))
            self.transport.write(JSON % (200, len(told)) + told)
        else:
            self.transport.write(JSON % (404, 0))

    def yes(self, channel: Channel, body: bytes, said: bytes) -> None:
        found = TO[channel].search(body)
        to = found[1].decode() if found else ""
        self.record.taken.append((channel.value, to, time.monotonic()))
        self.transport.write(said)


async def main(seconds: float) -> None:
    """Serve until standard input ends."""
    record, loop = Record(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Call(record, seconds), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@dataclass(frozen=True, slots=True)
class Taken:
    """A yes of the provider: to whom the message went, and when it was said, by the monotonic clock."""

    channel: Channel
    to: str
    at: float


class Provider:
    """The double in a process of its own; use as a context manager."""

    def __init__(self, answers_in_ms: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.provider", str(answers_in_ms)],
            cwd=PROJECT,
            # it ends when this pipe does, so also when this process is killed
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        self.pid = self._process.pid

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a portal that sends by it."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": "+4915100000000",
            "TWILIO_API_BASE": self.url,
            "SENDGRID_API_KEY": API_KEY,
            "SENDGRID_FROM": "news@carrier.example",
            "SENDGRID_API_BASE": self.url,
        }

    def count(self) -> int:
        """How many messages were taken so far."""
        with urlopen(f"{self.url}/taken/-1", timeout=30) as answer:
            return int(json.load(answer))

    def taken(self, first: int = 0) -> list[Taken]:
        """Those taken since the `first`, in the order of the answers."""
        with urlopen(f"{self.url}/taken/{first}", timeout=30) as answer:
            return [Taken(Channel(kind), unquote(to), at) for kind, to, at in json.load(answer)]

    def wait_for(self, count: int, patience_seconds: float) -> None:
        """Until so many were taken in all; raises `TimeoutError` when that does not come to pass."""
        give_up_at = time.monotonic() + patience_seconds
        while (now := self.count()) < count:
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{now:,} of {count:,} messages reached the provider")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000))
