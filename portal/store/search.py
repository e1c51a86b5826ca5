"""Which shipments a clue may mean. Every question is scoped by shipper; None is the operator's scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.clue import Word
from portal.store.shipment_rows import LinkRow, ParcelRow, ShipmentRow

Scope = int | None
HIGHEST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """A shipment in a list of results."""

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


def _scoped(query: Any, scope: Scope) -> Any:
    return query if scope is None else query.where(ShipmentRow.shipper_id == scope)


def _newest(session: Session, scope: Scope, condition: ColumnElement[bool], limit: int) -> list[int]:
    query = select(ShipmentRow.id).where(condition).order_by(ShipmentRow.id.desc()).limit(limit)
    return list(session.execute(_scoped(query, scope)).scalars())


def _begins(session: Session, column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    # SQLite compares bytes, so a range uses the index; PostgreSQL sorts by language, where it would be wrong.
    if session.get_bind().dialect.name == "sqlite":
        return and_(column >= prefix, column < prefix + HIGHEST)
    return column.startswith(prefix, autoescape=True)


def by_link(session: Session, scope: Scope, fingerprint: str, limit: int) -> list[int]:
    """By a recipient's link, also one that is expired or revoked: the caller has it in hand."""
    linked = select(LinkRow.shipment_id).where(LinkRow.fingerprint == fingerprint)
    return _newest(session, scope, ShipmentRow.id.in_(linked), limit)


def by_reference(
    session: Session, scope: Scope, shipper_ids: Sequence[int], codes: Sequence[str], limit: int
) -> list[int]:
    """By the shipper's own reference. `shipper_ids`: all there are, so that the one index is used."""
    known = and_(ShipmentRow.shipper_id.in_(shipper_ids), ShipmentRow.reference.in_(codes))
    return _newest(session, scope, known, limit)


def reference_begins(
    session: Session, scope: Scope, shipper_ids: Sequence[int], prefixes: Sequence[str], limit: int
) -> list[int]:
    """By the beginning of a reference."""
    begins = or_(*(_begins(session, ShipmentRow.reference, prefix) for prefix in prefixes))
    return _newest(session, scope, and_(ShipmentRow.shipper_id.in_(shipper_ids), begins), limit)


def by_parcel(session: Session, scope: Scope, codes: Sequence[str], limit: int) -> list[int]:
    """By the tracking code of one of the parcels."""
    owner = select(ParcelRow.shipment_id).where(ParcelRow.code.in_(codes))
    return _newest(session, scope, ShipmentRow.id.in_(owner), limit)


def parcel_begins(session: Session, scope: Scope, prefixes: Sequence[str], limit: int) -> list[int]:
    """By the beginning of a parcel's tracking code."""
    begins = or_(*(_begins(session, ParcelRow.code, prefix) for prefix in prefixes))
    owner = select(ParcelRow.shipment_id).where(begins)
    return _newest(session, scope, ShipmentRow.id.in_(owner), limit)


def by_phone(session: Session, scope: Scope, numbers: Iterable[str], limit: int) -> list[int]:
    """By a phone number in E.164."""
    return _newest(session, scope, ShipmentRow.phone.in_(sorted(set(numbers))), limit)


def phone_ends(session: Session, scope: Scope, digits: str, limit: int) -> list[int]:
    """By the last digits of a phone number."""
    # Apart, so that SQLite reads the small index of phones instead of the whole table.
    ends = select(ShipmentRow.id).where(ShipmentRow.phone.like(f"%{digits}"))
    return _newest(session, scope, ShipmentRow.id.in_(ends), limit)


def by_email(session: Session, scope: Scope, email: str, limit: int) -> list[int]:
    """By an email address, lower case."""
    return _newest(session, scope, ShipmentRow.email == email, limit)


def email_begins(session: Session, scope: Scope, prefix: str, limit: int) -> list[int]:
    """By the beginning of an email address, lower case."""
    return _newest(session, scope, _begins(session, ShipmentRow.email, prefix), limit)


def by_postcode(session: Session, scope: Scope, codes: Sequence[str], limit: int) -> list[int]:
    """By postcode."""
    return _newest(session, scope, ShipmentRow.postcode.in_(codes), limit)


def by_words(session: Session, scope: Scope, words: Sequence[Word], limit: int) -> list[int]:
    """By name, street, number, town and postcode: all words must be there.

    First where numbers stand whole, then where words begin so, then anywhere: one reading of the table.
    """
    everywhere, beginning, whole = (and_(*(_has(word, how) for word in words)) for how in range(3))
    rank = case((whole, 0), (beginning, 1), else_=2)
    query = select(ShipmentRow.id).where(everywhere).order_by(rank, ShipmentRow.id.desc()).limit(limit)
    return list(session.execute(_scoped(query, scope)).scalars())


def _has(word: Word, strictness: int) -> ColumnElement[bool]:
    text = " " + ShipmentRow.search_text + " "
    if word.number and strictness == 2:
        return or_(*(text.contains(f" {spelling} ", autoescape=True) for spelling in word.spellings))
    if strictness or word.number:
        return or_(*(text.contains(f" {spelling}", autoescape=True) for spelling in word.spellings))
    anywhere = ShipmentRow.search_text
    return or_(*(anywhere.contains(spelling, autoescape=True) for spelling in word.spellings))


def found(session: Session, scope: Scope, ids: Iterable[int]) -> dict[int, Found]:
    """What a list of results shows of these shipments, by id."""
    row = ShipmentRow
    columns = (
        row.id,
        row.shipper_id,
        row.reference,
        row.recipient_name,
        row.lines,
        row.postcode,
        row.locality,
    )
    more = (
        row.country,
        row.timezone,
        row.status,
        row.planned_start,
        row.planned_end,
        row.live,
        row.updated_at,
    )
    query = _scoped(select(*columns, *more).where(row.id.in_(sorted(set(ids)))), scope)
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
    )
