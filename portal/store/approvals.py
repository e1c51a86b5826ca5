"""What agents asked and a second person has to agree to, with what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.approvals import Approval, Standing
from portal.domain.change import Kind

LOOKED_AT_ONCE = 100


class ApprovalRow(db.Model):
    """One question to a second person. A shipment has at most one that waits."""

    __tablename__ = "approvals"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    seal: Mapped[str] = mapped_column(String(64))
    shown: Mapped[str] = mapped_column(String(500))
    method: Mapped[str] = mapped_column(String(20))
    caller: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    lapses_at: Mapped[datetime] = mapped_column(Moment)
    standing: Mapped[str] = mapped_column(String(12))
    decided_by: Mapped[str] = mapped_column(String(120), server_default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(300), server_default="")
    change_id: Mapped[str] = mapped_column(String(36), server_default="")
    __table_args__ = (
        Index("ix_approvals_shipper_id_standing_asked_at", "shipper_id", "standing", "asked_at"),
        Index("ix_approvals_standing_lapses_at", "standing", "lapses_at"),
        Index(
            "uq_approvals_waiting",
            "shipment_id",
            unique=True,
            postgresql_where=text("standing = 'waiting'"),
            sqlite_where=text("standing = 'waiting'"),
        ),
    )


APPROVALS = ApprovalRow.__table__
WAITING = APPROVALS.c.standing == Standing.WAITING.value


def _value(row: Any) -> Approval:
    known = {"kind": Kind(row.kind), "standing": Standing(row.standing)}
    return Approval(**(dict(row._mapping) | known))


def add(session: Session, values: Mapping[str, Any]) -> int:
    """A question that waits; returns its id. Raises IntegrityError where one waits for the shipment already."""
    new = insert(APPROVALS).values(**values, standing=Standing.WAITING.value)
    return int(session.execute(new.returning(APPROVALS.c.id)).scalar_one())


def seal(session: Session, approval_id: int, seal: str) -> None:
    """What binds the payload to this question."""
    session.execute(update(APPROVALS).where(APPROVALS.c.id == approval_id).values(seal=seal))


def find(session: Session, shipper_id: int | None, approval_id: int) -> Approval | None:
    """One within a shipper's scope (None: the operator's)."""
    query = _within(select(APPROVALS).where(APPROVALS.c.id == approval_id), shipper_id)
    row = session.execute(query).one_or_none()
    return _value(row) if row else None


def close(
    session: Session,
    approval_id: int,
    into: Standing,
    by: str,
    reason: str,
    now: datetime,
    change_id: str = "",
) -> bool:
    """It waits no longer, and its payload is forgotten; False when somebody was first."""
    values: dict[str, Any] = {
        "standing": into.value,
        "decided_by": by[:120],
        "decided_at": now,
        "reason": reason[:300],
    }
    values |= {"payload": {}, "change_id": change_id}
    done = session.execute(update(APPROVALS).where(APPROVALS.c.id == approval_id, WAITING).values(**values))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def waiting(session: Session, shipper_id: int | None, limit: int = LOOKED_AT_ONCE) -> list[Approval]:
    """What waits within a shipper's scope, the one that lapses first on top."""
    query = select(APPROVALS).where(WAITING).order_by(APPROVALS.c.lapses_at, APPROVALS.c.id).limit(limit)
    return [_value(row) for row in session.execute(_within(query, shipper_id))]


def decided(session: Session, shipper_id: int | None, limit: int = 30) -> list[Approval]:
    """What was decided last within a shipper's scope, newest first."""
    query = select(APPROVALS).where(~WAITING).order_by(APPROVALS.c.asked_at.desc(), APPROVALS.c.id.desc())
    return [_value(row) for row in session.execute(_within(query.limit(limit), shipper_id))]


def of_shipment(session: Session, shipment_id: int) -> list[Approval]:
    """Every one of a shipment that was found within its scope, oldest first."""
    query = select(APPROVALS).where(APPROVALS.c.shipment_id == shipment_id).order_by(APPROVALS.c.id)
    return [_value(row) for row in session.execute(query)]


def waits_for(session: Session, shipment_id: int) -> Approval | None:
    """The one that waits for a shipment that was found within its scope."""
    row = session.execute(
        select(APPROVALS).where(APPROVALS.c.shipment_id == shipment_id, WAITING)
    ).one_or_none()
    return _value(row) if row else None


def overdue(session: Session, now: datetime) -> list[Approval]:
    """What nobody decided in time. The clock's own question, of no shipper."""
    query = select(APPROVALS).where(WAITING, APPROVALS.c.lapses_at <= now).order_by(APPROVALS.c.id)
    return [_value(row) for row in session.execute(query.limit(LOOKED_AT_ONCE))]


def how_many_wait(session: Session, shipper_id: int | None) -> int:
    """How many wait within a shipper's scope."""
    query = _within(select(func.count()).select_from(APPROVALS).where(WAITING), shipper_id)
    return int(session.execute(query).scalar_one())


def _within(query: Any, shipper_id: int | None) -> Any:
    return query if shipper_id is None else query.where(APPROVALS.c.shipper_id == shipper_id)
