"""After a restore: a backup does not know who was forgotten since it was made, so they are forgotten again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.flows import erasing, person
from portal.store import erasures, person_find, tombstones
from portal.store.erasures import Erasure, Piece
from portal.store.person_find import Part, Stored
from portal.store.tombstones import NAME, Tombstone

BY = "replay"


@dataclass(slots=True)
class Again:
    """A request, as it is known in the database or beside it, and what is found of it now."""

    stone: Tombstone
    pieces: list[Piece] = field(default_factory=list)


def replay(kit: Any, file: Path | None) -> tuple[int, int]:
    """Forget all who are known to be forgotten; how many deliveries were looked at, and how many forgotten again."""
    known = {one.uid: Again(one) for one in _stones(kit, file or kit.drawer.folder / NAME)}
    looked = _walk(kit, known)
    again = 0
    for one in known.values():
        if one.pieces:
            again += erasing.work(kit, erasing.keep(kit, _erasure(one.stone), one.pieces))
    return looked, again


def _stones(kit: Any, path: Path) -> Iterator[Tombstone]:
    """Those beside the database and those in it; whoever is known twice is looked for once."""
    with kit.reading() as session:
        for one in erasures.everyone(session):
            reached = tuple((piece.mark, piece.part.value) for piece in erasures.pieces_of(session, one.id))
            yield Tombstone(one.uid, one.shipper_id, one.asked_at, one.reason, one.marks, reached)
    yield from tombstones.read(path)


def _erasure(stone: Tombstone) -> Erasure:
    return Erasure(0, stone.uid, stone.shipper, stone.reason, stone.at, BY, None, stone.people)


def _walk(kit: Any, known: dict[str, Again]) -> int:
    """Look at every delivery once: whom it is to, who its neighbors are, and whether it was reached before."""
    people: dict[str, list[Again]] = {}
    reached: dict[tuple[str, str], list[Again]] = {}
    for its in known.values():
        for mark in its.stone.people:
            people.setdefault(mark, []).append(its)
        for delivery in its.stone.deliveries:
            reached.setdefault(delivery, []).append(its)
    looked, after = 0, 0
    while people or reached:
        with kit.reading() as session:
            some = person_find.everything(session, after)
            asked = person_find.neighbors_of(session, [one.id for one in some])
        for one in some:
            _match(kit.voice.secret, one, asked.get(one.id, ()), people, reached)
        if not some:
            break
        looked, after = looked + len(some), some[-1].id
    return looked


def _match(
    secret: bytes,
    one: Stored,
    asked: Any,
    people: dict[str, list[Again]],
    reached: dict[tuple[str, str], list[Again]],
) -> None:
    mark = person.mark_of_delivery(secret, one.shipper_id, one.reference)
    found: set[tuple[str, Part]] = set()
    again: dict[str, Again] = {}

    def note(those: list[Again], part: Part, since: datetime | None) -> None:
        for its in those:
            if its.stone.shipper in (None, one.shipper_id) and (since is None or since <= its.stone.at):
                again[its.stone.uid] = its
                found.add((its.stone.uid, part))

    if not one.erased:
        for contact in filter(None, (one.phone, one.email)):
            # whoever ordered something after they were forgotten gave their data anew
            note(people.get(person.mark_of(secret, contact), []), Part.RECIPIENT, one.created_at)
    for part in Part:
        if part is not Part.RECIPIENT or not one.erased:
            note(reached.get((mark, part.value), []), part, None)
    for neighbor in asked:
        note(people.get(person.keyed(secret, neighbor), []), Part.NEIGHBOR, one.created_at)
    for uid, part in found:
        again[uid].pieces.append(Piece(one.id, part, mark))
