"""The index that search reads: keys of shipments, newest first, and the words there are with their near spellings.

Beside the shipments and not in their rows, so that a scan, which changes a shipment's state, touches none of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
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
KNOWN = select(WORDS.c.word).where(WORDS.c.word.in_(THESE))
GONE = delete(KEYS).where(KEYS.c.key == bindparam("a_key"), KEYS.c.shipment_id == bindparam("a_shipment"))


def put(session: Session, rows: Sequence[Mapping[str, Any]], ids: Sequence[int]) -> None:
    """Index new shipments from the column values they were inserted with."""
    fresh = [
        {"key": key, "shipment_id": shipment_id, "shipper_id": row["shipper_id"]}
        for row, shipment_id in zip(rows, ids, strict=True)
        for key in keys_of(*(row[name] for name in COLUMNS))
    ]
    if fresh:
        session.execute(insert(KEYS), fresh)
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
        fresh, gone = [], []
        for row in rows:
            keys, had = keys_of(*(row[name] for name in COLUMNS)), before.get(row["id"], set())
            same = {"shipment_id": row["id"], "shipper_id": row["shipper_id"]}
            fresh += [{"key": key, **same} for key in keys - had]
            gone += [{"a_key": key, "a_shipment": row["id"]} for key in had - keys]
        if gone:
            session.execute(GONE, gone)
        if fresh:
            session.execute(insert(KEYS), fresh)
        _learn(session, rows)


def forget_words(session: Session, texts: Iterable[str]) -> None:
    """Forget the words of these texts that no shipment has any more; to be called after its columns changed."""
    words = sorted(
        {word for text in texts for word in (*words_of(text), "".join(words_of(text))[:LONGEST_WORD])}
    )
    for start in range(0, len(words), CHUNK):
        used = select(KEYS.c.key).where(KEYS.c.key.in_(THESE)).limit(1)
        gone = [
            word
            for word in words[start : start + CHUNK]
            if word and session.execute(used, {"these": keys_of_word(word)}).first() is None
        ]
        if not gone:
            continue
        session.execute(delete(WORDS).where(WORDS.c.word.in_(gone)))
        near = [(key, word) for word in gone for key in neighborhood_keys(word)]
        for at in range(0, len(near), CHUNK):
            part = near[at : at + CHUNK]
            session.execute(delete(SPELLINGS).where(tuple_(SPELLINGS.c.key, SPELLINGS.c.word).in_(part)))


def _learn(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep the words nobody had so far, in one order, so that batches never wait in a ring."""
    words = sorted({word for row in rows for word in vocabulary_of(*(row[name] for name in COLUMNS[:4]))})
    known: set[str] = set()
    for start in range(0, len(words), CHUNK):
        known.update(session.execute(KNOWN, {"these": words[start : start + CHUNK]}).scalars())
    new = [word for word in words if word not in known]
    if not new:
        return
    add = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(add(WORDS).on_conflict_do_nothing(), [{"word": word} for word in new])
    near = sorted((key, word) for word in new for key in neighborhood_keys(word))
    if near:
        rows_of_near = [{"key": key, "word": word} for key, word in near]
        session.execute(add(SPELLINGS).on_conflict_do_nothing(), rows_of_near)
