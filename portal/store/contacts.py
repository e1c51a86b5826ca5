"""Who said stop: numbers and addresses that are not written to, kept as fingerprints.

For the whole house, not for one shipper: people answer the sender's number, which all shippers share.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Channel
from portal.db import Moment, db
from portal.store.outbox_rows import insert_for


class OptOutRow(db.Model):
    """A number or address that was stopped at `at` by `source`, until `started_at` if it was started again."""

    __tablename__ = "opt_outs"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("channel", "fingerprint"),)


class UnreachableRow(db.Model):
    """A number or address that a carrier found not to work; not used again before `until`."""

    __tablename__ = "unreachable"
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)


OPT_OUTS, UNREACHABLE = OptOutRow.__table__, UnreachableRow.__table__


def fingerprint(to: str) -> str:
    """What is kept of a number or address; upper and lower case are one address."""
    return sha256(f"doorstep:{to.strip().lower()}".encode()).hexdigest()


def stopped(session: Session, addresses: Iterable[str]) -> set[tuple[Channel, str]]:
    """Which of these numbers and addresses said stop, with the channel they said it on."""
    marks = {to: fingerprint(to) for to in addresses if to}
    if not marks:
        return set()
    rows = session.execute(
        select(OptOutRow.channel, OptOutRow.fingerprint).where(
            OptOutRow.fingerprint.in_(marks.values()), OptOutRow.started_at.is_(None)
        )
    )
    said_stop = [(Channel(channel), mark) for channel, mark in rows]
    return {(channel, to) for to, mark in marks.items() for channel, said in said_stop if said == mark}


def unreachable(session: Session, addresses: Iterable[str], now: datetime) -> set[tuple[Channel, str]]:
    """Which of these numbers and addresses are known not to work, with their channel."""
    marks = {to: fingerprint(to) for to in addresses if to}
    if not marks:
        return set()
    rows = session.execute(
        select(UnreachableRow.channel, UnreachableRow.fingerprint).where(
            UnreachableRow.fingerprint.in_(marks.values()), UnreachableRow.until > now
        )
    )
    known = {(Channel(channel), mark) for channel, mark in rows}
    return {(channel, to) for to, mark in marks.items() for channel, dead in known if dead == mark}


def stop(session: Session, channel: Channel, to: str, source: str, now: datetime) -> None:
    """Nothing more goes there; safe to say twice."""
    values = {"channel": channel, "fingerprint": fingerprint(to), "at": now, "source": source[:80]}
    new = insert_for(session)(OPT_OUTS).values(**values, started_at=None)
    again = {"at": now, "source": source[:80], "started_at": None}
    session.execute(
        new.on_conflict_do_update(
            index_elements=["channel", "fingerprint"], set_=again, where=OptOutRow.started_at.is_not(None)
        )
    )


def start(session: Session, channel: Channel, to: str, now: datetime) -> None:
    """It may be written to again."""
    session.execute(
        update(OPT_OUTS)
        .where(
            OptOutRow.channel == channel,
            OptOutRow.fingerprint == fingerprint(to),
            OptOutRow.started_at.is_(None),
        )
        .values(started_at=now)
    )
