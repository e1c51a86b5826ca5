"""A carrier's morning for the benchmarks: vans with open stops on rounds that were told, and where they drive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from benchmarks import seeds
from portal.domain.access import fingerprint, link_code
from portal.store import keys, routes
from portal.store.routes import Stop
from portal.store.shipment_rows import ShipmentRow

VANS, STOPS = 200, 100
ON_VAN = 6
EVERY_SECONDS = 10.0
KEY = "bench-key-" + "1" * 30
# Doors 250 m apart in rows of ten, each round in a square of its own.
NORTH, EAST, ROW = 0.00225, 0.0037, 10
FIRST = (52.0, 13.0)
# Every van has 40 minutes of way to its first door, so that no stop is done while the benchmark looks.
AWAY = 0.09


@dataclass(frozen=True, slots=True)
class Van:
    """One van, by number; its doors are numbered through all rounds."""

    number: int

    @property
    def name(self) -> str:
        return f"van {self.number}"

    def door(self, place: int) -> tuple[float, float]:
        """Where the door at that place of the round is (0: the first), in serpentines."""
        row, column = divmod(place, ROW)
        column = column if row % 2 == 0 else ROW - 1 - column
        lat, lng = self._corner
        return lat + row * NORTH, lng + column * EAST

    def at(self, metres_north: float) -> tuple[float, float]:
        """A place on the way to its first door, so far from where it began."""
        lat, lng = self._corner
        return lat - AWAY + metres_north / 111_200, lng

    def fix(self, metres_north: float, recorded_at: str) -> dict[str, Any]:
        """A position as dispatch tells it."""
        lat, lng = self.at(metres_north)
        return {"van": self.name, "lat": round(lat, 6), "lng": round(lng, 6), "recorded_at": recorded_at}

    @property
    def _corner(self) -> tuple[float, float]:
        north, east = divmod(self.number, 20)
        return FIRST[0] + north * 0.3, FIRST[1] + east * 0.1


def seed(session: Session, vans: int = VANS, stops: int = STOPS) -> None:
    """`vans` rounds of `stops` parcels on their vans, without phones: nobody is told, everybody may look."""
    seeds.seed(session, vans * stops, steps=ON_VAN, phones=False)
    # vans and routes of one carrier, who drives for all
    keys.add(session, fingerprint(KEY), KEY[:6], None, ["*"], "benchmarks", seeds.NOW)
    places = [
        {"row_id": 1 + van * stops + place, "new_lat": at[0], "new_lng": at[1]}
        for van in range(vans)
        for place in range(stops)
        for at in [Van(van).door(place)]
    ]
    table = ShipmentRow.__table__
    change = update(table).where(table.c.id == bindparam("row_id"))
    session.execute(change.values(lat=bindparam("new_lat"), lng=bindparam("new_lng"), live=None), places)
    departs_at = seeds.NOW - timedelta(minutes=20)
    for number in range(vans):
        van = routes.van_named(session, 0, Van(number).name)
        told = [Stop(place + 1, 1 + number * stops + place) for place in range(stops)]
        routes.save(session, 0, f"round {number}", van, "North", departs_at, (), told)


def pages(vans: int = VANS, stops: int = STOPS) -> Iterator[list[str]]:
    """For each van, the paths of the pages of its doors, in the order of the round."""
    found = [door.nonce for door in seeds.doors(vans * stops, [None, None], ON_VAN)]  # type: ignore[list-item]
    links = [f"/t/{link_code(seeds.SECRET.encode(), nonce)}" for nonce in found]
    for van in range(vans):
        yield links[van * stops : (van + 1) * stops]
