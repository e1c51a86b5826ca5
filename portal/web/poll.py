"""The poll that finds nothing new, answered before Flask wakes: most of what a portal is asked on a delivery day."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from portal.domain.watching import under_load
from portal.web.busy import Busy
from portal.web.guard import link_fingerprint
from portal.web.language import spoken
from portal.wiring import Kit

BEFORE, AFTER = "/t/", "/live"
FRESH = "private, no-cache"
# After how many seconds to ask again; also where nothing changed, so that a busy server reaches every page.
INTERVAL = "Doorstep-Interval"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class PollFirst:
    """WSGI in front of the app: a 304 from memory, everything else goes on to the app untouched.

    Only answers made for a good link are in memory, and a link that is revoked is forgotten with its shipment.
    """

    def __init__(self, app: Wsgi, kit: Kit) -> None:
        self.app, self.kit = app, kit
        self.busy = Busy(kit.settings.threads)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.monotonic()
        try:
            seen = environ.get("HTTP_IF_NONE_MATCH")
            if seen and (headers := self._still_true(environ, seen)):
                start_response("304 NOT MODIFIED", headers)
                return ()
            environ["doorstep.busy"] = self.busy.share
            return self.app(environ, start_response)
        finally:
            ended = time.monotonic()
            self.busy.spent(ended - began, ended)

    def _still_true(self, environ: dict[str, Any], seen: str) -> list[tuple[str, str]]:
        path: str = environ["PATH_INFO"]
        if not (path.startswith(BEFORE) and path.endswith(AFTER) and environ["REQUEST_METHOD"] == "GET"):
            return []
        language = spoken(environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        last = self.kit.versions.known(link_fingerprint(path[len(BEFORE) : -len(AFTER)]), language)
        if not last or last.good_until <= self.kit.now() or last.etag not in seen:
            return []
        pause = under_load(last.interval_s, self.busy.share)
        return [("ETag", last.etag), ("Cache-Control", FRESH), (INTERVAL, f"{pause:g}")]
