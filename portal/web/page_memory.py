"""Pages shown a moment ago, kept while nothing changed and time leaves them true.

When a message goes out its page is opened by mail scanners, by its reader, and again a minute later:
those after the first cost neither query nor template. What changes a shipment forgets its pages (see
`store/versions.py`); where versions are shared, each process has names of its own for the pages it wrote.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from flask import Flask, current_app

from portal.store.versions import Known, Ticket, Versions

# About 6 kB each.
MOST = 3_000
ROOM = "recipient_page_memory"


@dataclass(frozen=True, slots=True)
class Kept:
    """A page with the token by which `Versions` knows it, the nonce it was written with, what it shows."""

    token: str
    shipment_id: int
    status: str
    html: str
    nonce: str


class PageMemory:
    """The latest pages by link fingerprint and language."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock, self._me = most, Lock(), secrets.token_hex(4)
        self._pages: OrderedDict[tuple[str, str], Kept] = OrderedDict()

    def find(self, versions: Versions, link: str, spoken: str, now: datetime) -> Kept | None:
        """The page of this link, if it still says what is true."""
        page = self._pages.get((link, spoken))
        known = versions.known(link, f"page {self._me} {spoken}") if page else None
        return page if page and known and known.etag == page.token and known.good_until > now else None

    def keep(
        self,
        versions: Versions,
        link: str,
        spoken: str,
        shipment_id: int,
        status: str,
        html: str,
        nonce: str,
        good_until: datetime,
        ticket: Ticket,
    ) -> None:
        """Keep a page made from what was read after `ticket`."""
        page = Kept(secrets.token_hex(8), shipment_id, status, html, nonce)
        versions.keep(link, f"page {self._me} {spoken}", shipment_id, Known(page.token, good_until), ticket)
        with self._lock:
            self._pages[link, spoken] = page
            self._pages.move_to_end((link, spoken))
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)


def install(app: Flask) -> None:
    """A memory of the app's own."""
    app.extensions[ROOM] = PageMemory()


def memory() -> PageMemory:
    """The running app's memory of pages."""
    found: PageMemory = current_app.extensions[ROOM]
    return found
