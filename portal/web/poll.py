"""The poll that finds nothing new, answered before Flask wakes: most of what a portal is asked on a delivery day."""

from collections.abc import Callable, Iterable
from typing import Any

from portal.web.guard import link_fingerprint
from portal.web.language import spoken
from portal.wiring import Kit

BEFORE, AFTER = "/t/", "/live"
FRESH = "private, no-cache"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class PollFirst:
    """WSGI in front of the app: a 304 from memory, everything else goes on to the app untouched.

    Only answers made for a good link are in memory, and a link that is revoked is forgotten with its shipment.
    """

    def __init__(self, app: Wsgi, kit: Kit) -> None:
        self.app, self.kit = app, kit

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if (seen := environ.get("HTTP_IF_NONE_MATCH")) and (etag := self._still_true(environ, seen)):
            start_response("304 NOT MODIFIED", [("ETag", etag), ("Cache-Control", FRESH)])
            return ()
        return self.app(environ, start_response)

    def _still_true(self, environ: dict[str, Any], seen: str) -> str:
        path: str = environ["PATH_INFO"]
        if not (path.startswith(BEFORE) and path.endswith(AFTER) and environ["REQUEST_METHOD"] == "GET"):
            return ""
        language = spoken(environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        last = self.kit.versions.known(link_fingerprint(path[len(BEFORE) : -len(AFTER)]), language)
        return last[0] if last and last[1] > self.kit.now() and last[0] in seen else ""
