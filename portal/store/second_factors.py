"""What agents sign in with besides their password: a sealed secret, the step last used, and codes for a lost phone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db


class SecondFactorRow(db.Model):
    """An authenticator. `sealed` is its secret, encrypted; it counts from the first right code on."""

    __tablename__ = "second_factors"
    agent_id: Mapped[int] = mapped_column(
        ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCodeRow(db.Model):
    """A code for the day the phone is lost, kept as a seal."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("agent_id", "seal"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    seal: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An agent's authenticator; `confirmed_at` None: it was shown, and no code of it was typed yet."""

    agent_id: int
    sealed: str
    last_step: int
    made_at: datetime
    confirmed_at: datetime | None


def of_agent(session: Session, agent_id: int) -> SecondFactor | None:
    """The agent's own; the session or the caller's scope says whose."""
    row = session.execute(
        select(SecondFactorRow.__table__).where(SecondFactorRow.agent_id == agent_id)
    ).one_or_none()
    return (
        SecondFactor(row.agent_id, row.sealed, row.last_step, row.made_at, row.confirmed_at) if row else None
    )


def enrolled(session: Session, agent_ids: Iterable[int]) -> set[int]:
    """Which of these agents have one that counts."""
    ids = select(SecondFactorRow.agent_id).where(
        SecondFactorRow.agent_id.in_(list(agent_ids)), SecondFactorRow.confirmed_at.is_not(None)
    )
    return set(session.execute(ids).scalars())


def offer(session: Session, agent_id: int, sealed: str, now: datetime) -> None:
    """Keep a fresh secret that does not count yet; one that counts already stays as it is."""
    dialect_insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    values = {"sealed": sealed, "last_step": 0, "made_at": now}
    new = dialect_insert(SecondFactorRow).values(agent_id=agent_id, **values)
    waits = SecondFactorRow.confirmed_at.is_(None)
    session.execute(new.on_conflict_do_update(index_elements=["agent_id"], set_=values, where=waits))


def use_step(session: Session, agent_id: int, step: int, now: datetime) -> bool:
    """A code of this step is used up with all before it; False where another try was faster. Confirms the secret."""
    newer = update(SecondFactorRow).where(
        SecondFactorRow.agent_id == agent_id, SecondFactorRow.last_step < step
    )
    first = func.coalesce(SecondFactorRow.confirmed_at, now)
    done: Any = session.execute(newer.values(last_step=step, confirmed_at=first))
    return bool(done.rowcount)


def remove(session: Session, agent_id: int) -> None:
    """Forget authenticator and codes."""
    session.execute(delete(SecondFactorRow).where(SecondFactorRow.agent_id == agent_id))
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.agent_id == agent_id))


def put_codes(session: Session, agent_id: int, seals: Iterable[str]) -> None:
    """Fresh codes; former ones are good no longer."""
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.agent_id == agent_id))
    rows = [{"agent_id": agent_id, "seal": seal} for seal in seals]
    session.execute(insert(RecoveryCodeRow), rows)


def use_code(session: Session, agent_id: int, seal: str, now: datetime) -> bool:
    """A code is used up; False where there is no such one, or it was used."""
    unused = update(RecoveryCodeRow).where(
        RecoveryCodeRow.agent_id == agent_id, RecoveryCodeRow.seal == seal, RecoveryCodeRow.used_at.is_(None)
    )
    done: Any = session.execute(unused.values(used_at=now))
    return bool(done.rowcount)


def codes_left(session: Session, agent_id: int) -> int:
    """How many codes are not used yet."""
    unused = select(func.count()).where(
        RecoveryCodeRow.agent_id == agent_id, RecoveryCodeRow.used_at.is_(None)
    )
    return int(session.execute(unused).scalar_one())
