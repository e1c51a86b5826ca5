"""Changes and the feed dispatch reads them from: in order, numbered only after commit, nothing ever skipped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    String,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import THESE, Moment, Reader, db
from portal.domain.change import Change, Decision, IfUnanswered, Kind, Life

SEQUENCER_LOCK = 7_220_401
NUMBERED_AT_ONCE = 500


class ChangeRow(db.Model):
    """A wish with its life."""

    __tablename__ = "changes"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    life: Mapped[str] = mapped_column(String(12))
    to: Mapped[dict[str, Any]] = mapped_column(JSON)
    came_from: Mapped[dict[str, Any]] = mapped_column(JSON)
    window_start: Mapped[datetime | None] = mapped_column(Moment)
    window_end: Mapped[datetime | None] = mapped_column(Moment)
    asked_by: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    if_unanswered: Mapped[str] = mapped_column(String(10))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(120))
    reason_code: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(500))
    honoured: Mapped[bool | None] = mapped_column(Boolean)
    outcome_note: Mapped[str] = mapped_column(String(500))
    outcome_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome_by: Mapped[str] = mapped_column(String(10), server_default="")
    past: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    group_id: Mapped[str] = mapped_column(String(36), server_default="")
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    told_how: Mapped[str] = mapped_column(String(10), server_default="")
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_by: Mapped[str] = mapped_column(String(80), server_default="")
    __table_args__ = (
        Index("ix_changes_life_expires_at", "life", "expires_at"),
        Index("ix_changes_shipper_id_asked_at", "shipper_id", "asked_at"),
        # what dispatch is not known to have is little, and is asked about every second
        Index(
            "ix_changes_untold_asked_at",
            "asked_at",
            postgresql_where=text("told_at IS NULL"),
            sqlite_where=text("told_at IS NULL"),
        ),
    )


class FeedRow(db.Model):
    """One thing dispatch must learn. `seq` is given after commit by the one sequencer."""

    __tablename__ = "change_feed"
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int | None] = mapped_column(unique=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[str | None] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (Index("ix_change_feed_shipper_id_seq", "shipper_id", "seq"),)


CHANGES = ChangeRow.__table__
OF_SHIPMENTS = (
    select(CHANGES).where(CHANGES.c.shipment_id.in_(THESE)).order_by(CHANGES.c.asked_at, CHANGES.c.id)
)
FEED = FeedRow.__table__
NUMBERED = (
    update(FEED)
    .where(FEED.c.id == bindparam("entry"))
    .values(seq=bindparam("number"), data=bindparam("told"))
)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry as dispatch reads it; `data` is the webhook's data, with its seq."""

    seq: int
    shipper_id: int
    shipment_id: int
    type: str
    at: datetime
    data: dict[str, Any]


def change_of(row: Any) -> Change:
    """A row of changes as the domain knows it."""
    return Change(
        id=row.id,
        shipment_id=row.shipment_id,
        kind=Kind(row.kind),
        life=Life(row.life),
        to=row.to,
        came_from=row.came_from,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        if_unanswered=IfUnanswered(row.if_unanswered),
        asked_by=row.asked_by,
        method=row.method,
        window_start=row.window_start,
        window_end=row.window_end,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason_code=row.reason_code,
        reason=row.reason,
        honoured=row.honoured,
        outcome_note=row.outcome_note,
        outcome_at=row.outcome_at,
        outcome_by=row.outcome_by,
        past=tuple(
            Decision(Life(one["life"]), datetime.fromisoformat(one["at"]), one["by"]) for one in row.past
        ),
        group_id=row.group_id,
        told_at=row.told_at,
        told_how=row.told_how,
        seen_at=row.seen_at,
        seen_by=row.seen_by,
    )


def add(session: Session, shipper_id: int, change: Change) -> None:
    """Keep a new change."""
    session.execute(
        insert(ChangeRow).values(
            id=change.id,
            shipper_id=shipper_id,
            shipment_id=change.shipment_id,
            kind=change.kind,
            life=change.life,
            to=change.to,
            came_from=change.came_from,
            window_start=change.window_start,
            window_end=change.window_end,
            asked_by=change.asked_by,
            method=change.method,
            asked_at=change.asked_at,
            expires_at=change.expires_at,
            if_unanswered=change.if_unanswered,
            decided_by="",
            reason_code="",
            reason="",
            outcome_note="",
            outcome_by="",
            past=[],
            group_id=change.group_id,
        )
    )


def find(session: Session, shipper_id: int | None, change_id: str, *, lock: bool = False) -> Change | None:
    """One change within a shipper's scope (None: the operator's); `lock` holds it for this transaction."""
    query = select(ChangeRow.__table__).where(ChangeRow.id == change_id)
    if shipper_id is not None:
        query = query.where(ChangeRow.shipper_id == shipper_id)
    row = session.execute(query.with_for_update(key_share=True) if lock else query).one_or_none()
    return change_of(row) if row else None


def of_shipments(session: Reader, shipment_ids: Iterable[int]) -> dict[int, list[Change]]:
    """Changes of shipments that were found within their scope, oldest first."""
    found: dict[int, list[Change]] = {}
    for row in session.execute(OF_SHIPMENTS, {"these": sorted(set(shipment_ids))}):
        found.setdefault(row.shipment_id, []).append(change_of(row))
    return found


def of_group(session: Session, shipper_id: int, group_id: str, asked_at: datetime) -> list[Change]:
    """What was asked at once at that moment, or the one change of that id, within a shipper's scope."""
    then = (ChangeRow.shipper_id == shipper_id, ChangeRow.asked_at == asked_at)
    same = or_(ChangeRow.group_id == group_id, ChangeRow.id == group_id)
    asked = select(CHANGES).where(*then, same).order_by(ChangeRow.shipment_id)
    return [change_of(row) for row in session.execute(asked)]


def overdue(session: Session, now: datetime, limit: int = 200) -> list[tuple[int, str]]:
    """(shipper id, change id) of changes nobody answered in time. Of every shipper: a tick's question."""
    rows = session.execute(
        select(ChangeRow.shipper_id, ChangeRow.id)
        .where(ChangeRow.life == Life.ASKED, ChangeRow.expires_at <= now)
        .order_by(ChangeRow.expires_at)
        .limit(limit)
    )
    return [(row.shipper_id, row.id) for row in rows]


def close(
    session: Session,
    change: Change,
    life: Life,
    by: str,
    now: datetime,
    reason_code: str = "",
    reason: str = "",
) -> bool:
    """Give a change its answer, from the life it is known in; False when somebody else was first.

    An earlier answer is not forgotten: it joins the change's past.
    """
    decided = {"decided_at": now, "decided_by": by[:120], "reason_code": reason_code[:60]}
    past = [{"life": one.life, "at": one.at.isoformat(), "by": one.by} for one in change.decisions]
    done = session.execute(
        update(ChangeRow)
        .where(ChangeRow.id == change.id, ChangeRow.life == change.life)
        .values(life=life, **decided, reason=reason[:500], past=past)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def set_window(session: Session, change_id: str, start: datetime, end: datetime) -> None:
    """Dispatch accepted with another window than the one asked."""
    session.execute(
        update(ChangeRow).where(ChangeRow.id == change_id).values(window_start=start, window_end=end)
    )


def set_life(session: Session, change: Change) -> None:
    """How far a waiting change has come, and until when it waits."""
    values = {"life": change.life, "expires_at": change.expires_at}
    session.execute(update(ChangeRow).where(ChangeRow.id == change.id).values(values))


def set_seen(session: Session, change_id: str, by: str, at: datetime) -> None:
    """The driver has seen it."""
    session.execute(update(ChangeRow).where(ChangeRow.id == change_id).values(seen_at=at, seen_by=by[:80]))


def set_honoured(
    session: Session, change_id: str, honoured: bool | None, note: str, by: str, at: datetime | None
) -> None:
    """Whether the door saw what was promised, and who says so; None: nobody knows any more."""
    values = {"honoured": honoured, "outcome_note": note[:500], "outcome_by": by, "outcome_at": at}
    session.execute(update(ChangeRow).where(ChangeRow.id == change_id).values(values))


def tell_dispatch(
    session: Session,
    shipper_id: int,
    shipment_id: int,
    type: str,
    at: datetime,
    data: dict[str, Any],
    change_id: str | None = None,
) -> None:
    """Put something into the feed; it gets its number once this transaction is committed."""
    values = {"shipper_id": shipper_id, "shipment_id": shipment_id, "change_id": change_id}
    session.execute(insert(FeedRow).values(**values, type=type, at=at, data=data))


def number_new_entries(session: Session, limit: int = NUMBERED_AT_ONCE) -> list[FeedEntry]:
    """Give committed entries their numbers and return them. One sequencer at a time.

    A serial id would be visible out of order: with 50 writers a reader of `id > last` missed two thirds.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SEQUENCER_LOCK})
    rows: Sequence[Any] = session.execute(
        select(FeedRow.__table__).where(FeedRow.seq.is_(None)).order_by(FeedRow.id).limit(limit)
    ).all()
    if not rows:
        return []
    last = session.execute(select(func.max(FeedRow.seq))).scalar_one() or 0
    entries = [
        FeedEntry(seq, row.shipper_id, row.shipment_id, row.type, row.at, {**row.data, "seq": seq})
        for seq, row in enumerate(rows, start=last + 1)
    ]
    numbers = [
        {"entry": row.id, "number": one.seq, "told": one.data} for row, one in zip(rows, entries, strict=True)
    ]
    session.execute(NUMBERED, numbers)
    return entries


def feed(session: Session, shipper_id: int | None, after: int, limit: int) -> list[FeedEntry]:
    """Entries after a number, in order, within a shipper's scope (None: the operator's)."""
    query = select(FeedRow.__table__).where(FeedRow.seq > after).order_by(FeedRow.seq).limit(limit)
    if shipper_id is not None:
        query = query.where(FeedRow.shipper_id == shipper_id)
    return [
        FeedEntry(row.seq, row.shipper_id, row.shipment_id, row.type, row.at, row.data)
        for row in session.execute(query)
    ]
