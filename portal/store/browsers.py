"""Browsers in which agents are signed in: kept on the server, so that they can be ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.agents import AGENTS, Agent, AgentRow
from portal.store.agents import value as agent_value

# How far a sign-in has come: signed in; a code is awaited; a second factor has to be set up first.
FULL, CODE_AWAITED, TO_ENROLL = "full", "code", "enroll"


class AgentSessionRow(db.Model):
    """A browser. `proven_at`: when password and code were last given; `browser`: what it calls itself, shortened."""

    __tablename__ = "agent_sessions"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    level: Mapped[str] = mapped_column(String(20), server_default=FULL)
    browser: Mapped[str] = mapped_column(String(120), server_default="")
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    proven_at: Mapped[datetime | None] = mapped_column(Moment)


SESSIONS = AgentSessionRow.__table__


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser and whose it is; `agent.password` is known where it was looked up by its token."""

    agent: Agent
    fingerprint: str
    level: str
    name: str
    created_at: datetime
    seen_at: datetime
    proven_at: datetime
    expires_at: datetime


def _value(row: Any) -> Browser:
    return Browser(
        agent_value(row),
        row.fingerprint,
        row.level,
        row.browser,
        row.opened_at,
        row.seen_at or row.opened_at,
        row.proven_at or row.opened_at,
        row.expires_at,
    )


def _joined() -> Any:
    columns = [column for column in SESSIONS.c if column.name not in ("agent_id", "created_at")]
    opened_at = SESSIONS.c.created_at.label("opened_at")
    both = select(*AGENTS.c, *columns, opened_at).join(AgentRow, AgentSessionRow.agent_id == AgentRow.id)
    return both.where(AgentRow.left_at.is_(None))


def find(session: Session, fingerprint: str, now: datetime) -> Browser | None:
    """The browser that shows this token. Not scoped: the session gives the scope."""
    same = _joined().where(AgentSessionRow.fingerprint == fingerprint, AgentSessionRow.expires_at > now)
    row = session.execute(same).one_or_none()
    return _value(row) if row else None


def of_agent(session: Session, agent_id: int, now: datetime) -> list[Browser]:
    """Where an agent is signed in, the last seen first; the caller has found the agent within its scope."""
    theirs = _joined().where(AgentSessionRow.agent_id == agent_id, AgentSessionRow.expires_at > now)
    found = [_value(row) for row in session.execute(theirs.limit(100))]
    found.sort(key=lambda one: one.seen_at, reverse=True)
    return [replace(one, agent=replace(one.agent, password="")) for one in found]


def open_session(
    session: Session,
    fingerprint: str,
    agent_id: int,
    now: datetime,
    until: datetime,
    level: str = FULL,
    browser: str = "",
    proven_at: datetime | None = None,
) -> None:
    """A browser is signed in until then, or as far as `level` says. `proven_at` None: it was all proven now."""
    values = {"fingerprint": fingerprint, "agent_id": agent_id, "created_at": now, "expires_at": until}
    more = {"level": level, "browser": browser, "seen_at": now, "proven_at": proven_at or now}
    session.execute(insert(AgentSessionRow).values(**values, **more))


def seen(session: Session, fingerprint: str, now: datetime) -> None:
    """The browser was used."""
    same = update(AgentSessionRow).where(AgentSessionRow.fingerprint == fingerprint)
    session.execute(same.values(seen_at=now))


def end(session: Session, fingerprint: str) -> None:
    """Sign a browser out."""
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.fingerprint == fingerprint))


def end_of_agent(session: Session, agent_id: int, start: str, but: str = "") -> int:
    """Sign an agent's browsers out whose fingerprint begins so (empty: all), but for one; returns how many."""
    theirs = delete(AgentSessionRow).where(
        AgentSessionRow.agent_id == agent_id,
        AgentSessionRow.fingerprint.startswith(start, autoescape=True),
        AgentSessionRow.fingerprint != but,
    )
    done: Any = session.execute(theirs)
    return int(done.rowcount)


def end_halfway(session: Session, agent_id: int, level: str) -> None:
    """End an agent's sign-ins that have come this far and no further."""
    theirs = (AgentSessionRow.agent_id == agent_id, AgentSessionRow.level == level)
    session.execute(delete(AgentSessionRow).where(*theirs))


def forget_old(session: Session, now: datetime) -> None:
    """Remove those that are over."""
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.expires_at <= now))
