"""How often an agent did what is limited: exports, reveals, searches."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db

LOCK = 7_220_403


class QuotaUseRow(db.Model):
    """One time that an agent did it."""

    __tablename__ = "quota_uses"
    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Moment, index=True)


Index("ix_quota_uses_agent_id_what_at", QuotaUseRow.agent_id, QuotaUseRow.what, QuotaUseRow.at)


def take(
    session: Session, agent_id: int, what: str, now: datetime, within: timedelta, allowed: int
) -> datetime | None:
    """Count one more, if `allowed` within the time are not reached; else when the next one is.

    An agent's own wait for each other, so that many at once are counted one by one.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:lock, :agent)")
        session.execute(lock, {"lock": LOCK, "agent": agent_id % 2**31})
    mine = QuotaUseRow.agent_id == agent_id, QuotaUseRow.what == what, QuotaUseRow.at > now - within
    newest = select(QuotaUseRow.at).where(*mine).order_by(QuotaUseRow.at.desc())
    oldest = session.execute(newest.offset(allowed - 1).limit(1)).scalar_one_or_none()
    if oldest is not None:
        return oldest + within
    session.execute(insert(QuotaUseRow).values(agent_id=agent_id, what=what, at=now))
    return None


def forget_old(session: Session, before: datetime) -> None:
    """Remove those that no longer count."""
    session.execute(delete(QuotaUseRow).where(QuotaUseRow.at < before))
