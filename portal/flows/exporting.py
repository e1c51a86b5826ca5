"""A person gets all that is held about them: readable JSON and their pictures in one zip, nobody else's data in it."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from io import BytesIO
from re import Pattern
from typing import IO, Any, Protocol

from sqlalchemy.orm import Session

from portal.db import Database
from portal.domain.personal import SOMEBODY, striking, struck
from portal.domain.veil import NEIGHBORS_LINK
from portal.flows import told
from portal.flows.person import Found, Person
from portal.store import files, person_find, person_marks, person_rows, shippers
from portal.store.drawer import Drawer
from portal.store.files import File
from portal.store.person_find import Delivery, Part

SHAPE = "doorstep-person-1"
README = f"""What is held about you
======================

person.json   all of it, as JSON. Times are in UTC (ISO 8601), lengths in millimeters, weights in grams.
pictures/     pictures from your door and those you sent, under the ids that person.json names under "files".

person.json has
  about        the numbers and addresses that were asked about
  deliveries   what was sent to you; under "held" the rows of each table, as they are kept
  beside       deliveries of others in which you were asked as a neighbor, or in which your number or address once
               stood: only what concerns you
  known        what is known of your number or address itself: what you chose, agreed to or stopped
  texts        what you texted to us, and what was written to you

Other people's names and contacts are left out: where they stood, it says {SOMEBODY}.
"""
# In somebody else's delivery only this is about a neighbor or a former contact.
ABOUT_A_NEIGHBOR = (
    "asked_at",
    "answered_at",
    "expires_at",
    "answer",
    "channel",
    "language",
    "evidence",
    "closed_at",
)


class House(Protocol):
    """What exporting needs of the kit."""

    @property
    def drawer(self) -> Drawer: ...
    @property
    def database(self) -> Database: ...
    def now(self) -> datetime: ...


def write(house: Any, who: Person, found: Found, shipper_id: int | None, to: IO[bytes]) -> int:
    """Write the zip; how many deliveries are in it. Deliveries are read one by one, however many there are."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", README)
        with packed.open("person.json", "w", force_zip64=True) as out:
            for text in _texts(house, who, found, shipper_id):
                out.write(text.encode())
        for one in _pictures(house, found):
            if body := house.drawer.read(one.shipper_id, one.id):
                packed.writestr(f"pictures/{one.id}.{one.media_type.rpartition('/')[2]}", body)
    return len(found.deliveries)


def packed(house: Any, who: Person, found: Found, shipper_id: int | None) -> BytesIO:
    """The same in memory, for a page; it stands at its beginning."""
    to = BytesIO()
    write(house, who, found, shipper_id, to)
    to.seek(0)
    return to


def _texts(house: Any, who: Person, found: Found, shipper_id: int | None) -> Iterator[str]:
    """The JSON in parts, so that nobody's thousand deliveries have to be held at once."""
    with house.reading() as session:
        names = {one.id: one.slug for one in shippers.everyone(session).values()}
    about = {"phone": sorted(who.phones), "email": sorted(who.emails)}
    yield _json({"shape": SHAPE, "made_at": house.now(), "about": about})[:-2]
    for name, parts in (("deliveries", (Part.RECIPIENT,)), ("beside", (Part.NEIGHBOR, Part.FORMER))):
        yield f',\n"{name}": ['
        comma = ""
        for one in found.deliveries:
            if one.part not in parts:
                continue
            with house.reading() as session:
                held = _delivery(session, one, who)
            yield f"{comma}\n" + _json({"shipper": names.get(one.shipper_id), **held})
            comma = ","
        yield "]"
    with house.reading() as session:
        yield ',\n"known": ' + _json(person_marks.held(session, shipper_id, who.contacts))
        yield ',\n"texts": ' + _json(_own_texts(session, shipper_id, who, found)) + "\n}\n"


def _delivery(session: Session, one: Delivery, who: Person) -> dict[str, Any]:
    if one.part is Part.RECIPIENT:
        others = striking(person_find.others_named(session, one.shipment_id) - who.contacts)
        held: dict[str, list[Any]] = {}
        for table, row in person_rows.held_of(session, one.shipment_id):
            held.setdefault(table, []).append(_without(_closed(table, row), others))
        return {"reference": one.reference, "as": one.part, "held": held}
    asked = [
        {name: getattr(ask, name, None) for name in ABOUT_A_NEIGHBOR}
        for ask in person_find.asks_of(session, one.shipment_id, who.contacts)
    ]
    return {"as": one.part, "asked": asked}


def _own_texts(
    session: Session, shipper_id: int | None, who: Person, found: Found
) -> dict[str, list[dict[str, Any]]]:
    """What they wrote and what was written to them; a recipient's name in what a neighbor was told is left out."""
    known = person_marks.texts(session, shipper_id, who.contacts)
    beside = [one.shipment_id for one in found.deliveries if one.part is not Part.RECIPIENT]
    others = striking(person_find.recipients_named(session, beside) - who.contacts)
    theirs = {one.shipment_id for one in found.of(Part.RECIPIENT)}
    return {
        table: [_without(_closed(table, row), others) for row in rows if row.get("shipment_id") not in theirs]
        for table, rows in known.items()
    }


def _closed(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row without what opens something to whoever packs the copy: a one-time code, a neighbor's link."""
    if table != "messages":
        return row
    if row.get("notice") in told.HOLD_A_CODE:
        return row | {"subject": "", "text": told.HIDDEN}
    return row | {"text": NEIGHBORS_LINK.sub(r"/\1/…", row.get("text") or "")}


def _without(row: Mapping[str, Any], others: Pattern[str] | None) -> dict[str, Any]:
    return dict(row) if others is None else {name: struck(value, others) for name, value in row.items()}


def _pictures(house: Any, found: Found) -> list[File]:
    ids = [one.shipment_id for one in found.of(Part.RECIPIENT)]
    with house.reading() as session:
        kept = files.of_shipments(session, ids, house.now())
    return [one for some in kept.values() for one in some]


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=1)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
