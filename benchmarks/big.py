"""A carrier's years in a database: millions of shipments from a fixed seed, made once and kept in build/big.

Names, streets and towns are as unevenly spread as they are in life: few are common, most are rare. Rows are copied in
as the database's own bulk load takes them, without their indexes, which are made afterwards.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import orjson
from sqlalchemy.schema import CreateTable

from benchmarks.figures import BUILD
from portal.domain.finding import keys_of, words_of
from portal.domain.pickup import code_mark
from portal.domain.spelling import neighborhood_keys
from portal.store import tables  # noqa: F401
from portal.store.changes import ChangeRow
from portal.store.finding import KEYS, SPELLINGS, WORDS
from portal.store.locker_rows import LockerBookingRow
from portal.store.outbox_rows import MESSAGES
from portal.store.shipment_rows import ParcelRow, ShipmentRow

SEED, SECRET = 20_261_121, b"benchmarks-find"
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
CHUNK = 20_000
SHIPPERS, SURNAMES, FIRST_NAMES, STREETS, TOWNS = 12, 60_000, 3_000, 30_000, 2_500
# one message for so many shipments, one parcel in a locker for so many
MESSAGES_EVERY, LOCKERS_EVERY = 10, 200
ENDINGS = ("street", "road", "lane", "strasse", "weg", "allee", "straat", "gade", "way", "hill")
ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "fr",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sch",
    "st",
)
VOWELS, CODAS = ("a", "e", "i", "o", "u", "au", "ei"), ("", "n", "r", "l", "s", "nd", "rt", "ck", "m")


@dataclass(frozen=True, slots=True)
class Person:
    """One shipment as a caller knows it; `id` counts from 1."""

    id: int
    name: str
    line: str
    town: str
    postcode: str
    phone: str
    email: str
    shipper_id: int

    @property
    def reference(self) -> str:
        """The shipper's own."""
        return f"{chr(64 + self.shipper_id)}{self.id * 7_919 % 100_000_007:08}"

    @property
    def parcel(self) -> str:
        """Its parcel's code."""
        return f"00340{self.id * 104_729 % 10_000_000_019:011}"

    @property
    def message_id(self) -> str:
        """Ours of its message."""
        return f"{self.id:08x}-0000-4000-8000-{self.id:012x}"

    @property
    def carrier_id(self) -> str:
        """The carrier's of its message."""
        return "SM" + hashlib.blake2b(b"%d" % self.id, digest_size=16).hexdigest()

    @property
    def locker_code(self) -> str:
        """What its locker takes."""
        return f"{self.id * 7_368_787 % 100_000_000:08}"


class Town:
    """What the people of the seed are called and where they live, each drawn as often as in life."""

    def __init__(self, seed: int = SEED) -> None:
        dice = self.dice = random.Random(seed)
        self.surnames = _made(dice, SURNAMES, 2, 3)
        self.first_names = _made(dice, FIRST_NAMES, 1, 3)
        self.streets = [f"{name}{dice.choice(ENDINGS)}" if number % 2 else f"{name} {dice.choice(ENDINGS)}"
                        for number, name in enumerate(_made(dice, STREETS, 2, 3))]  # fmt: skip
        self.towns = _made(dice, TOWNS, 2, 3)
        self.weights = {
            many: list(accumulate(1 / (rank + 8) ** 0.95 for rank in range(many)))
            for many in (SURNAMES, FIRST_NAMES, STREETS, TOWNS, SHIPPERS)
        }

    def _some(self, things: list[Any], many: int) -> list[Any]:
        return self.dice.choices(things, cum_weights=self.weights[len(things)], k=many)

    def people(self, first: int, many: int) -> list[Person]:
        """The next so many."""
        dice = self.dice
        drawn = zip(
            self._some(self.first_names, many),
            self._some(self.surnames, many),
            self._some(self.streets, many),
            self._some(self.towns, many),
            self._some(list(range(1, SHIPPERS + 1)), many),
            strict=True,
        )
        return [
            Person(
                number,
                f"{name.title()} {surname.title()}",
                f"{street.title()} {dice.randrange(1, 150)}",
                town.title(),
                f"{10_000 + hash_of(town) % 80_000 + dice.randrange(4)}",
                f"+4915{dice.randrange(10**9):09}",
                f"{name}.{surname}{dice.randrange(1_000)}@example.org",
                shipper,
            )
            for number, (name, surname, street, town, shipper) in enumerate(drawn, first)
        ]


def hash_of(text: str) -> int:
    """The same number in every run."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def _made(dice: random.Random, many: int, least: int, most: int) -> list[str]:
    """So many different names of so many syllables; short ones come first and so are common."""
    found: dict[str, None] = {}
    while len(found) < many:
        syllables = least if len(found) < many // 20 else dice.randint(least, most)
        parts = (dice.choice(ONSETS) + dice.choice(VOWELS) + dice.choice(CODAS) for _ in range(syllables))
        found["".join(parts)] = None
    return list(found)


def rows_of(one: Person) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every row of a shipment: (table, values in the order of `COLUMNS`)."""
    old, at = one.id % 20 != 0, NOW - timedelta(minutes=one.id % 500_000)
    status = "delivered" if old else "on_van"
    lines = orjson.dumps([one.line]).decode()
    yield "shipments", (
        one.id, one.shipper_id, one.reference, "standard", "North", one.name, one.phone, one.email, "en", lines,
        one.town, one.postcode, "DE", "Europe/Berlin", "{}", "", status, "[]", at if old else None,
        f"n{one.id:021}", "", 1, at, at,
    )  # fmt: skip
    yield "parcels", (one.id, one.id, one.parcel, 900, 300, 200, 100)
    for key in keys_of(one.name, [one.line], one.town, one.postcode, "DE", one.phone):
        yield "find_keys", (key, one.id, one.shipper_id)
    if one.id % MESSAGES_EVERY == 0:
        yield "messages", (
            one.message_id, one.shipper_id, one.id, "sms", "delivered", "en", one.phone, "", "Delivered.", "", "{}",
            1, "", at, one.message_id, "", at, "delivered", "", 1, 0, "twilio", one.carrier_id, "", "",
        )  # fmt: skip
    if one.id % LOCKERS_EVERY == 0:
        yield "changes", (
            one.message_id, one.shipper_id, one.id, "locker", "accepted", "{}", "{}", "recipient", "link", at, at,
            "lapse", "", "", "", "",
        )  # fmt: skip
        yield "locker_bookings", (one.message_id, 1, code_mark(SECRET, one.locker_code))


COLUMNS = {
    "shipments": "id shipper_id reference service depot recipient_name phone email language lines locality postcode"
    " country timezone restrictions search_text status story finished_at link_nonce told version created_at updated_at",
    "parcels": "id shipment_id code weight_g length_mm width_mm height_mm",
    "find_keys": "key shipment_id shipper_id",
    "messages": "id shipper_id shipment_id channel notice language to subject text html headers segments because"
    " not_before dedupe_key order_key created_at standing stopped_by attempts resends provider provider_id error_code"
    " error_text",
    "changes": "id shipper_id shipment_id kind life to came_from asked_by method asked_at expires_at if_unanswered"
    " decided_by reason_code reason outcome_note",
    "locker_bookings": "change_id compartment_id code_mark",
    "find_words": "word",
    "find_spellings": "key word",
}


def mark() -> str:
    """Changes when the seed, its rows or their tables do."""
    rows = (ShipmentRow, ParcelRow, ChangeRow, LockerBookingRow)
    models = [*(row.__table__ for row in rows), KEYS, WORDS, SPELLINGS, MESSAGES]
    sources = [
        Path(__file__),
        *(Path(BUILD.parent, f"portal/domain/{name}.py") for name in ("finding", "spelling")),
    ]
    parts = [*(str(CreateTable(model)) for model in models), *(path.read_text() for path in sources)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:10]


class Bulk(Protocol):
    """A database that rows are poured into; `finish` makes its indexes."""

    def pour(self, table: str, rows: list[tuple[Any, ...]]) -> None: ...

    def finish(self) -> None: ...


def fill(bulk: Bulk, count: int) -> None:
    """Pour so many shipments with all that belongs to them."""
    town, words = Town(), set[str]()
    for start in range(1, count + 1, CHUNK):
        chunk: dict[str, list[tuple[Any, ...]]] = {}
        for one in town.people(start, min(CHUNK, count + 1 - start)):
            words.update(*map(words_of, (one.name, one.line, one.town, one.postcode)))
            for table, row in rows_of(one):
                chunk.setdefault(table, []).append(row)
        for table, rows in chunk.items():
            bulk.pour(table, rows)
    bulk.pour("find_words", [(word,) for word in sorted(words)])
    bulk.pour("find_spellings", sorted((key, word) for word in words for key in neighborhood_keys(word)))
    bulk.finish()
