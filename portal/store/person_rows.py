"""Whatever hangs on a delivery, table by table as `personal_tables.py` says: blanked, struck, read for its person."""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from re import Pattern
from typing import Any

from sqlalchemy import JSON, String, Text, and_, bindparam, delete, func, or_, select, true, update
from sqlalchemy.orm import Session

from notifications.message import Channel
from portal.db import Base
from portal.domain.personal import (
    Of,
    Treatment,
    bare_body,
    bare_story,
    scrubbed,
    struck,
    words_in,
)
from portal.domain.personal_tables import PERSONAL, Held
from portal.store.changes import CHANGES
from portal.store.outbox_rows import MESSAGES

# Rows of a fingerprint or a word hang on no delivery: store/person_marks.py and store/finding.py look after them.
HANGING = {name: held for name, held in PERSONAL.items() if held.of not in (Of.FINGERPRINT, Of.WORD)}
TO_DISPATCH = MESSAGES.c.channel == Channel.WEBHOOK
# Read and written one by one, since what stays of them depends on what they hold.
LOOKED_INTO: Mapping[Treatment, Callable[[Any], Any]] = {
    Treatment.SCRUBBED: scrubbed,
    Treatment.STORY: bare_story,
}


def table_of(name: str) -> Any:
    """A table by its name."""
    return Base.metadata.tables[name]


def belonging(name: str, held: Held, ids: Collection[int]) -> Any:
    """The condition that a row of this table hangs on one of these shipments."""
    column, these = table_of(name).c[held.of.value], sorted(ids)
    match held.of:
        case Of.MESSAGE:
            return column.in_(select(MESSAGES.c.id).where(MESSAGES.c.shipment_id.in_(these)))
        case Of.CHANGE:
            return column.in_(select(CHANGES.c.id).where(CHANGES.c.shipment_id.in_(these)))
        case _:
            return column.in_(these)


def blank(session: Session, ids: Collection[int], *, proof: bool) -> Counter[str]:
    """Forget the people of these shipments, held by the caller; how many rows changed, by table.

    `proof` False leaves what shows that the parcel arrived: it is kept longer. Whoever runs it twice changes nothing
    the second time, but for the letters of links.
    """
    changed: Counter[str] = Counter()
    for name, held in HANGING.items():
        if held.proof and not proof:
            continue
        these = belonging(name, held, ids)
        if held.goes:
            changed[name] += written(session.execute(delete(table_of(name)).where(these)))
            continue
        changed[name] += blank_table(session, name, these)
    return +changed


def blank_table(session: Session, name: str, condition: Any) -> int:
    """The same for some rows of one table alone; how many changed."""
    held = PERSONAL[name]
    # the same rows are written by both: the more of them tells how many there were
    return max(_emptied(session, name, held, condition), _looked_into(session, name, held, condition))


def _emptied(session: Session, name: str, held: Held, these: Any) -> int:
    """What is blanked in one statement a table; a row that holds nothing is not written."""
    table, done = table_of(name), 0
    for groups in (_plain_blanks(name, held), _blanks_by_kind(held)):
        for condition, columns in groups:
            if not columns:
                continue
            values = {column: empty_of(table.c[column]) for column in columns}
            filled = or_(*(_is_filled(table.c[column]) for column in columns))
            emptied = session.execute(update(table).where(these, condition, filled).values(values))
            done = max(done, written(emptied))
    return done


def _plain_blanks(name: str, held: Held) -> list[tuple[Any, list[str]]]:
    return [(true(), [one for one, how in held.columns.items() if how is Treatment.BLANK])]


def _blanks_by_kind(held: Held) -> list[tuple[Any, list[str]]]:
    to_people = [one for one, how in held.columns.items() if how in (Treatment.TO_PEOPLE, Treatment.BODY)]
    replies = [one for one, how in held.columns.items() if how is Treatment.REPLY]
    is_reply = MESSAGES.c.notice.startswith("reply_", autoescape=True)
    return [(~TO_DISPATCH, to_people), (is_reply, replies)]


def empty_of(column: Any) -> Any:
    """The emptiest value that a column takes."""
    if column.nullable:
        return None
    if isinstance(column.type, JSON):
        return [] if column.name in ("lines", "story") else {}
    return "" if isinstance(column.type, String | Text) else 0


def _is_filled(column: Any) -> Any:
    if isinstance(column.type, String | Text) and not isinstance(column.type, JSON):
        return and_(column.is_not(None), column != "")
    if isinstance(column.type, JSON):
        return func.coalesce(column.cast(Text), "").not_in(["", "[]", "{}", "null"])
    return column.is_not(None)


def _looked_into(session: Session, name: str, held: Held, these: Any) -> int:
    looks: dict[str, Callable[[Any], Any]] = {}
    for column, how in held.columns.items():
        if how in LOOKED_INTO:
            looks[column] = LOOKED_INTO[how]
        elif how is Treatment.FRESH:
            letters = getattr(table_of(name).c[column].type, "length", 32) or 32
            looks[column] = lambda _old, longest=letters: secrets.token_hex(32)[:longest]
    done = _rewrite(session, name, looks, these) if looks else 0
    if any(how is Treatment.BODY for how in held.columns.values()):
        done += _rewrite(session, name, {"text": bare_body}, and_(these, TO_DISPATCH))
    return done


def _rewrite(session: Session, name: str, looks: Mapping[str, Callable[[Any], Any]], these: Any) -> int:
    """Read these columns, write what `looks` makes of them where it is something else; how many rows changed."""
    table = table_of(name)
    change = update(table).where(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))
    change = change.values({column: bindparam(f"new_{column}") for column in looks})
    fresh = []
    for row in _rows(session, name, [*looks], these):
        new = {column: look(row[column]) for column, look in looks.items() if row[column] is not None}
        if any(new[column] != row[column] for column in new):
            keys = {f"key_{column.name}": row[column.name] for column in table.primary_key}
            fresh.append(keys | {f"new_{column}": new.get(column) for column in looks})
    if fresh:
        session.execute(change, fresh)
    return len(fresh)


def _rows(session: Session, name: str, columns: Sequence[str], these: Any) -> list[dict[str, Any]]:
    """Rows with their keys. Read whole before one is written: a cursor may meet again what was moved under it."""
    table = table_of(name)
    wanted = dict.fromkeys([*(column.name for column in table.primary_key), *columns])
    found = session.execute(select(*(table.c[one] for one in wanted)).where(these))
    return [dict(row) for row in found.mappings()]


def strike(session: Session, shipment_id: int, needles: Pattern[str]) -> Counter[str]:
    """Somebody else than the recipient is struck out of whatever hangs on a shipment; how many rows changed."""
    changed: Counter[str] = Counter()
    for name, held in HANGING.items():
        texts = [column for column, how in held.columns.items() if how is not Treatment.FRESH]
        texts = [one for one in texts if isinstance(table_of(name).c[one].type, String | Text | JSON)]
        if name == "shipments":
            # the recipient's own name and address stay theirs, also where a neighbor is called the same
            texts = ["story"]
        if texts:
            these = belonging(name, held, [shipment_id])
            looks = {column: lambda value: struck(value, needles) for column in texts}
            changed[name] += _rewrite(session, name, looks, these)
    return +changed


def held_of(session: Session, shipment_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that hangs on a shipment as its person may read it: (table, row), without keys and staff."""
    for name, held in HANGING.items():
        hidden, table = set(held.never_told.split()), table_of(name)
        told = [column.name for column in table.columns if column.name not in hidden]
        if not told:
            continue
        query = select(*(table.c[one] for one in told)).where(belonging(name, held, [shipment_id]))
        for row in session.execute(query.order_by(*table.primary_key)).mappings():
            yield name, dict(row)


def counts(session: Session, ids: Collection[int]) -> Counter[str]:
    """How many rows hang on these shipments, by table."""
    found: Counter[str] = Counter()
    for name, held in HANGING.items():
        if held.never_told and set(held.never_told.split()) >= set(table_of(name).columns.keys()):
            continue
        query = select(func.count()).select_from(table_of(name)).where(belonging(name, held, ids))
        found[name] = session.execute(query).scalar_one()
    return +found


def words_of(session: Session, ids: Collection[int]) -> list[str]:
    """The names and addresses by which these shipments are found, for the vocabulary to forget."""
    table = table_of("shipments")
    told = [table.c[one] for one in ("recipient_name", "lines", "locality", "postcode", "search_text")]
    rows = session.execute(select(*told).where(table.c.id.in_(sorted(ids))))
    return [word for row in rows for value in row for word in words_in(value)]


def written(result: Any) -> int:
    """How many rows a statement wrote."""
    return int(result.rowcount)
