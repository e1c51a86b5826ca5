"""Where a person is found: as the recipient, as somebody's neighbor, or as a contact that was replaced since."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import Session

from portal.db import Reader
from portal.store.changes import CHANGES
from portal.store.contact_changes import ContactChangeRow
from portal.store.follow_up_rows import FOLLOW_UPS
from portal.store.marks import fingerprint
from portal.store.neighbors import ASKS
from portal.store.outbox_rows import MESSAGES
from portal.store.shipment_rows import ShipmentRow
from portal.store.tags import TAGS

CHUNK = 500
# A tag that keeps what a court or an insurer still asks for.
HOLD = "legal hold"
SHIPMENTS, MOVED = ShipmentRow.__table__, ContactChangeRow.__table__


class Part(StrEnum):
    """What somebody is in a delivery."""

    RECIPIENT = "recipient"
    NEIGHBOR = "neighbor"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that a person is in; `open` while it is not finished, `on_hold` while it must be kept."""

    shipment_id: int
    shipper_id: int
    reference: str
    part: Part
    open: bool
    on_hold: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What a shipment has on file, for a walk over all of them after a restore."""

    id: int
    shipper_id: int
    reference: str
    phone: str
    email: str
    created_at: Any
    erased: bool


def deliveries(session: Session, shipper_id: int | None, contacts: Collection[str]) -> list[Delivery]:
    """Every delivery that one of these numbers and addresses is in, within a scope (None: every shipper's)."""
    known = sorted({one for one in contacts if one})
    if not known:
        return []
    theirs = set(_ids(session, _recipient_of(known)))
    beside = set(_ids(session, _neighbor_of([fingerprint(one) for one in known]))) - theirs
    former = set(_ids(session, _former_of(known))) - theirs - beside
    return [
        *_described(session, shipper_id, theirs, Part.RECIPIENT),
        *_described(session, shipper_id, beside, Part.NEIGHBOR),
        *_described(session, shipper_id, former, Part.FORMER),
    ]


def _ids(session: Session, query: Any) -> list[int]:
    return [one for one in session.execute(query).scalars() if one is not None]


def _recipient_of(known: Collection[str]) -> Any:
    by_phone = select(SHIPMENTS.c.id).where(SHIPMENTS.c.phone.in_(known))
    return union(by_phone, select(SHIPMENTS.c.id).where(SHIPMENTS.c.email.in_(known)))


def _neighbor_of(marks: Collection[str]) -> Any:
    """With what was asked together: the question hangs on the first delivery, the neighbor is named in all."""
    theirs = ASKS.c.neighbor.in_(marks)
    at_once = and_(
        CHANGES.c.shipper_id == ASKS.c.shipper_id,
        CHANGES.c.asked_at == ASKS.c.asked_at,
        CHANGES.c.group_id == ASKS.c.group_id,
    )
    together = select(CHANGES.c.shipment_id).select_from(ASKS.join(CHANGES, at_once)).where(theirs)
    return union(select(ASKS.c.shipment_id).where(theirs), together)


def _former_of(known: Collection[str]) -> Any:
    written_to = select(MESSAGES.c.shipment_id).where(MESSAGES.c.to.in_(known))
    return union(
        written_to, select(MOVED.c.shipment_id).where(or_(MOVED.c.old.in_(known), MOVED.c.new.in_(known)))
    )


def _described(
    session: Session, shipper_id: int | None, ids: Collection[int], part: Part
) -> Iterator[Delivery]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        held = on_hold(session, some)
        query = select(
            SHIPMENTS.c.id, SHIPMENTS.c.shipper_id, SHIPMENTS.c.reference, SHIPMENTS.c.finished_at
        ).where(SHIPMENTS.c.id.in_(some))
        if shipper_id is not None:
            query = query.where(SHIPMENTS.c.shipper_id == shipper_id)
        for row in session.execute(query.order_by(SHIPMENTS.c.id)):
            yield Delivery(
                row.id, row.shipper_id, row.reference, part, row.finished_at is None, row.id in held
            )


def on_hold(session: Reader, ids: Collection[int]) -> set[int]:
    """Which of these shipments are tagged to be kept."""
    tagged = select(TAGS.c.shipment_id).where(TAGS.c.shipment_id.in_(sorted(ids)), TAGS.c.folded == HOLD)
    return set(session.execute(tagged).scalars())


def with_open_matters(session: Reader, ids: Collection[int]) -> set[int]:
    """Which of these shipments somebody still has to look after."""
    asked = select(FOLLOW_UPS.c.shipment_id).where(
        FOLLOW_UPS.c.shipment_id.in_(sorted(ids)), FOLLOW_UPS.c.closed_at.is_(None)
    )
    return set(session.execute(asked).scalars())


def contacts_on_file(session: Session, ids: Collection[int]) -> set[str]:
    """Every number and address that is on file as the recipient's of these shipments."""
    found: set[str] = set()
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        query = select(SHIPMENTS.c.phone, SHIPMENTS.c.email).where(
            SHIPMENTS.c.id.in_(wanted[start : start + CHUNK])
        )
        for row in session.execute(query):
            found.update(filter(None, row))
    return found


def only_in(
    session: Session, shipper_id: int | None, contacts: Collection[str], ids: Collection[int]
) -> frozenset[str]:
    """Which of these are on file in no other delivery than these, within a scope: nobody else is reached by them."""
    known, theirs, shared = sorted(contacts), set(ids), set[str]()
    for column in (SHIPMENTS.c.phone, SHIPMENTS.c.email):
        query = select(column, SHIPMENTS.c.id).where(column.in_(known))
        if shipper_id is not None:
            query = query.where(SHIPMENTS.c.shipper_id == shipper_id)
        shared.update(contact for contact, one in session.execute(query) if one not in theirs)
    return frozenset(known) - shared


def everything(session: Session, after: int, limit: int = CHUNK) -> list[Stored]:
    """Shipments in the order of their ids, some at a time; of every shipper, for a walk after a restore."""
    columns = [
        SHIPMENTS.c[name] for name in ("id", "shipper_id", "reference", "phone", "email", "created_at")
    ]
    query = select(*columns, SHIPMENTS.c.erased_at).where(SHIPMENTS.c.id > after)
    return [
        Stored(*row[:6], erased=row[6] is not None)
        for row in session.execute(query.order_by(SHIPMENTS.c.id).limit(limit))
    ]


def neighbor_names(session: Session, shipment_id: int, marks: Collection[str]) -> set[str]:
    """The names and contacts under which a neighbor (by the fingerprint of a contact) stands in a delivery."""
    asked = select(ASKS).where(ASKS.c.neighbor.in_(sorted(marks)))
    asks = session.execute(asked).all()
    groups = {row.group_id for row in asks} | {row.change_id for row in asks}
    found = {name for row in asks for name in (row.name, row.contact) if name}
    for row in session.execute(select(CHANGES).where(CHANGES.c.shipment_id == shipment_id)):
        if (row.group_id in groups or row.id in groups) and isinstance(row.to.get("name"), str):
            found.add(row.to["name"])
    return found - {""}


def others_named(session: Session, shipment_id: int) -> set[str]:
    """The names and contacts of neighbors in a delivery: other people's, for its recipient's copy."""
    found: set[str] = set()
    for row in session.execute(select(ASKS.c.name, ASKS.c.contact).where(ASKS.c.shipment_id == shipment_id)):
        found.update(filter(None, row))
    for to in session.execute(select(CHANGES.c.to).where(CHANGES.c.shipment_id == shipment_id)).scalars():
        if to.get("kind") == "neighbor" or "house_number" in to:
            found.update(str(to[name]) for name in ("name", "contact") if to.get(name))
    return found


def neighbors_asked(session: Session, shipment_id: int) -> set[str]:
    """The fingerprints of the neighbors who were asked about a delivery, alone or with others."""
    groups = select(CHANGES.c.group_id).where(CHANGES.c.shipment_id == shipment_id, CHANGES.c.group_id != "")
    its = or_(ASKS.c.shipment_id == shipment_id, ASKS.c.group_id.in_(groups))
    return set(session.execute(select(ASKS.c.neighbor).where(its)).scalars())


def asks_of(session: Session, shipment_id: int, contacts: Collection[str]) -> list[Any]:
    """What the holders of these contacts were asked as neighbors in a delivery, and how they answered."""
    marks = [fingerprint(one) for one in sorted(contacts)]
    asked = select(ASKS).where(ASKS.c.shipment_id == shipment_id, ASKS.c.neighbor.in_(marks))
    return list(session.execute(asked.order_by(ASKS.c.asked_at)))


def recipients_named(session: Session, ids: Collection[int]) -> set[str]:
    """The names and contacts of the recipients of these shipments."""
    found: set[str] = set()
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        query = select(SHIPMENTS.c.recipient_name, SHIPMENTS.c.phone, SHIPMENTS.c.email)
        for row in session.execute(query.where(SHIPMENTS.c.id.in_(wanted[start : start + CHUNK]))):
            found.update(filter(None, row))
    return found


def neighbors_of(session: Session, ids: Collection[int]) -> dict[int, set[str]]:
    """The fingerprints of the neighbors who were asked first about these deliveries, by delivery."""
    found: dict[int, set[str]] = {}
    query = select(ASKS.c.shipment_id, ASKS.c.neighbor).where(ASKS.c.shipment_id.in_(sorted(ids)))
    for shipment_id, neighbor in session.execute(query):
        found.setdefault(shipment_id, set()).add(neighbor)
    return found
