"""Guesses at passwords and codes, counted in the database one by one."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Index, String, delete, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db

LOCK = 7_220_402
LONGEST_MARK = 254


class SignInTryRow(db.Model):
    """One guess. `kind` says what `mark` is: an address, a browser that is known, a network, an agent's code."""

    __tablename__ = "sign_in_tries"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), server_default="email")
    mark: Mapped[str] = mapped_column(String(LONGEST_MARK))
    at: Mapped[datetime] = mapped_column(Moment, index=True)


Index("ix_sign_in_tries_mark_kind_at", SignInTryRow.mark, SignInTryRow.kind, SignInTryRow.at)


def count(
    session: Session, kind: str, mark: str, now: datetime, within: timedelta, allowed: int
) -> datetime | None:
    """Count a guess before it is looked at. None: go on; else when the next one is allowed.

    Guesses of one mark wait for each other, so that a thousand at once are still counted one by one.
    """
    mark = mark[:LONGEST_MARK]
    if session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:mark))")
        session.execute(lock, {"lock": LOCK, "mark": f"{kind} {mark}"})
    lately = select(SignInTryRow.at).where(*_same(kind, mark), SignInTryRow.at > now - within)
    tries = session.execute(lately.order_by(SignInTryRow.at.desc()).limit(allowed)).scalars().all()
    if len(tries) >= allowed:
        return tries[-1] + within
    session.execute(insert(SignInTryRow).values(kind=kind, mark=mark, at=now))
    return None


def forget(session: Session, kind: str, mark: str) -> None:
    """Start counting anew after a right one."""
    session.execute(delete(SignInTryRow).where(*_same(kind, mark[:LONGEST_MARK])))


def take_back(session: Session, kind: str, mark: str, at: datetime) -> None:
    """A guess of this moment was right; only it is not counted."""
    same = select(SignInTryRow.id).where(*_same(kind, mark[:LONGEST_MARK]), SignInTryRow.at == at).limit(1)
    session.execute(delete(SignInTryRow).where(SignInTryRow.id.in_(same.scalar_subquery())))


def lately(session: Session, since: datetime) -> dict[str, int]:
    """How many guesses there were since then that were not right, by kind."""
    counted = (
        select(SignInTryRow.kind, func.count()).where(SignInTryRow.at > since).group_by(SignInTryRow.kind)
    )
    return {row.kind: int(row[1]) for row in session.execute(counted)}


def forget_old(session: Session, before: datetime) -> None:
    """Remove those that no longer count."""
    session.execute(delete(SignInTryRow).where(SignInTryRow.at < before))


def _same(kind: str, mark: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SignInTryRow.kind == kind, SignInTryRow.mark == mark
