"""Agents: who may sign in to console and desk, of which shipper, and in which role."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db


class AgentRow(db.Model):
    """A person of the operator or of one shipper. `sso_subject` is who they are at the operator's own sign-in."""

    __tablename__ = "agents"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    timezone: Mapped[str] = mapped_column(String(60), server_default="")
    sso_subject: Mapped[str] = mapped_column(String(300), server_default="")


AGENTS = AgentRow.__table__


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who helps; `shipper_id` None sees every shipper. `timezone` is their own, empty: not said."""

    id: int
    shipper_id: int | None
    email: str
    name: str
    role: str
    password: str = ""
    timezone: str = ""
    sso_subject: str = ""


def value(row: Any) -> Agent:
    """The agent of a row that holds the columns of the table."""
    return Agent(
        row.id,
        row.shipper_id,
        row.email,
        row.name,
        row.role,
        row.password,
        row.timezone,
        row.sso_subject,
    )


def by_email(session: Session, email: str) -> Agent | None:
    """The agent with this address, if they still work here. Not scoped: signing in gives the scope."""
    row = session.execute(
        select(AGENTS).where(AgentRow.email == email.strip().lower(), AgentRow.left_at.is_(None))
    ).one_or_none()
    return value(row) if row else None


def by_subject(session: Session, subject: str) -> Agent | None:
    """The agent who is this at the operator's own sign-in. Not scoped: signing in gives the scope."""
    same = select(AGENTS).where(AgentRow.sso_subject == subject, AgentRow.left_at.is_(None))
    row = session.execute(same).one_or_none() if subject else None
    return value(row) if row else None


def by_id(session: Session, shipper_id: int | None, agent_id: int, *, lock: bool = False) -> Agent | None:
    """An agent of this shipper, or of anybody for the operator (None), if they still work here."""
    found = select(AGENTS).where(AgentRow.id == agent_id, AgentRow.left_at.is_(None))
    if shipper_id is not None:
        found = found.where(AgentRow.shipper_id == shipper_id)
    row = session.execute(found.with_for_update() if lock else found).one_or_none()
    return value(row) if row else None


def listed(session: Session, shipper_id: int | None) -> list[Agent]:
    """Who works here, by address: of this shipper, or everybody for the operator (None)."""
    working = select(AGENTS).where(AgentRow.left_at.is_(None)).order_by(AgentRow.email)
    if shipper_id is not None:
        working = working.where(AgentRow.shipper_id == shipper_id)
    return [value(row) for row in session.execute(working)]


def held(session: Session, shipper_id: int | None, role: str) -> list[int]:
    """The ids of a house's agents of one role, held until the transaction ends. None: the operator's own."""
    whose = AgentRow.shipper_id.is_(None) if shipper_id is None else AgentRow.shipper_id == shipper_id
    some = select(AgentRow.id).where(whose, AgentRow.role == role, AgentRow.left_at.is_(None))
    return list(session.execute(some.order_by(AgentRow.id).with_for_update()).scalars())


def is_taken(session: Session, email: str) -> bool:
    """Whether somebody has or had this address: one who left comes back by `come_back`, not twice."""
    same = select(func.count()).where(AgentRow.email == email.strip().lower())
    return bool(session.execute(same).scalar_one())


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


def come_back(
    session: Session, email: str, name: str, password_hash: str, role: str, shipper_id: int | None
) -> None:
    """Somebody who left works here again, with everything set anew."""
    values = {"name": name, "password": password_hash, "role": role, "shipper_id": shipper_id}
    whose = update(AgentRow).where(AgentRow.email == email.strip().lower(), AgentRow.left_at.is_not(None))
    session.execute(whose.values(**values, left_at=None, sso_subject=""))


def set_password(session: Session, agent_id: int, password_hash: str) -> None:
    """A new password, or the same with newer parameters."""
    session.execute(update(AgentRow).where(AgentRow.id == agent_id).values(password=password_hash))


def set_role(session: Session, agent_id: int, role: str) -> None:
    """What the agent may do from now on."""
    session.execute(update(AgentRow).where(AgentRow.id == agent_id).values(role=role))


def set_timezone(session: Session, agent_id: int, timezone: str) -> None:
    """The zone in which the agent reads times beside the door's."""
    session.execute(update(AgentRow).where(AgentRow.id == agent_id).values(timezone=timezone))


def bind_subject(session: Session, agent_id: int, subject: str) -> None:
    """Who the agent is at the operator's own sign-in; empty forgets it."""
    session.execute(update(AgentRow).where(AgentRow.id == agent_id).values(sso_subject=subject))


def leave(session: Session, agent_id: int, now: datetime) -> None:
    """The agent does not work here any more; what they did stays theirs."""
    session.execute(update(AgentRow).where(AgentRow.id == agent_id).values(left_at=now, sso_subject=""))
