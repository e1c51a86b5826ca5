"""Who asked to be forgotten: kept as keyed fingerprints alone, with the pieces of work that this is done in.

A copy of these rows lies beside the pictures (portal/store/tombstones.py), so that a restored backup forgets again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, delete, func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import BIG, insert_for
from portal.store.person_find import Part


class ErasureRow(db.Model):
    """One request to be forgotten. `shipper_id` None: at every shipper. `counts` is what it reached, by table."""

    __tablename__ = "erasures"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    case_ref: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[str] = mapped_column(String(120))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class ErasureMarkRow(db.Model):
    """A keyed fingerprint of a number or address, by which the person is known again after a restore."""

    __tablename__ = "erasure_marks"
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)


class ErasurePieceRow(db.Model):
    """A shipment that the person is in, as its recipient or as a neighbor; `mark` knows it again after a restore."""

    __tablename__ = "erasure_pieces"
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id", ondelete="CASCADE"), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "ix_erasure_pieces_waiting",
            "erasure_id",
            postgresql_where=sql("done_at IS NULL"),
            sqlite_where=sql("done_at IS NULL"),
        ),
    )


class ProviderCopyRow(db.Model):
    """A text that a provider still holds and is asked to erase; parked when it will not be done without somebody."""

    __tablename__ = "provider_copies"
    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(60))
    parked_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "ix_provider_copies_due_at",
            "due_at",
            postgresql_where=sql("parked_at IS NULL"),
            sqlite_where=sql("parked_at IS NULL"),
        ),
    )


class RetentionMarkRow(db.Model):
    """Up to which moment the messages of a shipper were looked at by a rule of retention."""

    __tablename__ = "retention_marks"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


ERASURES, MARKS, PIECES = ErasureRow.__table__, ErasureMarkRow.__table__, ErasurePieceRow.__table__
COPIES, LOOKED = ProviderCopyRow.__table__, RetentionMarkRow.__table__
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request to be forgotten; `marks` are the keyed fingerprints of the person's numbers and addresses."""

    id: int
    uid: str
    shipper_id: int | None
    reason: str
    asked_at: datetime
    asked_by: str
    done_at: datetime | None
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A delivery that is to be looked at; `mark` is the keyed fingerprint of its shipper and reference."""

    shipment_id: int
    part: Part
    mark: str


def begin(session: Session, new: Erasure, case_ref: str) -> int:
    """Write a request down; one whose uid is known stays as it is. Returns its id."""
    values: dict[str, Any] = {
        "uid": new.uid,
        "shipper_id": new.shipper_id,
        "reason": new.reason,
        "counts": {},
    }
    values |= {"case_ref": case_ref, "asked_at": new.asked_at, "asked_by": new.asked_by[:120]}
    session.execute(
        insert_for(session)(ERASURES).values(values).on_conflict_do_nothing(index_elements=["uid"])
    )
    erasure_id: int = session.execute(select(ERASURES.c.id).where(ERASURES.c.uid == new.uid)).scalar_one()
    if new.marks:
        rows = [{"erasure_id": erasure_id, "fingerprint": mark} for mark in sorted(new.marks)]
        session.execute(insert_for(session)(MARKS).on_conflict_do_nothing(), rows)
    return erasure_id


def add_pieces(session: Session, erasure_id: int, pieces: Sequence[Piece]) -> None:
    """These deliveries are to be looked at; one that was done is looked at again."""
    again = insert_for(session)(PIECES).on_conflict_do_update(
        index_elements=["erasure_id", "shipment_id", "part"], set_={"done_at": None}
    )
    for start in range(0, len(pieces), CHUNK):
        rows = [
            {"erasure_id": erasure_id, "shipment_id": one.shipment_id, "part": one.part, "mark": one.mark}
            for one in pieces[start : start + CHUNK]
        ]
        session.execute(again, rows)


def waiting(session: Session, erasure_id: int, limit: int) -> list[Piece]:
    """Deliveries not looked at yet, those of others first: only whoever was asked still knows the contact."""
    query = select(PIECES.c.shipment_id, PIECES.c.part, PIECES.c.mark).where(
        PIECES.c.erasure_id == erasure_id, PIECES.c.done_at.is_(None)
    )
    rows = session.execute(query.order_by(PIECES.c.part, PIECES.c.shipment_id).limit(limit))
    return [Piece(row.shipment_id, Part(row.part), row.mark) for row in rows]


def done(session: Session, erasure_id: int, pieces: Sequence[Piece], now: datetime) -> None:
    """These were looked at."""
    for part in {one.part for one in pieces}:
        ids = [one.shipment_id for one in pieces if one.part is part]
        its = (PIECES.c.erasure_id == erasure_id, PIECES.c.part == part, PIECES.c.shipment_id.in_(ids))
        session.execute(update(PIECES).where(*its).values(done_at=now))


def count(session: Session, erasure_id: int, more: Mapping[str, int]) -> None:
    """Add to what a request reached, by table."""
    query = select(ERASURES.c.counts).where(ERASURES.c.id == erasure_id).with_for_update()
    known = session.execute(query).scalar_one()
    counts = {name: known.get(name, 0) + more.get(name, 0) for name in sorted({*known, *more})}
    session.execute(update(ERASURES).where(ERASURES.c.id == erasure_id).values(counts=counts))


def finish(session: Session, erasure_id: int, now: datetime) -> None:
    """Nothing is left to be looked at."""
    session.execute(
        update(ERASURES).where(ERASURES.c.id == erasure_id, ERASURES.c.done_at.is_(None)).values(done_at=now)
    )


def counts_of(session: Session, erasure_id: int) -> dict[str, int]:
    """What a request reached, by table."""
    found: dict[str, int] = session.execute(
        select(ERASURES.c.counts).where(ERASURES.c.id == erasure_id)
    ).scalar_one()
    return found


def unfinished(session: Session) -> list[Erasure]:
    """Requests with something left. Of every shipper: a tick's question."""
    return _erasures(session, ERASURES.c.done_at.is_(None))


def done_since(session: Session, then: datetime) -> list[Erasure]:
    """Requests that were done since then. Of every shipper: a tick's question."""
    return _erasures(session, ERASURES.c.done_at > then)


def everyone(session: Session) -> list[Erasure]:
    """Every request there ever was, of every shipper: what a restored database has to be told again."""
    return _erasures(session, sql("1 = 1"))


def _erasures(session: Session, which: Any) -> list[Erasure]:
    rows = session.execute(select(ERASURES).where(which).order_by(ERASURES.c.id)).all()
    marks: dict[int, set[str]] = {row.id: set() for row in rows}
    ids = sorted(marks)
    for start in range(0, len(ids), CHUNK):
        for row in session.execute(select(MARKS).where(MARKS.c.erasure_id.in_(ids[start : start + CHUNK]))):
            marks[row.erasure_id].add(row.fingerprint)
    return [
        Erasure(
            row.id,
            row.uid,
            row.shipper_id,
            row.reason,
            row.asked_at,
            row.asked_by,
            row.done_at,
            frozenset(marks[row.id]),
        )
        for row in rows
    ]


def pieces_of(session: Session, erasure_id: int) -> list[Piece]:
    """The deliveries of a request."""
    rows = session.execute(
        select(PIECES).where(PIECES.c.erasure_id == erasure_id).order_by(PIECES.c.shipment_id)
    )
    return [Piece(row.shipment_id, Part(row.part), row.mark) for row in rows]


def begun_for(session: Session, shipment_id: int) -> bool:
    """Whether the recipient of a shipment, found within its scope, asked to be forgotten and it is under way."""
    query = select(func.count()).where(
        PIECES.c.shipment_id == shipment_id, PIECES.c.part == Part.RECIPIENT, PIECES.c.done_at.is_(None)
    )
    return bool(session.execute(query).scalar_one())


def queue_copies(session: Session, copies: Collection[tuple[str, str]], now: datetime) -> None:
    """These texts, (account, its id for them), are to be erased at their provider, each once."""
    rows = [
        {"provider": provider, "provider_id": provider_id, "due_at": now, "tries": 0, "code": ""}
        for provider, provider_id in sorted(set(copies))
        if provider and provider_id
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert_for(session)(COPIES).on_conflict_do_nothing(), rows[start : start + CHUNK])


def claim_copies(session: Session, now: datetime, until: datetime, limit: int) -> list[tuple[str, str, int]]:
    """Texts to be erased at their provider now, (account, its id, tries before); no one else takes them until then."""
    due = select(COPIES.c.provider, COPIES.c.provider_id, COPIES.c.tries).where(
        COPIES.c.due_at <= now, COPIES.c.parked_at.is_(None)
    )
    rows = session.execute(due.order_by(COPIES.c.due_at).limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        session.execute(update(COPIES).where(*_copy(row[0], row[1])).values(due_at=until, tries=row[2] + 1))
    return [(row[0], row[1], row[2]) for row in rows]


def copy_is_gone(session: Session, provider: str, provider_id: str) -> None:
    """The provider erased it."""
    session.execute(delete(COPIES).where(*_copy(provider, provider_id)))


def copy_stays(session: Session, provider: str, provider_id: str, code: str, again_at: datetime) -> None:
    """It was not erased, and is asked for again."""
    session.execute(
        update(COPIES).where(*_copy(provider, provider_id)).values(code=code[:60], due_at=again_at)
    )


def park_copy(session: Session, provider: str, provider_id: str, code: str, now: datetime) -> None:
    """It will not be erased without somebody."""
    session.execute(update(COPIES).where(*_copy(provider, provider_id)).values(code=code[:60], parked_at=now))


def _copy(provider: str, provider_id: str) -> tuple[Any, Any]:
    return (COPIES.c.provider == provider, COPIES.c.provider_id == provider_id)


def retry_parked(session: Session, now: datetime) -> int:
    """Ask once more for all that is parked; how many."""
    again = {"parked_at": None, "tries": 0, "due_at": now}
    done: Any = session.execute(update(COPIES).where(COPIES.c.parked_at.is_not(None)).values(again))
    return int(done.rowcount)


def copies(session: Session) -> tuple[int, list[tuple[str, str, int]]]:
    """How many texts are still to be erased at a provider, and what is parked: (account, its code, how many)."""
    waits = select(func.count()).select_from(COPIES).where(COPIES.c.parked_at.is_(None))
    parked = select(COPIES.c.provider, COPIES.c.code, func.count()).where(COPIES.c.parked_at.is_not(None))
    rows = session.execute(parked.group_by(COPIES.c.provider, COPIES.c.code).order_by(COPIES.c.provider))
    return session.execute(waits).scalar_one(), [(row[0], row[1], row[2]) for row in rows]
