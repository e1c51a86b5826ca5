"""Who looked at or did what, what agents noted, how often pages were seen, and when the ticks last ran."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db


class AuditRow(db.Model):
    """One look or act; `detail` holds no contact data."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(60))
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), index=True
    )
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class NoteRow(db.Model):
    """What an agent wrote down about a shipment."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    agent: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str] = mapped_column(Text)


class PageViewRow(db.Model):
    """How often a recipient's page was opened while the shipment stood so; a counter, not a trail."""

    __tablename__ = "page_views"
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    views: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)


class HeartbeatRow(db.Model):
    """When a tick last ran to its end."""

    __tablename__ = "heartbeats"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


Index("ix_audit_actor_at", AuditRow.actor, AuditRow.at)
# each shipper keeps its own for as long as it says
Index("ix_audit_shipper_id_at", AuditRow.shipper_id, AuditRow.at)
OF_NO_SHIPMENT = AuditRow.shipment_id.is_(None)
Index(
    "ix_audit_set_up",
    AuditRow.shipper_id,
    AuditRow.action,
    AuditRow.id,
    postgresql_where=OF_NO_SHIPMENT,
    sqlite_where=OF_NO_SHIPMENT,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One audited look or act."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """An agent's note."""

    at: datetime
    agent: str
    text: str


@dataclass(frozen=True, slots=True)
class Views:
    """How often the page was opened in one status."""

    status: str
    views: int
    first_at: datetime
    last_at: datetime


def record(
    session: Session,
    actor: str,
    action: str,
    now: datetime,
    *,
    shipper_id: int | None = None,
    shipment_id: int | None = None,
    **detail: Any,
) -> None:
    """Write down who did what; `detail` must hold no contact data."""
    values = {"actor": actor, "action": action, "at": now, "detail": detail}
    session.execute(insert(AuditRow).values(**values, shipper_id=shipper_id, shipment_id=shipment_id))


def of_shipment(session: Session, shipment_id: int, limit: int = 500) -> list[Entry]:
    """What was done about one shipment, oldest first. The caller has found the shipment within its scope."""
    rows = session.execute(
        select(AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.detail)
        .where(AuditRow.shipment_id == shipment_id)
        .order_by(AuditRow.at.desc())
        .limit(limit)
    )
    return [Entry(*row) for row in rows][::-1]


def of_actor(session: Session, actor: str, action: str, since: datetime) -> list[Entry]:
    """What somebody did of one kind since then, newest first; their own acts, within their own scope."""
    rows = session.execute(
        select(AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.detail)
        .where(AuditRow.actor == actor, AuditRow.at >= since, AuditRow.action == action)
        .order_by(AuditRow.at.desc())
        .limit(20)
    )
    return [Entry(*row) for row in rows]


def of_no_shipment(
    session: Session, shipper_id: int | None, actions: Sequence[str], older_than: int = 0, limit: int = 50
) -> list[tuple[int, Entry]]:
    """What was done of these kinds for a shipper (None: for the operator) and no shipment, newest first.

    Each comes with its number; `older_than` goes on after the last one.
    """
    whose = AuditRow.shipper_id.is_(None) if shipper_id is None else AuditRow.shipper_id == shipper_id
    asked = select(AuditRow.id, AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.detail)
    asked = asked.where(OF_NO_SHIPMENT, whose, AuditRow.action.in_(actions))
    if older_than:
        asked = asked.where(AuditRow.id < older_than)
    rows = session.execute(asked.order_by(AuditRow.id.desc()).limit(limit))
    return [(row.id, Entry(*row[1:])) for row in rows]


def add_note(session: Session, shipment_id: int, agent: str, text: str, now: datetime) -> None:
    """Keep an agent's note."""
    session.execute(insert(NoteRow).values(shipment_id=shipment_id, agent=agent, at=now, text=text))


def notes(session: Session, shipment_id: int) -> list[Note]:
    """The notes on one shipment, oldest first. The caller has found the shipment within its scope."""
    rows = session.execute(
        select(NoteRow.at, NoteRow.agent, NoteRow.text)
        .where(NoteRow.shipment_id == shipment_id)
        .order_by(NoteRow.at)
    )
    return [Note(*row) for row in rows]


def count_views(session: Session, seen: Iterable[tuple[int, str, int, datetime, datetime]]) -> None:
    """Add page views: (shipment, status, how many, first, last). The buffer holds every shipper's."""
    dialect_insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    for shipment_id, status, views, first_at, last_at in seen:
        new = dialect_insert(PageViewRow).values(
            shipment_id=shipment_id, status=status, views=views, first_at=first_at, last_at=last_at
        )
        more = {"views": PageViewRow.views + new.excluded.views, "last_at": new.excluded.last_at}
        session.execute(new.on_conflict_do_update(index_elements=["shipment_id", "status"], set_=more))


def views(session: Session, shipment_id: int) -> list[Views]:
    """Page views of one shipment by status. The caller has found the shipment within its scope."""
    rows = session.execute(
        select(PageViewRow.status, PageViewRow.views, PageViewRow.first_at, PageViewRow.last_at)
        .where(PageViewRow.shipment_id == shipment_id)
        .order_by(PageViewRow.first_at)
    )
    return [Views(*row) for row in rows]


def beat(session: Session, name: str, now: datetime) -> None:
    """The tick of this name ran."""
    done = session.execute(update(HeartbeatRow).where(HeartbeatRow.name == name).values(at=now))
    if not done.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(HeartbeatRow).values(name=name, at=now))


def heartbeats(session: Session) -> dict[str, datetime]:
    """When each tick last ran. The house's own, of no shipper."""
    return {row.name: row.at for row in session.execute(select(HeartbeatRow.name, HeartbeatRow.at))}
