"""Which shipments a clue may mean: exact forms and beginnings. Scoped by shipper; None is the operator's scope.

Every question reads a stretch of one index, newest or highest first, and stops when it has enough: it costs the same
among ten million shipments as among ten thousand.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.finding import ENDS, door_key, end_key, postcode_key
from portal.store.changes import ChangeRow
from portal.store.finding import forget_words, keep
from portal.store.locker_rows import LockerBookingRow
from portal.store.outbox_rows import MessageRow
from portal.store.search_words import Scope, newest
from portal.store.shipment_rows import LinkRow, ParcelRow, ShipmentRow

__all__ = ("Found", "Scope", "forget_words", "keep")

HIGHEST = "\U0010ffff"
# Of a beginning that others share with a small shipper, so many are looked at to find theirs.
BEGINNINGS_LOOKED_AT = 5_000
# Of numbers with the same last digits.
ENDS_LOOKED_AT = 600
COUNTED = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A shipment in a list of results; `door` is the key of its door, `contacts` how its recipient is reached."""

    id: int
    shipper_id: int
    reference: str
    name: str
    street: str
    postcode: str
    locality: str
    country: str
    timezone: str
    status: str
    window: tuple[datetime, datetime] | None
    updated_at: datetime
    finished: bool
    door: int
    contacts: tuple[str, str]


def _scoped(query: Any, scope: Scope) -> Any:
    return query if scope is None else query.where(ShipmentRow.shipper_id == scope)


def _newest(session: Session, scope: Scope, condition: ColumnElement[bool], limit: int) -> list[int]:
    # "+ 0": few rows match, so they are sorted; otherwise PostgreSQL may read all shipments from the newest on
    query = select(ShipmentRow.id).where(condition).order_by((ShipmentRow.id + 0).desc()).limit(limit)
    return list(session.execute(_scoped(query, scope)).scalars())


def _of(session: Session, scope: Scope, ids: Iterable[int | None], limit: int) -> list[int]:
    """Those of these shipments that are in the scope, newest first."""
    known = {one for one in ids if one is not None}
    return _newest(session, scope, ShipmentRow.id.in_(sorted(known)), limit) if known else []


def _range(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    # these columns are sorted by their bytes on both databases
    return (column >= prefix) & (column < prefix + HIGHEST)


def by_link(session: Session, scope: Scope, fingerprint: str, limit: int) -> list[int]:
    """By a recipient's link, also one that is expired or revoked: the caller has it in hand."""
    linked = select(LinkRow.shipment_id).where(LinkRow.fingerprint == fingerprint)
    return _of(session, scope, session.execute(linked).scalars(), limit)


def by_message(session: Session, scope: Scope, our_id: str, limit: int) -> list[int]:
    """By our id of a message or of a change."""
    found = [
        session.execute(select(row.shipment_id).where(row.id == our_id)).scalar()
        for row in (MessageRow, ChangeRow)
    ]
    return _of(session, scope, found, limit)


def by_carrier_id(session: Session, scope: Scope, carrier_ids: Sequence[str], limit: int) -> list[int]:
    """By the id that a carrier gave to a message."""
    known = MessageRow.provider_id.in_(carrier_ids) & (MessageRow.provider_id != "")
    sent = select(MessageRow.shipment_id).where(known).limit(limit)
    return _of(session, scope, session.execute(sent).scalars(), limit)


def by_locker_code(session: Session, scope: Scope, mark: str, limit: int) -> list[int]:
    """By the code that opens a locker's compartment, or opened it; `mark` is of domain/pickup.py."""
    row = LockerBookingRow
    typed = or_(
        (row.code_mark == mark) & (row.code_mark != ""),
        (row.delegate_mark == mark) & (row.delegate_mark != ""),
    )
    booked = select(ChangeRow.shipment_id).join(row, row.change_id == ChangeRow.id).where(typed).limit(limit)
    return _of(session, scope, session.execute(booked).scalars(), limit)


def by_reference(session: Session, scope: Scope, codes: Sequence[str], limit: int) -> list[int]:
    """By the shipper's own reference."""
    return _newest(session, scope, ShipmentRow.reference.in_(codes), limit)


def reference_begins(session: Session, scope: Scope, prefixes: Sequence[str], limit: int) -> list[int]:
    """By the beginning of a reference, the highest first."""
    row = ShipmentRow
    return _beginnings(session, scope, row.reference, select(row.id, row.shipper_id), prefixes, limit)


def by_parcel(session: Session, scope: Scope, codes: Sequence[str], limit: int) -> list[int]:
    """By the tracking code of one of the parcels."""
    owners = session.execute(select(ParcelRow.shipment_id).where(ParcelRow.code.in_(codes)).limit(limit))
    return _of(session, scope, owners.scalars(), limit)


def parcel_begins(session: Session, scope: Scope, prefixes: Sequence[str], limit: int) -> list[int]:
    """By the beginning of a parcel's tracking code, the highest first."""
    look = limit if scope is None else BEGINNINGS_LOOKED_AT
    found: list[int] = []
    for prefix in prefixes:
        code = ParcelRow.code
        begins = select(ParcelRow.shipment_id).where(_range(code, prefix)).order_by(code.desc()).limit(look)
        found += session.execute(begins).scalars()
    return _of(session, scope, found, limit)


def by_phone(session: Session, scope: Scope, numbers: Iterable[str], limit: int) -> list[int]:
    """By a phone number in E.164."""
    return _newest(session, scope, ShipmentRow.phone.in_(sorted(set(numbers))), limit)


def phone_ends(session: Session, scope: Scope, digits: str, limit: int) -> list[int]:
    """By the last digits of a phone number."""
    key = end_key(digits)
    if key is None:
        return []
    if len(digits) in ENDS:
        return newest(session, scope, [key], limit)
    ids = newest(session, scope, [key], ENDS_LOOKED_AT)
    return _newest(session, scope, ShipmentRow.id.in_(ids) & ShipmentRow.phone.like(f"%{digits}"), limit)


def by_email(session: Session, scope: Scope, email: str, limit: int) -> list[int]:
    """By an email address, lower case."""
    return _newest(session, scope, ShipmentRow.email == email, limit)


def email_begins(session: Session, scope: Scope, prefix: str, limit: int) -> list[int]:
    """By the beginning of an email address, lower case."""
    row = ShipmentRow
    return _beginnings(session, scope, row.email, select(row.id, row.shipper_id), [prefix], limit)


def by_postcode(session: Session, scope: Scope, postcode: str, limit: int) -> list[int]:
    """By postcode, given as one word."""
    return newest(session, scope, [postcode_key(postcode)], limit)


def _beginnings(
    session: Session,
    scope: Scope,
    column: InstrumentedAttribute[str],
    query: Any,
    prefixes: Iterable[str],
    limit: int,
) -> list[int]:
    look = limit if scope is None else BEGINNINGS_LOOKED_AT
    found: set[int] = set()
    for prefix in prefixes:
        rows = session.execute(query.where(_range(column, prefix)).order_by(column.desc()).limit(look))
        theirs = [row.id for row in rows if scope is None or row.shipper_id == scope]
        found.update(theirs[:limit])
    return sorted(found, reverse=True)[:limit]


def to_person(session: Session, scope: Scope, phone: str, email: str, limit: int) -> list[int]:
    """What goes to the same phone or mailbox, newest first."""
    found: set[int] = set()
    for column, value in ((ShipmentRow.phone, phone), (ShipmentRow.email, email)):
        if value:
            found.update(_newest(session, scope, column == value, limit))
    return sorted(found, reverse=True)[:limit]


def others_to(session: Session, scope: Scope, people: Iterable[Found]) -> dict[str, int]:
    """How many shipments go to each of these phones, or mailboxes where there is none; counted up to a few hundred."""
    row, counts = ShipmentRow, Counter[str]()
    contacts = [one.contacts for one in people]
    phones = {phone for phone, _ in contacts if phone}
    emails = {email for phone, email in contacts if email and not phone}
    for column, values in ((row.phone, phones), (row.email, emails)):
        if values:
            query = _scoped(select(column).where(column.in_(sorted(values))), scope).limit(COUNTED)
            counts.update(session.execute(query).scalars())
    return counts


def found(session: Session, scope: Scope, ids: Iterable[int]) -> dict[int, Found]:
    """What a list of results shows of these shipments, by id."""
    row = ShipmentRow
    columns = (
        *(row.id, row.shipper_id, row.reference, row.recipient_name, row.lines, row.postcode, row.locality),
        *(row.country, row.timezone, row.status, row.planned_start, row.planned_end, row.live),
        *(row.updated_at, row.finished_at, row.phone, row.email),
    )
    query = _scoped(select(*columns).where(row.id.in_(sorted(set(ids)))), scope)
    return {one.id: _found(one) for one in session.execute(query)}


def _found(row: Any) -> Found:
    window = (row.planned_start, row.planned_end) if row.planned_start else None
    if row.live:
        window = (datetime.fromisoformat(row.live["start"]), datetime.fromisoformat(row.live["end"]))
    return Found(
        id=row.id,
        shipper_id=row.shipper_id,
        reference=row.reference,
        name=row.recipient_name,
        street=row.lines[0] if row.lines else "",
        postcode=row.postcode,
        locality=row.locality,
        country=row.country,
        timezone=row.timezone,
        status=row.status,
        window=window,
        updated_at=row.updated_at,
        finished=row.finished_at is not None,
        door=door_key(row.country, row.postcode, row.lines),
        contacts=(row.phone, row.email),
    )
