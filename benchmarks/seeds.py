"""A carrier's database for the benchmarks: shipments in every state, from a fixed seed, by bulk inserts."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.domain.access import fingerprint, link_code
from portal.domain.clue import folded
from portal.domain.delivery import Promise, door_mark
from portal.domain.events import DispatchEvent, Happening, How
from portal.domain.parcel import Address, Parcel, Recipient
from portal.domain.shipment import fold
from portal.store import keys, links, promises, shipments, shippers
from portal.store.shipment_rows import ShipmentRow, event_line, promise_json
from portal.store.shippers import Shipper

SECRET = "benchmarks-" + "k" * 40
KEY = "bench-key-" + "0" * 30
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
CHUNK = 5_000
ALL = 100_000

H = Happening
WAY = (H.ANNOUNCED, H.ACCEPTED, H.ARRIVED_AT_HUB, H.LEFT_HUB, H.AT_DEPOT, H.OUT_FOR_DELIVERY, H.DELIVERED)
# how far a shipment has come, and how many of a hundred have come so far
COME = {1: 10, 5: 10, 6: 20, 7: 60}
STREETS = ("Mill Lane", "Harbor Road", "Orchard Street", "Station Road", "Chapel Hill", "Canal Walk")
NAMES = ("Ada Brook", "Ben Okafor", "Chiara Rossi", "Deniz Kaya", "Eva Lindgren", "Farid Aziz", "Greta Vogel")


@dataclass(frozen=True, slots=True)
class Door:
    """One shipment before it has a row."""

    number: int
    steps: int
    nonce: str
    events: tuple[DispatchEvent, ...]
    shipper: Shipper

    @property
    def reference(self) -> str:
        return f"S{self.number:07}"

    @property
    def link(self) -> str:
        """The code of its page."""
        return link_code(SECRET.encode(), self.nonce)


def doors(count: int, brands: list[Shipper], steps: int = 0) -> Iterator[Door]:
    """The same doors every time; all equally far when `steps` says so."""
    dice = random.Random(20_260_615)
    lots = [far for far, share in COME.items() for _ in range(share)]
    for number in range(count):
        far = steps or dice.choice(lots)
        began = NOW - timedelta(hours=30, minutes=dice.randrange(600))
        events = tuple(
            DispatchEvent(
                f"e{number}-{index}", happening, began + timedelta(hours=index * 4), how=how(happening)
            )
            for index, happening in enumerate(WAY[:far])
        )
        yield Door(number, far, f"nonce-{number:09}-{dice.getrandbits(64):016x}", events, brands[number % 2])


def how(happening: Happening) -> How | None:
    return How.RECIPIENT if happening is H.DELIVERED else None


def seed(session: Session, count: int, *, steps: int = 0, phones: bool = True) -> None:
    """Fill a migrated, empty database; also one key that may do everything."""
    brands = [
        shippers.add(session, slug, name, timezone="Europe/Berlin", country="DE")
        for slug, name in (("linden", "Linden & Co"), ("northwind", "Northwind Books"))
    ]
    keys.add(session, fingerprint(KEY), KEY[:6], None, ["*"], "benchmarks", NOW)
    chunk: list[Door] = []
    for door in doors(count, brands, steps):
        chunk.append(door)
        if len(chunk) == CHUNK:
            keep(session, chunk, phones)
            chunk = []
    if chunk:
        keep(session, chunk, phones)


def keep(session: Session, chunk: list[Door], phones: bool) -> None:
    """One chunk of doors with their links, parcels, events and windows."""
    ids = shipments.insert_many(session, [columns(door, phones) for door in chunk])
    pairs = list(zip(ids, chunk, strict=True))
    links.add(session, ((fingerprint(door.link), row) for row, door in pairs), NOW)
    shipments.put_parcels(
        session, ((row, Parcel(f"P{door.number:08}", 1_200, 300, 200, 100)) for row, door in pairs)
    )
    owners = {row: found.shipper_id for row, found in shipments.by_ids(session, ids).items()}
    shipments.add_events(
        session, [(owners[row], row, event) for row, door in pairs for event in door.events], NOW
    )
    promises.keep(session, [(row, window) for row, door in pairs if (window := live(door))], NOW)


def phone_of(number: int) -> str:
    """The phone of the door of that number."""
    return f"+4915112{number:06}"[:16]


def email_of(number: int) -> str:
    """Its mailbox."""
    return f"person{number}@example.org"


def columns(door: Door, phones: bool) -> dict[str, Any]:
    """A row of `shipments`."""
    name, street = NAMES[door.number % len(NAMES)], STREETS[door.number % len(STREETS)]
    lines = [f"{door.number % 190 + 1} {street}"]
    phone, email = phone_of(door.number) if phones else "", email_of(door.number)
    where = Address(tuple(lines), "Lindenau", f"{10_000 + door.number % 900}", "DE")
    state, window = fold(door.events), live(door)
    start = NOW.replace(hour=10)
    return {
        "shipper_id": door.shipper.id,
        "reference": door.reference,
        "service": "standard",
        "depot": "North",
        "recipient_name": name,
        "phone": phone,
        "email": email,
        "language": "en",
        "channels": None,
        "lines": lines,
        "locality": where.locality,
        "postcode": where.postcode,
        "country": where.country,
        "lat": 52.5 + (door.number % 1_000) / 10_000,
        "lng": 13.4 + (door.number // 1_000) / 10_000,
        "timezone": "Europe/Berlin",
        "restrictions": {},
        "door": door_mark(door.shipper.id, Recipient(name, phone, email), where),
        "search_text": folded(" ".join((name, *lines, "Lindenau"))),
        "status": state.status,
        "story": [event_line(event) for event in door.events],
        "finished_at": state.since if state.finished else None,
        "link_nonce": door.nonce,
        "told": "",
        "planned_start": start,
        "planned_end": start + timedelta(hours=8),
        "planned_source": "dispatch",
        "planned_at": NOW - timedelta(days=1),
        "live": promise_json(window),
        "version": 1,
        "created_at": NOW - timedelta(days=2),
        "updated_at": NOW,
    }


def promise_tomorrow(session: Session) -> None:
    """Every door is served tomorrow from ten to six: there is time to change everything."""
    tomorrow = NOW.replace(hour=10) + timedelta(days=1)
    window = {"planned_start": tomorrow, "planned_end": tomorrow + timedelta(hours=8)}
    session.execute(update(ShipmentRow).values(window))


def live(door: Door) -> Promise | None:
    """The live window of a shipment on a van."""
    if WAY[door.steps - 1] is not H.OUT_FOR_DELIVERY:
        return None
    start = NOW + timedelta(minutes=30 + door.number % 120)
    end, expected = start + timedelta(minutes=60), start + timedelta(minutes=30)
    return Promise(start, end, "live", NOW, "sure", 90, "", expected, door.number % 40)
