"""The accounts we send by, as the workers found them: well, resting after failures, or stopped by a wrong setting."""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Channel
from notifications.outbox import Line
from notifications.senders import Health, Report
from portal.db import Database, Moment, Reader, db
from portal.store.outbox_rows import insert_for


class SenderRow(db.Model):
    """One account. `standing` is a `Health`; `free_at` paces it: when all it took so far will have left."""

    __tablename__ = "senders"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    standing: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    free_at: Mapped[datetime | None] = mapped_column(Moment)
    by_receipt: Mapped[bool]


SENDERS = SenderRow.__table__


class SqlRegister:
    """`notifications.senders.Register` on our database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def reports(self) -> Mapping[str, Report]:
        """What is written down, by name."""
        with self.database.reading() as session:
            return reports(session)

    def note(self, report: Report, over: Set[Health]) -> bool:
        """Keep a report; whether the account's health changed."""
        with self.database.transaction() as session:
            return note(session, report, over)


def reports(session: Reader) -> dict[str, Report]:
    """What is known of every account, by name. Of the whole house: shippers share the accounts."""
    return {row.name: _report(row) for row in session.execute(select(SENDERS))}


def note(session: Session, report: Report, over: Set[Health]) -> bool:
    """Keep a report if the account's health is one of `over`; whether its health changed.

    Where it is the same, only code, text and `until` are new. A stop that showed in receipts ends only by a
    report that did too.
    """
    _know(session, report.name, report.channel, report.since)
    told = {"code": report.code[:60], "text": report.text, "until": report.until}
    same = update(SENDERS).where(SenderRow.name == report.name, SenderRow.standing == report.health)
    if report.health in over:
        session.execute(same.values(told))
    others = [health.value for health in over if health is not report.health]
    proven = () if report.by_receipt else (~SenderRow.by_receipt,)
    changed: Any = session.execute(
        update(SENDERS)
        .where(SenderRow.name == report.name, SenderRow.standing.in_(others), *proven)
        .values(told | {"standing": report.health, "since": report.since, "by_receipt": _shows_late(report)})
    )
    return bool(changed.rowcount)


def _shows_late(report: Report) -> bool:
    return report.by_receipt and report.health is Health.STOPPED


def stopped_by_receipts(session: Session) -> dict[str, datetime]:
    """Since when accounts are stopped whose wrong setting showed in receipts, by name."""
    asked = select(SenderRow.name, SenderRow.since).where(
        SenderRow.by_receipt, SenderRow.standing == Health.STOPPED
    )
    return {row.name: row.since for row in session.execute(asked)}


def knock(session: Reader) -> list[tuple[str, str]]:
    """Stopped accounts, each with code and sentence, are tried with the next message instead of in some minutes."""
    stopped = [one for one in reports(session).values() if one.health is Health.STOPPED]
    session.execute(update(SENDERS).where(SenderRow.standing == Health.STOPPED).values(until=None))
    return [(one.name, f"{one.code} {one.text}") for one in stopped]


def book_probe(session: Session, name: str, every: timedelta, now: datetime) -> bool:
    """Whether this transaction may find out if a stopped account works again: one in `every`."""
    booked: Any = session.execute(
        update(SENDERS)
        .where(SenderRow.name == name, SenderRow.standing == Health.STOPPED)
        .where(or_(SenderRow.until.is_(None), SenderRow.until <= now))
        .values(until=now + every)
    )
    return bool(booked.rowcount)


def free_at(session: Session, line: Line, channel: Channel, now: datetime) -> datetime:
    """When all that this account took so far will have left; its row is held until the end of the transaction."""
    asked = select(SenderRow.free_at).where(SenderRow.name == line.sender).with_for_update()
    row = session.execute(asked).one_or_none()
    if row is None:
        _know(session, line.sender, channel, now)
        row = session.execute(asked).one()
    return max(row.free_at or now, now)


def take_until(session: Session, line: Line, until: datetime) -> None:
    """What it took now will have left by then."""
    session.execute(update(SENDERS).where(SenderRow.name == line.sender).values(free_at=until))


def _know(session: Session, name: str, channel: Channel, now: datetime) -> None:
    """A row for an account nobody ever reported on."""
    empty = {"standing": Health.WELL, "code": "", "text": "", "since": now, "by_receipt": False}
    new = insert_for(session)(SENDERS).values(name=name, channel=channel, **empty)
    session.execute(new.on_conflict_do_nothing(index_elements=["name"]))


def _report(row: Any) -> Report:
    return Report(
        row.name,
        Channel(row.channel),
        Health(row.standing),
        row.since,
        row.until,
        row.code,
        row.text,
        row.by_receipt,
    )
