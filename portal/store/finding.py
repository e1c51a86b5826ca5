"""The index that search reads: keys of shipments, newest first, and the words there are with their near spellings.

Beside the shipments and not in their rows, so that a scan, which changes a shipment's state, touches none of it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ForeignKey, Index, String, bindparam, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import THESE, db
from portal.domain.finding import LONGEST_WORD, keys_of, keys_of_word, vocabulary_of, words_of
from portal.domain.spelling import neighborhood_keys
from portal.store.shipment_rows import ShipmentRow

# SQLite compares bytes anyway; on PostgreSQL a language's order could not be read by beginnings.
WORD = String(LONGEST_WORD).with_variant(String(LONGEST_WORD, collation="C"), "postgresql")
CHUNK = 500
# What a shipment is found by; whoever changes one of these columns changes its keys.
COLUMNS = ("recipient_name", "lines", "locality", "postcode", "country", "phone")
FACTS = frozenset(COLUMNS)


class FindKeyRow(db.Model):
    """A shipment is found under a key. The shipper stands in the key's own index: a scope costs no other reading."""

    __tablename__ = "find_keys"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    shipper_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    __table_args__ = (Index("ix_find_keys_shipment_id", "shipment_id"), {"sqlite_with_rowid": False})


class FindWordRow(db.Model):
    """A word that stands in a name or an address of some shipment."""

    __tablename__ = "find_words"
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class FindSpellingRow(db.Model):
    """A spelling, as a key, that is a slip away from a word."""

    __tablename__ = "find_spellings"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


KEYS, WORDS, SPELLINGS = FindKeyRow.__table__, FindWordRow.__table__, FindSpellingRow.__table__
SHIPMENTS = ShipmentRow.__table__
OF_THESE = select(SHIPMENTS.c.id, SHIPMENTS.c.shipper_id, *(SHIPMENTS.c[name] for name in COLUMNS)).where(
    SHIPMENTS.c.id.in_(THESE)
)
KEPT = select(KEYS.c.shipment_id, KEYS.c.key).where(KEYS.c.shipment_id.in_(THESE))
GONE = delete(KEYS).where(KEYS.c.key == bindparam("a_key"), KEYS.c.shipment_id == bindparam("a_shipment"))

# A shipment has a dozen keys, and a batch a thousand: PostgreSQL takes them as arrays, SQLite as bare tuples, at a
# fifth of what rows of names and values cost.
NEW_KEYS = text(
    "INSERT INTO find_keys (key, shipment_id, shipper_id) SELECT * FROM"
    " unnest(CAST(:keys AS bigint[]), CAST(:ids AS bigint[]), CAST(:shippers AS bigint[]))"
)
NEW_KEYS_SQLITE = "INSERT INTO find_keys (key, shipment_id, shipper_id) VALUES (?, ?, ?)"
NEW_WORDS = text(
    "INSERT INTO find_words SELECT word FROM unnest(CAST(:words AS text[])) AS new (word)"
    " WHERE NOT EXISTS (SELECT 1 FROM find_words AS known WHERE known.word = new.word)"
    " ON CONFLICT DO NOTHING RETURNING word"
)
NEW_WORDS_SQLITE = text(
    "INSERT INTO find_words SELECT value FROM json_each(:words) AS new"
    " WHERE NOT EXISTS (SELECT 1 FROM find_words AS known WHERE known.word = new.value) RETURNING word"
)
NEW_SPELLINGS = text(
    "INSERT INTO find_spellings SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:words AS text[]))"
    " ON CONFLICT DO NOTHING"
)
NEW_SPELLINGS_SQLITE = "INSERT OR IGNORE INTO find_spellings (key, word) VALUES (?, ?)"
Key = tuple[int, int, int]


def put(session: Session, rows: Sequence[Mapping[str, Any]], ids: Sequence[int]) -> None:
    """Index new shipments from the column values they were inserted with."""
    fresh = [
        (key, shipment_id, row["shipper_id"])
        for row, shipment_id in zip(rows, ids, strict=True)
        for key in keys_of(*(row[name] for name in COLUMNS))
    ]
    _add(session, fresh)
    _learn(session, rows)


def keep(session: Session, shipment_ids: Iterable[int]) -> None:
    """Index these shipments anew after a name, an address or a number changed; only what differs is written."""
    wanted = sorted(set(shipment_ids))
    for start in range(0, len(wanted), CHUNK):
        these = {"these": wanted[start : start + CHUNK]}
        before: dict[int, set[int]] = {}
        for shipment_id, key in session.execute(KEPT, these):
            before.setdefault(shipment_id, set()).add(key)
        rows = [row._asdict() for row in session.execute(OF_THESE, these)]
        fresh: list[Key] = []
        gone: list[dict[str, int]] = []
        for row in rows:
            keys, had = keys_of(*(row[name] for name in COLUMNS)), before.get(row["id"], set())
            fresh += [(key, row["id"], row["shipper_id"]) for key in keys - had]
            gone += [{"a_key": key, "a_shipment": row["id"]} for key in had - keys]
        if gone:
            session.execute(GONE, gone)
        _add(session, fresh)
        _learn(session, rows)


def forget_words(session: Session, texts: Iterable[str]) -> None:
    """Forget the words of these texts that no shipment has any more; to be called after its columns changed."""
    words = sorted(
        {word for said in texts for word in (*words_of(said), "".join(words_of(said))[:LONGEST_WORD])}
    )
    used = select(KEYS.c.key).where(KEYS.c.key.in_(THESE)).limit(1)
    gone = [
        word for word in words if word and not session.execute(used, {"these": keys_of_word(word)}).first()
    ]
    for start in range(0, len(gone), CHUNK):
        session.execute(delete(WORDS).where(WORDS.c.word.in_(gone[start : start + CHUNK])))
    near = [{"a_key": key, "a_word": word} for word in gone for key in neighborhood_keys(word)]
    if near:
        one = (SPELLINGS.c.key == bindparam("a_key")) & (SPELLINGS.c.word == bindparam("a_word"))
        session.execute(delete(SPELLINGS).where(one), near)


def _add(session: Session, keys: list[Key]) -> None:
    if not keys:
        return
    # in the order of the index, so that neighbors are written together
    keys.sort()
    if _is_sqlite(session):
        session.connection().exec_driver_sql(NEW_KEYS_SQLITE, keys)
    else:
        given = dict(zip(("keys", "ids", "shippers"), map(list, zip(*keys, strict=True)), strict=True))
        session.execute(NEW_KEYS, given)


def _learn(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep the words nobody had so far, in one order, so that batches never wait in a ring."""
    words = sorted({word for row in rows for word in vocabulary_of(*(row[name] for name in COLUMNS[:4]))})
    if not words:
        return
    if _is_sqlite(session):
        new = session.execute(NEW_WORDS_SQLITE, {"words": json.dumps(words)}).scalars().all()
    else:
        new = session.execute(NEW_WORDS, {"words": words}).scalars().all()
    near = sorted((key, word) for word in new for key in neighborhood_keys(word))
    if not near:
        return
    if _is_sqlite(session):
        session.connection().exec_driver_sql(NEW_SPELLINGS_SQLITE, near)
    else:
        session.execute(
            NEW_SPELLINGS, dict(zip(("keys", "words"), map(list, zip(*near, strict=True)), strict=True))
        )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
