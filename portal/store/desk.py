"""Answers given on the desk that can still be undone: they take effect a few seconds later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import THESE, Moment, Reader, db
from portal.store.agents import AgentRow
from portal.store.outbox_rows import insert_for


class DeskAnswerRow(db.Model):
    """An answer that waits for its moment; one for a change."""

    __tablename__ = "desk_answers"
    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    accepted: Mapped[bool] = mapped_column(Boolean)
    reason_code: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(500))
    given_at: Mapped[datetime] = mapped_column(Moment)
    effective_at: Mapped[datetime] = mapped_column(Moment, index=True)


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """A yes or no of an agent that counts from `given_at` and takes effect at `effective_at` unless undone."""

    change_id: str
    shipper_id: int
    agent_id: int
    agent: str
    accepted: bool
    reason_code: str
    reason: str
    given_at: datetime
    effective_at: datetime


ANSWERS = DeskAnswerRow.__table__
ALL = select(ANSWERS, AgentRow.email.label("agent")).join(AgentRow, AgentRow.id == ANSWERS.c.agent_id)
OF_CHANGES = ALL.where(ANSWERS.c.change_id.in_(THESE))


def _value(row: Any) -> DeskAnswer:
    return DeskAnswer(
        change_id=row.change_id,
        shipper_id=row.shipper_id,
        agent_id=row.agent_id,
        agent=row.agent,
        accepted=row.accepted,
        reason_code=row.reason_code,
        reason=row.reason,
        given_at=row.given_at,
        effective_at=row.effective_at,
    )


def put(session: Session, answer: DeskAnswer) -> bool:
    """Keep an answer until its moment; False when the change has one already."""
    kept = session.execute(
        insert_for(session)(ANSWERS)
        .values(
            change_id=answer.change_id,
            shipper_id=answer.shipper_id,
            agent_id=answer.agent_id,
            accepted=answer.accepted,
            reason_code=answer.reason_code[:60],
            reason=answer.reason[:500],
            given_at=answer.given_at,
            effective_at=answer.effective_at,
        )
        .on_conflict_do_nothing(index_elements=["change_id"])
        .returning(ANSWERS.c.change_id)
    )
    return kept.first() is not None


def find(session: Reader, change_id: str) -> DeskAnswer | None:
    """The answer that waits for a change which was found within its scope."""
    row = session.execute(OF_CHANGES, {"these": [change_id]}).one_or_none()
    return _value(row) if row else None


def drop(session: Session, change_id: str) -> bool:
    """The answer waits no more: it took effect, or was undone. False when there was none."""
    done = session.execute(delete(DeskAnswerRow).where(DeskAnswerRow.change_id == change_id))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def waiting(session: Reader, shipper_id: int | None) -> list[DeskAnswer]:
    """Answers within a shipper's scope (None: the operator's), the latest first."""
    query = ALL.order_by(ANSWERS.c.given_at.desc(), ANSWERS.c.change_id)
    if shipper_id is not None:
        query = query.where(ANSWERS.c.shipper_id == shipper_id)
    return [_value(row) for row in session.execute(query)]


def due(session: Session, now: datetime, limit: int = 200) -> list[DeskAnswer]:
    """Answers whose moment has come, oldest first. Of every shipper: a tick's question."""
    query = ALL.where(ANSWERS.c.effective_at <= now).order_by(ANSWERS.c.effective_at).limit(limit)
    return [_value(row) for row in session.execute(query)]
