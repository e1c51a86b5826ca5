"""What keeps the house tidy: page views written down in bulk, links that end, sessions that are over."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from sqlalchemy.orm import Session

from portal.domain.reveals import LOOKS_ARE_KEPT_FOR
from portal.flows import day_figures, neighbors, set_up, window_record
from portal.store import audit, browsers, inbound, links, positions, quotas, reveals, sign_in_tries, trail

TRIES_COUNT_FOR = timedelta(days=1)
# what people texted is looked at by agents within weeks, and is nobody's business for longer
TEXTS_ARE_KEPT_FOR = timedelta(days=90)
# A minute's positions of 3,000 vans are gone in one run; what waits after an outage goes in the next ones.
TRAIL_PIECES = 10


class Views:
    """Page views wait here, so that looking at a page writes nothing; counters, not trails."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[tuple[int, str], tuple[int, datetime, datetime]] = {}

    def saw(self, shipment_id: int, status: str, now: datetime) -> None:
        """A recipient's page was opened."""
        with self._lock:
            count, first, _ = self._seen.get((shipment_id, status), (0, now, now))
            self._seen[shipment_id, status] = (count + 1, first, now)

    def take(self) -> Iterable[tuple[int, str, int, datetime, datetime]]:
        """Everything that waits, once."""
        with self._lock:
            seen, self._seen = self._seen, {}
        return [(shipment_id, status, *rest) for (shipment_id, status), rest in seen.items()]


class House(Protocol):
    """What housekeeping needs of the kit."""

    views: Views

    def now(self) -> datetime: ...
    def transaction(self) -> AbstractContextManager[Session]: ...


def flush_views(house: House) -> None:
    """Write the waiting page views down."""
    if seen := house.views.take():
        with house.transaction() as session:
            audit.count_views(session, seen)


def tidy(house: House) -> None:
    """End links of deliveries long finished; forget sessions that are over, texts long read and figures of old."""
    now = house.now()
    with house.transaction() as session:
        links.expire_after_end(session, now)
        browsers.forget_old(session, now)
        sign_in_tries.forget_old(session, now - TRIES_COUNT_FOR)
        quotas.forget_old(session, now - TRIES_COUNT_FOR)
        reveals.forget_old(session, now - LOOKS_ARE_KEPT_FOR)
        inbound.forget_old(session, now, now - TEXTS_ARE_KEPT_FOR)
        neighbors.forget(session, now)
        window_record.forget_old(session, now)
        day_figures.forget_old(session, now)
        set_up.forget_forms(session, now)


def forget_trail(house: House) -> int:
    """Erase where vans were more than 24 hours ago, in small pieces that hold up nobody; returns how many fixes."""
    erased = 0
    for _ in range(TRAIL_PIECES):
        with house.transaction() as session:
            some = trail.forget(session, house.now())
        erased += some
        if some < trail.FORGOTTEN_AT_ONCE:
            break
    with house.transaction() as session:
        positions.forget(session, house.now() - trail.KEPT_FOR)
    return erased
