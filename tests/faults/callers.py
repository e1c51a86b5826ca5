"""Callers of the counted runs over real sockets: dispatch with its key, recipients who may hang up and try again."""

import http.client
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlsplit

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
COOKIE = "doorstep"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer; `location` is where it sends the browser."""

    status: int
    text: str
    location: str = ""


class Line:
    """One connection that is made anew when it broke."""

    def __init__(self, url: str, timeout_seconds: float = 60) -> None:
        self.netloc, self.timeout = urlsplit(url).netloc, timeout_seconds
        self._open: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """The answer; its body must be read before the next call."""
        for left in (1, 0):
            fresh = self._open is None
            line = self._open = self._open or http.client.HTTPConnection(self.netloc, timeout=self.timeout)
            try:
                line.request(method, path, body, headers or {})
                return line.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # a kept connection may have been closed meanwhile; that is no answer yet
                self.hang_up()
                if fresh or not left:
                    raise
            except (OSError, http.client.HTTPException):
                self.hang_up()
                raise
        raise AssertionError("the second try returns or raises")

    def ask_and_leave(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        """Send and hang up before anything comes back: it may or may not have happened."""
        line = http.client.HTTPConnection(self.netloc, timeout=self.timeout)
        line.request(method, path, body, headers)
        line.close()

    def hang_up(self) -> None:
        """Close it."""
        if self._open:
            self._open.close()
        self._open = None


@dataclass
class Caller:
    """Dispatch."""

    url: str
    key: str
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.line = Line(self.url)

    def call(self, method: str, path: str, told: Any = None) -> dict[str, Any]:
        """JSON for JSON, with status 200."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        body = json.dumps(told).encode() if told is not None else None
        answer = self.line.ask(method, f"/api/v1{path}", body, headers)
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
        found: dict[str, Any] = json.loads(said)
        return found

    def tell(self, name: str, items: list[dict[str, Any]], method: str = "POST") -> list[dict[str, Any]]:
        """A list of any length; the results in its order. None may be rejected."""
        results: list[dict[str, Any]] = []
        for first in range(0, len(items), 500):
            results += self.call(method, f"/{name}", {name: items[first : first + 500]})["results"]
        if bad := [one for one in results if one["outcome"] == "rejected"]:
            raise RuntimeError(f"{name} were not taken: {str(bad[0])[:300]}")
        return results


@dataclass
class Visitor:
    """A browser without JavaScript on one recipient's page; who shares `cookie` and `token` shares a session."""

    line: Line
    path: str
    cookie: str = ""
    token: str = ""

    def opens(self, page: str) -> None:
        """A page with a form: its token is remembered."""
        found = TOKEN.search(self._heard(self.line.ask("GET", self.path + page, None, self._headers())).text)
        if found is None:
            raise RuntimeError(f"there is no form on {page}")
        self.token = found[1]

    def sends(self, page: str, *, leaves: bool = False, **fields: str) -> Said | None:
        """A form. `leaves`: without waiting for the answer, which is None."""
        pairs = {**fields, "csrf_token": self.token}.items()
        body = "&".join(f"{name}={quote_plus(value)}" for name, value in pairs).encode()
        headers = self._headers() | {"Content-Type": "application/x-www-form-urlencoded"}
        if leaves:
            self.line.ask_and_leave("POST", self.path + page, body, headers)
            return None
        return self._heard(self.line.ask("POST", self.path + page, body, headers))

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}

    def _heard(self, answer: http.client.HTTPResponse) -> Said:
        said = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith(f"{COOKIE}="):
                self.cookie = value.partition("=")[2].partition(";")[0]
        return Said(answer.status, said, answer.getheader("Location") or "")
