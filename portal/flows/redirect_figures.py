"""The figures of redirects: asked, answered, kept or not, of the last thirty days or of today."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta

from portal.db import Reader
from portal.domain.change import Kind
from portal.domain.redirects import Fared, total
from portal.store import redirect_figures as store

SHOWN_DAYS = 30


def by_shipper(session: Reader, shipper_ids: Iterable[int], now: datetime) -> dict[int, dict[Kind, Fared]]:
    """The last thirty days of each of these shippers, by kind."""
    found: dict[int, dict[Kind, Fared]] = {}
    counted = store.count(session, shipper_ids, now - timedelta(days=SHOWN_DAYS))
    for (shipper_id, kind), fared in sorted(counted.items()):
        found.setdefault(shipper_id, {})[kind] = fared
    return found


def whole(told: Mapping[int, Mapping[Kind, Fared]]) -> dict[Kind, Fared]:
    """All shippers together, by kind."""
    kinds = sorted({kind for of_one in told.values() for kind in of_one})
    return {kind: total(of_one[kind] for of_one in told.values() if kind in of_one) for kind in kinds}


def of_today(session: Reader, shipper_ids: Iterable[int], now: datetime) -> dict[tuple[int, Kind], Fared]:
    """What was asked today (UTC), for those who watch."""
    begins = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    return store.count(session, shipper_ids, begins)
