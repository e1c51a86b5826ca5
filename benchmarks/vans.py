"""A carrier's day for the benchmarks: vans in the middle of their rounds, with open stops, and where they drive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from benchmarks import seeds
from portal.config import Settings
from portal.db import Database
from portal.domain.access import fingerprint, link_code
from portal.domain.fixes import Fix
from portal.domain.shipment import Status
from portal.flows.fixes import Seen, take_positions
from portal.store import keys, routes
from portal.store.routes import Stop
from portal.store.shipment_rows import ShipmentRow
from portal.wiring import build

DOORS = ShipmentRow.__table__

VANS, STOPS = 200, 100
DONE = 10
ON_VAN = 6
EVERY_SECONDS = 10.0
KEY = "bench-key-" + "1" * 30
# Doors 250 m apart in rows of ten, each round in a square of its own.
NORTH, EAST, ROW = 0.00225, 0.0037, 10
FIRST = (52.0, 13.0)
# The next door is 1.5 km away.
AWAY = 0.0135
# Vans come nearer faster than anybody expects. The windows of the next three doors begin so many seconds before the
# estimate at first: one after the other they do not hold any more, and the position after that makes new ones.
SPEED_MPS = 9.0
NEXT_DOORS, HOLDS_FOR = 3, range(20, 130)


@dataclass(frozen=True, slots=True)
class Van:
    """One van by its number."""

    number: int

    @property
    def name(self) -> str:
        return f"van {self.number}"

    def door(self, place: int) -> tuple[float, float]:
        """Where a door of its round is: 0 is the next one, below are those it was at."""
        row, column = divmod(place, ROW)
        column = column if row % 2 == 0 else ROW - 1 - column
        lat, lng = self._corner
        return lat + row * NORTH, lng + column * EAST

    def fix(self, meters: float, recorded_at: str) -> dict[str, Any]:
        """A position as dispatch tells it, so far on the way to the next door."""
        lat, lng = self._corner
        return {
            "van": self.name,
            "lat": round(lat - AWAY + meters / 111_200, 6),
            "lng": lng,
            "recorded_at": recorded_at,
        }

    @property
    def _corner(self) -> tuple[float, float]:
        north, east = divmod(self.number, 20)
        return FIRST[0] + north * 0.3, FIRST[1] + east * 0.1


def seed(session: Session, vans: int, stops: int) -> None:
    """Rounds with ten stops done and `stops` parcels still on their vans; nobody has a phone, everybody may look."""
    each = DONE + stops
    seeds.seed(session, vans * each, steps=ON_VAN, phones=False)
    # vans and routes of the operator, who drives for all
    keys.add(session, fingerprint(KEY), KEY[:6], None, ["*"], "benchmarks", seeds.NOW)
    rows = [_row(Van(van), 1 + van * each, place) for van in range(vans) for place in range(-DONE, stops)]
    # no window of dispatch's: with one that holds nobody would be shown another
    unplanned = {"planned_start": None, "planned_end": None, "planned_source": None, "live": None}
    told: dict[str, Any] = {
        name: bindparam(f"new_{name}") for name in ("lat", "lng", "status", "finished_at")
    }
    session.execute(update(DOORS).where(DOORS.c.id == bindparam("row_id")).values(told | unplanned), rows)
    for number in range(vans):
        van = routes.van_named(session, 0, Van(number).name)
        first = 1 + number * each
        told_stops = [Stop(place + 1, first + place, done_at=_done_at(place - DONE)) for place in range(each)]
        departs_at = seeds.NOW - timedelta(minutes=4 * (DONE + 3))
        routes.save(session, 0, f"round {number}", van, "North", departs_at, (), told_stops)
    _estimate(session, vans)
    _shift(session, [1 + number * each + DONE for number in range(vans)])


def _row(van: Van, first: int, place: int) -> dict[str, Any]:
    lat, lng = van.door(place)
    done_at = _done_at(place)
    return {
        "row_id": first + DONE + place,
        "new_lat": lat,
        "new_lng": lng,
        "new_status": Status.DELIVERED if done_at else Status.ON_VAN,
        "new_finished_at": done_at,
    }


def _done_at(place: int) -> datetime | None:
    return seeds.NOW + timedelta(minutes=4 * (place + 1) - 1) if place < 0 else None


def _estimate(session: Session, vans: int) -> None:
    """The windows that the first positions make."""
    engine = session.get_bind()
    house = build(Settings(_env_file=None), Database(engine))  # type: ignore[arg-type]
    at = seeds.NOW.isoformat()
    fixes = [Van(number).fix(0, at) for number in range(vans)]
    seen = [Seen(one["van"], Fix(one["lat"], one["lng"], seeds.NOW)) for one in fixes]
    take_positions(session, house.voice, 0, seen, seeds.NOW)


def _shift(session: Session, next_doors: list[int]) -> None:
    """Let windows begin so that they will soon be too late."""
    for number, door in enumerate(door for first in next_doors for door in range(first, first + NEXT_DOORS)):
        live = session.execute(select(DOORS.c.live).where(DOORS.c.id == door)).scalar_one()
        holds_for = timedelta(seconds=HOLDS_FOR[number * 7 % len(HOLDS_FOR)])
        start = datetime.fromisoformat(live["expected_at"]) - holds_for
        changed = {**live, "start": start.isoformat()}
        session.execute(update(DOORS).where(DOORS.c.id == door).values(live=changed))


def pages(vans: int, stops: int) -> Iterator[list[str]]:
    """For each van, the paths of the pages of its open doors, in the order of the round."""
    each = DONE + stops
    found = [door.nonce for door in seeds.doors(vans * each, [None, None], ON_VAN)]  # type: ignore[list-item]
    links = [f"/t/{link_code(seeds.SECRET.encode(), nonce)}" for nonce in found]
    for van in range(vans):
        yield links[van * each + DONE : (van + 1) * each]
