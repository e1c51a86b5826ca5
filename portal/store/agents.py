"""Agents: who may sign in to console and desk, their sessions, and failed tries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, delete, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db

SIGN_IN_LOCK = 7_220_402


class AgentRow(db.Model):
    """A person of the operator or of one shipper."""

    __tablename__ = "agents"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)


class AgentSessionRow(db.Model):
    """A signed-in browser; kept on the server so that it can be ended."""

    __tablename__ = "agent_sessions"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class SignInTryRow(db.Model):
    """A sign-in that was tried, counted by email so that guessing is slow from any address."""

    __tablename__ = "sign_in_tries"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who helps; `shipper_id` None sees every shipper."""

    id: int
    shipper_id: int | None
    email: str
    name: str
    role: str
    password: str = ""


def _value(row: Any) -> Agent:
    return Agent(row.id, row.shipper_id, row.email, row.name, row.role, row.password)


def by_email(session: Session, email: str) -> Agent | None:
    """The agent with this address, if they still work here. Not scoped: signing in gives the scope."""
    row = session.execute(
        select(AgentRow.__table__).where(AgentRow.email == email.strip().lower(), AgentRow.left_at.is_(None))
    ).one_or_none()
    return _value(row) if row else None


def by_session(session: Session, fingerprint: str, now: datetime) -> Agent | None:
    """The agent whose browser this is. Not scoped: the session gives the scope."""
    row = session.execute(
        select(AgentRow.__table__)
        .join(AgentSessionRow, AgentSessionRow.agent_id == AgentRow.id)
        .where(
            AgentSessionRow.fingerprint == fingerprint,
            AgentSessionRow.expires_at > now,
            AgentRow.left_at.is_(None),
        )
    ).one_or_none()
    return _value(row) if row else None


def add(
    session: Session,
    email: str,
    name: str,
    password_hash: str,
    role: str,
    shipper_id: int | None,
    now: datetime,
) -> int:
    """A new agent; the password comes hashed (argon2id)."""
    values = {"email": email.strip().lower(), "name": name, "password": password_hash, "role": role}
    return session.execute(
        insert(AgentRow).values(**values, shipper_id=shipper_id, created_at=now).returning(AgentRow.id)
    ).scalar_one()


def set_password(session: Session, agent_id: int, password_hash: str) -> None:
    """A new password, or the same with newer parameters."""
    session.execute(update(AgentRow).where(AgentRow.id == agent_id).values(password=password_hash))


def open_session(session: Session, fingerprint: str, agent_id: int, now: datetime, until: datetime) -> None:
    """A browser is signed in until then."""
    session.execute(
        insert(AgentSessionRow).values(
            fingerprint=fingerprint, agent_id=agent_id, created_at=now, expires_at=until
        )
    )


def end_session(session: Session, fingerprint: str) -> None:
    """Sign a browser out."""
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.fingerprint == fingerprint))


def forget_old(session: Session, now: datetime, tries_before: datetime) -> None:
    """Remove sessions that are over and tries that no longer count."""
    session.execute(delete(AgentSessionRow).where(AgentSessionRow.expires_at <= now))
    session.execute(delete(SignInTryRow).where(SignInTryRow.at < tries_before))


def count_try(
    session: Session, email: str, now: datetime, within: timedelta, allowed: int
) -> datetime | None:
    """Count a try before its password is looked at. None: go on; else when the next one is allowed.

    Tries for one address wait for each other, so that a thousand at once are still counted one by one.
    """
    email = email.strip().lower()[:254]
    if session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:email))")
        session.execute(lock, {"lock": SIGN_IN_LOCK, "email": email})
    lately = select(SignInTryRow.at).where(SignInTryRow.email == email, SignInTryRow.at > now - within)
    tries = session.execute(lately.order_by(SignInTryRow.at.desc()).limit(allowed)).scalars().all()
    if len(tries) >= allowed:
        return tries[-1] + within
    session.execute(insert(SignInTryRow).values(email=email, at=now))
    return None


def forget_tries(session: Session, email: str) -> None:
    """Start counting anew after a right password."""
    session.execute(delete(SignInTryRow).where(SignInTryRow.email == email.strip().lower()[:254]))
