"""Who called about a shipment, and how the agent on the line knows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.callers import Proof, Way


class CallRow(db.Model):
    """One caller of one shipment, as one agent knows them; `proven_at` is empty while a code is waited for."""

    __tablename__ = "calls"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    way: Mapped[str] = mapped_column(String(20))
    hint: Mapped[str] = mapped_column(String(300), server_default="")
    words: Mapped[str] = mapped_column(String(200), server_default="")
    begun_at: Mapped[datetime] = mapped_column(Moment)
    proven_at: Mapped[datetime | None] = mapped_column(Moment)
    good_until: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("ix_calls_shipment_id_agent_id_id", "shipment_id", "agent_id", "id"),)


CALLS = CallRow.__table__


@dataclass(frozen=True, slots=True)
class Call:
    """The latest caller; `hint` says where a code went, `proof` is there once it was typed or a reason was given."""

    id: int
    way: Way
    hint: str
    begun_at: datetime
    proof: Proof | None


def begin(
    session: Session,
    shipment_id: int,
    agent_id: int,
    way: Way,
    now: datetime,
    hint: str = "",
    words: str = "",
) -> int:
    """Somebody calls; nothing is proven yet. Returns its id."""
    values = {"shipment_id": shipment_id, "agent_id": agent_id, "way": way.value, "begun_at": now}
    new = insert(CALLS).values(**values, hint=hint[:300], words=words)
    return int(session.execute(new.returning(CALLS.c.id)).scalar_one())


def prove(session: Session, call_id: int, now: datetime, until: datetime) -> None:
    """The agent knows them now, until then."""
    proven = {"proven_at": now, "good_until": until}
    session.execute(update(CALLS).where(CALLS.c.id == call_id).values(**proven))


def end(session: Session, shipment_id: int, agent_id: int, now: datetime) -> bool:
    """The call is over: what proved it is good no longer; False when nothing was."""
    theirs = (CALLS.c.shipment_id == shipment_id, CALLS.c.agent_id == agent_id)
    done = session.execute(update(CALLS).where(*theirs, CALLS.c.good_until > now).values(good_until=now))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def latest(session: Session, shipment_id: int, agent_id: int, since: datetime) -> Call | None:
    """The newest caller of this shipment with this agent who called since then."""
    theirs = (CALLS.c.shipment_id == shipment_id, CALLS.c.agent_id == agent_id, CALLS.c.begun_at > since)
    row = session.execute(select(CALLS).where(*theirs).order_by(CALLS.c.id.desc()).limit(1)).one_or_none()
    return Call(row.id, Way(row.way), row.hint, row.begun_at, _proof(row)) if row else None


def _proof(row: Any) -> Proof | None:
    return Proof(Way(row.way), row.words, row.good_until) if row.proven_at and row.good_until else None
