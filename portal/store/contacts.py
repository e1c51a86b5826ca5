"""Who said stop, and which numbers and addresses do not work: not written to, and kept as fingerprints.

For the whole house, not for one shipper: people answer the sender's number, which all shippers share.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, UniqueConstraint, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Channel
from portal.db import THESE, Moment, db
from portal.store import consents
from portal.store.consents import Statement
from portal.store.marks import fingerprint
from portal.store.outbox_rows import insert_for
from portal.store.stops import claims_wait

Address = tuple[Channel, str]

# Numbers are given to other people after some months, and mailboxes are emptied: one more try after a quarter.
UNREACHABLE_FOR = timedelta(days=90)


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
SAID_STOP = select(OPT_OUTS.c.channel, OPT_OUTS.c.fingerprint).where(
    OPT_OUTS.c.fingerprint.in_(THESE), OPT_OUTS.c.started_at.is_(None)
)
DO_NOT_WORK = select(UNREACHABLE.c.channel, UNREACHABLE.c.fingerprint).where(
    UNREACHABLE.c.fingerprint.in_(THESE), UNREACHABLE.c.until > bindparam("now")
)


def stopped(session: Session, addresses: Iterable[str]) -> set[Address]:
    """Which of these numbers and addresses said stop, with the channel they said it on."""
    return _among(session, SAID_STOP, addresses)


def unreachable(session: Session, addresses: Iterable[str], now: datetime) -> set[Address]:
    """Which of these numbers and addresses are known not to work, with their channel."""
    return _among(session, DO_NOT_WORK, addresses, now)


def _among(
    session: Session, listed: Any, addresses: Iterable[str], now: datetime | None = None
) -> set[Address]:
    marks = {to: fingerprint(to) for to in addresses if to}
    if not marks:
        return set()
    found: dict[str, list[Channel]] = {}
    for channel, mark in session.execute(listed, {"these": sorted(set(marks.values())), "now": now}):
        found.setdefault(mark, []).append(Channel(channel))
    return {(channel, to) for to, mark in marks.items() for channel in found.get(mark, ())}


def stop(
    session: Session, channel: Channel, to: str, source: str, now: datetime, at: datetime | None = None
) -> bool:
    """Nothing more goes there; whether that is new. Whoever claims messages meanwhile ends first, or sees it.

    `at` is when it was said, if not just now.
    """
    claims_wait(session)
    said_at = at or now
    again = {"at": said_at, "source": source[:80], "started_at": None}
    new = insert_for(session)(OPT_OUTS).values(channel=channel, fingerprint=fingerprint(to), **again)
    said = session.execute(
        new.on_conflict_do_update(
            index_elements=["channel", "fingerprint"], set_=again, where=OptOutRow.started_at.is_not(None)
        ).returning(OptOutRow.fingerprint)
    )
    if said.first() is None:
        return False
    consents.append(session, [Statement(channel, fingerprint(to), False, source, said_at)], now)
    return True


def start(
    session: Session,
    channel: Channel,
    to: str,
    now: datetime,
    source: str = "asked to be told again",
    at: datetime | None = None,
) -> None:
    """It may be written to again, and whoever says so is there.

    `at` is when it was said, if not just now: a stop said after that stands.
    """
    said_at = at or now
    session.execute(
        update(OPT_OUTS)
        .where(
            OptOutRow.channel == channel,
            OptOutRow.fingerprint == fingerprint(to),
            OptOutRow.started_at.is_(None),
            OptOutRow.at <= said_at,
        )
        .values(started_at=said_at)
    )
    forget_unreachable(session, channel, to)
    consents.append(session, [Statement(channel, fingerprint(to), True, source, said_at)], now)


def mark_unreachable(
    session: Session,
    channel: Channel,
    to: str,
    code: str,
    because: str,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """It was found not to work: nothing goes there until then, 90 days unless told."""
    told = {
        "code": code[:60],
        "text": because[:500],
        "at": now,
        "until": until or now + UNREACHABLE_FOR,
    }
    new = insert_for(session)(UNREACHABLE).values(channel=channel, fingerprint=fingerprint(to), **told)
    session.execute(new.on_conflict_do_update(index_elements=["channel", "fingerprint"], set_=told))


def forget_unreachable(session: Session, channel: Channel, to: str) -> None:
    """It works after all."""
    session.execute(
        delete(UNREACHABLE).where(
            UnreachableRow.channel == channel, UnreachableRow.fingerprint == fingerprint(to)
        )
    )
