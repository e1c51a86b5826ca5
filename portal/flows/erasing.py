"""A person is forgotten: found, written down as a fingerprint, and blanked delivery by delivery, wherever they are.

It is done in pieces, each its own short transaction: whoever is interrupted goes on, and twice changes nothing more.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from portal.db import Database, touched
from portal.domain.delivery import Shipment
from portal.domain.personal import striking
from portal.flows import erasing_open, person
from portal.flows.announce import Voice
from portal.flows.person import Found, Person
from portal.store import (
    erasures,
    files,
    finding,
    person_find,
    person_marks,
    person_rows,
    shipments,
    tombstones,
)
from portal.store.drawer import Drawer
from portal.store.erasures import Erasure, Piece
from portal.store.files import File
from portal.store.marks import fingerprint
from portal.store.person_find import Part
from portal.store.person_state import forgotten

AT_ONCE = 20
# What was just being written while somebody was forgotten is found by a second look within this time.
LOOKED_OVER_FOR = timedelta(days=1)
REASONS = {
    "asked": "They asked for it",
    "guardian": "Somebody who may speak for them asked for it",
    "ordered": "A court or an authority ordered it",
    "mistake": "Their data came to us by mistake",
}


class House(Protocol):
    """What erasing needs of the kit."""

    @property
    def drawer(self) -> Drawer: ...
    @property
    def voice(self) -> Voice: ...
    @property
    def database(self) -> Database: ...
    def now(self) -> datetime: ...
    def transaction(self) -> AbstractContextManager[Session]: ...
    def reading(self) -> AbstractContextManager[Session]: ...


@dataclass(frozen=True, slots=True)
class Request:
    """Why somebody is forgotten, who does it, and within which scope (None: at every shipper)."""

    shipper_id: int | None
    reason: str
    case_ref: str
    by: str


def begin(house: House, who: Person, found: Found, request: Request) -> Erasure:
    """Write the request down, with every delivery it concerns and a line outside the database."""
    now, secret = house.now(), house.voice.secret
    marks = person.marks_of(secret, who.contacts)
    pieces = [
        Piece(one.shipment_id, one.part, person.mark_of_delivery(secret, one.shipper_id, one.reference))
        for one in found.deliveries
    ]
    erasure = Erasure(0, str(uuid.uuid4()), request.shipper_id, request.reason, now, request.by, None, marks)
    bury(house.drawer.folder, erasure, pieces)
    return keep(house, erasure, pieces, request.case_ref)


def keep(house: House, erasure: Erasure, pieces: Sequence[Piece], case_ref: str = "") -> Erasure:
    """Write a request and its deliveries down, whether new or known from outside the database."""
    with house.transaction() as session:
        kept = erasures.begin(session, erasure, case_ref)
        erasures.add_pieces(session, kept, pieces)
    return replace(erasure, id=kept)


def bury(folder: Path, erasure: Erasure, pieces: Sequence[Piece]) -> None:
    """Write a request down outside the database, before anything is erased."""
    reached = tuple((one.mark, one.part.value) for one in pieces)
    stone = tombstones.Tombstone(
        erasure.uid, erasure.shipper_id, erasure.asked_at, erasure.reason, erasure.marks, reached
    )
    tombstones.write(folder, stone)


def of_themselves(house: House, erasure: Erasure, who: Person) -> Counter[str]:
    """Forget what is known of their numbers and addresses themselves, while these are still at hand."""
    now = house.now()
    with house.transaction() as session:
        erasures.queue_copies(session, person_marks.copies_to(session, erasure.shipper_id, who.contacts), now)
        changed = person_marks.blank(session, erasure.shipper_id, who.contacts)
        erasures.count(session, erasure.id, changed)
    return changed


def work(house: House, erasure: Erasure, who: Person | None = None, most: int = 0) -> int:
    """Forget them in every delivery that is left, some at a time; how many were looked at.

    After about `most` of them the rest is left to the next tick (0: nothing is). `who` is at hand only while somebody
    asks: a resumed request finds neighbors by their fingerprints.
    """
    looked = 0
    while some := house.database.played(lambda: _one_piece(house, erasure, who)):
        looked += some
        if most and looked >= most:
            return looked
    with house.transaction() as session:
        erasures.finish(session, erasure.id, house.now())
    return looked


def _one_piece(house: House, erasure: Erasure, who: Person | None) -> int:
    now = house.now()
    with house.transaction() as session:
        pieces = erasures.waiting(session, erasure.id, AT_ONCE)
        if not pieces:
            return 0
        ids = [one.shipment_id for one in pieces]
        held = shipments.by_ids(session, ids, lock=True)
        for one in held.values():
            if not one.state.finished:
                _let_go(session, house.voice, one, pieces, erasure, who, now)
        pictures = files.of_shipments(session, _theirs(pieces), datetime.min.replace(tzinfo=now.tzinfo))
        changed = forget(session, _theirs(pieces), "asked", now)
        for piece in pieces:
            if piece.part is not Part.RECIPIENT:
                changed += _beside(session, house.voice.secret, piece, erasure, who)
        erasures.done(session, erasure.id, pieces, now)
        erasures.count(session, erasure.id, changed)
        touched(session, ids)
    erase_pictures(house.drawer, [one for some in pictures.values() for one in some])
    return len(pieces)


def _let_go(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    pieces: Sequence[Piece],
    erasure: Erasure,
    who: Person | None,
    now: datetime,
) -> None:
    its = {one.part for one in pieces if one.shipment_id == shipment.id}
    if Part.NEIGHBOR in its:
        marks = _plain_marks(session, voice.secret, shipment.id, erasure, who)
        erasing_open.neighbor_leaves(session, voice, shipment, marks, now)
    if Part.RECIPIENT in its:
        erasing_open.recipient_leaves(session, voice, shipment, now)


def _theirs(pieces: Sequence[Piece]) -> list[int]:
    return [one.shipment_id for one in pieces if one.part is Part.RECIPIENT]


def forget(
    session: Session, ids: Sequence[int], how: str, now: datetime, *, proof: bool = True, copies: bool = True
) -> Counter[str]:
    """Blank whatever hangs on these shipments, held by the caller, and no longer find them by a word.

    `proof` False leaves what shows that the parcels arrived, `copies` False what their provider has of texts.
    """
    if not ids:
        return Counter()
    words = person_rows.words_of(session, ids)
    if copies:
        erasures.queue_copies(session, person_marks.copies_of(session, ids), now)
    changed = forgotten(session, ids, how, now) + person_rows.blank(session, ids, proof=proof)
    finding.keep(session, ids)
    finding.forget_words(session, words)
    return changed


def erase_pictures(drawer: Drawer, pictures: Sequence[File]) -> None:
    """Erase files whose rows are gone; what a crash leaves lying is swept up within the hour."""
    for one in pictures:
        drawer.erase(one.shipper_id, one.id)


def _beside(
    session: Session, secret: bytes, piece: Piece, erasure: Erasure, who: Person | None
) -> Counter[str]:
    """Somebody else's delivery: only the neighbor or former contact is struck out of it."""
    plain = _plain_marks(session, secret, piece.shipment_id, erasure, who)
    contacts = set(who.contacts) if who else set()
    names = (
        person_find.neighbor_names(session, piece.shipment_id, plain)
        if piece.part is Part.NEIGHBOR
        else set()
    )
    contacts |= {name for name in names if "@" in name or name.startswith("+")}
    changed: Counter[str] = Counter()
    if contacts:
        changed["contact_changes"] += person_marks.blank_moves(session, [piece.shipment_id], contacts)
    if piece.part is Part.NEIGHBOR:
        changed["neighbor_asks"] += person_marks.blank_asks(session, [piece.shipment_id], plain)
    if needles := striking(contacts | names):
        changed += person_rows.strike(session, piece.shipment_id, needles)
    return +changed


def _plain_marks(
    session: Session, secret: bytes, shipment_id: int, erasure: Erasure, who: Person | None
) -> set[str]:
    if who:
        return {fingerprint(one) for one in who.contacts}
    asked = person_find.neighbors_asked(session, shipment_id)
    return {mark for mark in asked if person.keyed(secret, mark) in erasure.marks}


def go_on(house: House) -> int:
    """Go on with what was interrupted; how many deliveries were looked at."""
    with house.reading() as session:
        left = erasures.unfinished(session)
    return sum(work(house, one) for one in left)


def look_over(house: House) -> int:
    """Look once more over what was done of late: somebody may have been writing just then; how many deliveries."""
    with house.reading() as session:
        fresh = erasures.done_since(session, house.now() - LOOKED_OVER_FOR)
    for one in fresh:
        with house.transaction() as session:
            erasures.add_pieces(session, one.id, erasures.pieces_of(session, one.id))
    return sum(work(house, one) for one in fresh)
