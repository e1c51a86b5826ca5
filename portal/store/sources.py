"""Other systems whose webhooks become our events: whose they are, what they speak, and what they sign with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db

HEARD_IS_NOTED_EVERY = timedelta(minutes=1)


class SourceRow(db.Model):
    """A system that calls us. `fingerprint` recognises the secret part of its address; `secret` checks what it signs.

    The secret is kept as it is, for an HMAC cannot be checked with less. `unknown` counts what was said of shipments
    or in words that we do not know; `unknown_last` is the last of them.
    """

    __tablename__ = "sources"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(120))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    secret: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)
    heard_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    taken: Mapped[int] = mapped_column(server_default="0")
    unknown: Mapped[int] = mapped_column(server_default="0")
    unknown_last: Mapped[str] = mapped_column(String(200), server_default="")


SOURCES = SourceRow.__table__


@dataclass(frozen=True, slots=True)
class Source:
    """A system that calls us, and how it fares."""

    id: int
    shipper_id: int
    kind: str
    label: str
    secret: str
    created_at: datetime
    heard_at: datetime | None
    revoked_at: datetime | None
    taken: int
    unknown: int
    unknown_last: str


def _value(row: Any) -> Source:
    return Source(
        row.id,
        row.shipper_id,
        row.kind,
        row.label,
        row.secret,
        row.created_at,
        row.heard_at,
        row.revoked_at,
        row.taken,
        row.unknown,
        row.unknown_last,
    )


def add(
    session: Session, shipper_id: int, kind: str, label: str, fingerprint: str, secret: str, now: datetime
) -> int:
    """Keep a new source; the secret part of its address is never stored."""
    values = {"shipper_id": shipper_id, "kind": kind, "label": label, "fingerprint": fingerprint}
    made = insert(SourceRow).values(**values, secret=secret, created_at=now).returning(SourceRow.id)
    return session.execute(made).scalar_one()


def find(session: Session, kind: str, fingerprint: str) -> Source | None:
    """The live source of this kind at this address. Not scoped: this is where the scope comes from."""
    live = select(SOURCES).where(SOURCES.c.fingerprint == fingerprint, SOURCES.c.revoked_at.is_(None))
    row = session.execute(live.where(SOURCES.c.kind == kind)).one_or_none()
    return _value(row) if row else None


def everyone(session: Session) -> list[Source]:
    """All sources of all shippers, oldest first; for the operator."""
    return [_value(row) for row in session.execute(select(SOURCES).order_by(SOURCES.c.id))]


def revoke(session: Session, source_id: int, now: datetime) -> bool:
    """Its address answers nobody from now on; False when there is no such source."""
    live = update(SourceRow).where(SourceRow.id == source_id, SourceRow.revoked_at.is_(None))
    done: Any = session.execute(live.values(revoked_at=now))
    return bool(done.rowcount)


def note(session: Session, source: Source, taken: int, unknown: list[str], now: datetime) -> None:
    """Remember what came of a call; that it only repeated itself is noted to the minute."""
    fresh = source.heard_at is not None and now - source.heard_at < HEARD_IS_NOTED_EVERY
    if fresh and not taken and not unknown:
        return
    values: dict[str, Any] = {"heard_at": now, "taken": SourceRow.taken + taken}
    if unknown:
        values |= {"unknown": SourceRow.unknown + len(unknown), "unknown_last": unknown[-1][:200]}
    session.execute(update(SourceRow).where(SourceRow.id == source.id).values(values))
