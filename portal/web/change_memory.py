"""Change pages shown a moment ago, for whoever goes back and forth between the options and a form.

Only what everybody with the link sees is kept: not for a browser that typed a code or is about to make a wish. The
token of a form, the nonce and the clock are put in each time. What changes the shipment or takes a place that the page
offers forgets it; scaled out, where no process hears of places that another one takes, nothing is kept.
"""

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, current_app
from flask_wtf.csrf import generate_csrf

from portal.store.supply import Places, Supply
from portal.store.versions import Forgetful, Known, Ticket, Versions
from portal.web.headers import csp_nonce

# About 10 kB each.
MOST = 1_500
# A round may be planned anew, or another parcel join, and neither touches the shipment.
AT_MOST_SECONDS = 20.0
AT_MOST = timedelta(seconds=AT_MOST_SECONDS)
ROOM = "change_page_memory"


@dataclass(frozen=True, slots=True)
class Draft:
    """A page with what differs from one answer to the next still to be put in."""

    html: str
    nonce: str
    token: str
    clock: str

    def filled(self, now: datetime) -> str:
        """The page for this answer."""
        html = self.html.replace(self.nonce, csp_nonce())
        html = html.replace(f'data-now="{self.clock}"', f'data-now="{now.isoformat()}"')
        return html.replace(self.token, generate_csrf()) if self.token in html else html


@dataclass(frozen=True, slots=True)
class Tickets:
    """Taken before reading: what changed since then is not in the page."""

    shipment: Ticket
    supply: int


@dataclass(frozen=True, slots=True)
class _Kept:
    draft: Draft
    etag: str
    places: Places
    ticket: int
    until: float


class ChangeMemory:
    """The latest change pages by link fingerprint, and kind with language."""

    def __init__(self, versions: Versions, supply: Supply, most: int = MOST) -> None:
        self._versions, self._supply, self._most, self._lock = versions, supply, most, Lock()
        self._pages: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def tickets(self) -> Tickets:
        """To be taken before a page is read that may be kept."""
        return Tickets(self._versions.ticket(), self._supply.ticket())

    def find(self, link: str, name: str, now: datetime) -> Draft | None:
        """The page of this name, if it still says what is true."""
        page = self._pages.get((link, name))
        if page is None or time.monotonic() >= page.until:
            return None
        known = self._versions.known(link, f"change {name}")
        if not known or known.etag != page.etag or known.good_until <= now:
            return None
        return None if self._supply.moved(page.places, page.ticket) else page.draft

    def keep(
        self,
        link: str,
        name: str,
        shipment_id: int,
        draft: Draft,
        places: Places,
        good_until: datetime,
        tickets: Tickets,
    ) -> None:
        """Keep a page made from what was read after these tickets; it offers `places`."""
        until = time.monotonic() + AT_MOST_SECONDS
        page = _Kept(draft, secrets.token_hex(8), places, tickets.supply, until)
        answer = Known(page.etag, good_until)
        self._versions.keep(link, f"change {name}", shipment_id, answer, tickets.shipment)
        with self._lock:
            self._pages[link, name] = page
            self._pages.move_to_end((link, name))
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)


def install(app: Flask) -> None:
    """A memory of the app's own."""
    kit = app.extensions["doorstep"]
    versions = kit.versions if kit.settings.embedded else Forgetful()
    app.extensions[ROOM] = ChangeMemory(versions, kit.supply)


def memory() -> ChangeMemory:
    """The running app's memory of change pages."""
    found: ChangeMemory = current_app.extensions[ROOM]
    return found
