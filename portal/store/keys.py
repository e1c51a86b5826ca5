"""API keys: stored hashed, scoped, revocable; of one shipper or of the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db

USE_IS_NOTED_EVERY = timedelta(minutes=1)


class KeyRow(db.Model):
    """A key's fingerprint and what it may do. No shipper: the operator's."""

    __tablename__ = "api_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    shown: Mapped[str] = mapped_column(String(16))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


KEYS = KeyRow.__table__
LIVE = select(KEYS.c.id, KEYS.c.shipper_id, KEYS.c.scopes, KEYS.c.used_at).where(
    KEYS.c.fingerprint == bindparam("mark"), KEYS.c.revoked_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that opened the door; `shipper_id` None means every shipper."""

    id: int
    shipper_id: int | None
    scopes: frozenset[str]
    used_at: datetime | None = None

    def may(self, scope: str) -> bool:
        """Whether the key opens doors of this scope."""
        return scope in self.scopes or "*" in self.scopes


def find(session: Session, fingerprint: str) -> Key | None:
    """The live key with this fingerprint. Not scoped: this is where the scope comes from."""
    row: Any = session.execute(LIVE, {"mark": fingerprint}).one_or_none()
    return Key(row.id, row.shipper_id, frozenset(row.scopes), row.used_at) if row else None


def add(
    session: Session,
    fingerprint: str,
    shown: str,
    shipper_id: int | None,
    scopes: list[str],
    label: str,
    now: datetime,
) -> int:
    """Keep a new key; the key itself is never stored."""
    values = {"fingerprint": fingerprint, "shown": shown, "shipper_id": shipper_id, "scopes": scopes}
    return session.execute(
        insert(KeyRow).values(**values, label=label, created_at=now).returning(KeyRow.id)
    ).scalar_one()


@dataclass(frozen=True, slots=True)
class Listed:
    """A key as it is listed: `shown` are its first characters, the key itself is kept nowhere."""

    id: int
    shipper_id: int | None
    label: str
    shown: str
    scopes: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


LISTED = select(*(KEYS.c[name] for name in Listed.__slots__))


def everyone(session: Session) -> list[Listed]:
    """All keys of all shippers and the operator, oldest first; for the operator."""
    return [_listed(row) for row in session.execute(LISTED.order_by(KEYS.c.id))]


def of(session: Session, shipper_id: int | None) -> list[Listed]:
    """The keys of one shipper, or the operator's own (None), those in use first, the newest of each first."""
    whose = KEYS.c.shipper_id.is_(None) if shipper_id is None else KEYS.c.shipper_id == shipper_id
    order = (KEYS.c.revoked_at.is_not(None), KEYS.c.id.desc())
    return [_listed(row) for row in session.execute(LISTED.where(whose).order_by(*order).limit(200))]


def listed(session: Session, key_id: int) -> Listed | None:
    """One key, of whichever shipper; who asks compares whose it is."""
    row = session.execute(LISTED.where(KEYS.c.id == key_id)).one_or_none()
    return _listed(row) if row else None


def _listed(row: Any) -> Listed:
    return Listed(**{**row._mapping, "scopes": tuple(row.scopes)})


def revoke(session: Session, key_id: int, now: datetime) -> bool:
    """The key opens nothing from now on; False when there is no such key."""
    done: Any = session.execute(update(KeyRow).where(KeyRow.id == key_id).values(revoked_at=now))
    return bool(done.rowcount)


def note_use(session: Session, key: Key, now: datetime) -> None:
    """Remember that the key is in use, to the minute."""
    session.execute(update(KeyRow).where(KeyRow.id == key.id).values(used_at=now))
