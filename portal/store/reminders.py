"""Reminders that wait for their time: rows that move with the visit and are looked at anew before they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import insert_for


class ReminderRow(db.Model):
    """One reminder of one shipment; `about` is the visit or deadline it speaks of, `done_at` when it was told."""

    __tablename__ = "reminders"
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True)
    notice: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    about: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(40))
    __table_args__ = (
        Index(
            "ix_reminders_due_at",
            "due_at",
            postgresql_where=sql("done_at IS NULL"),
            sqlite_where=sql("done_at IS NULL"),
        ),
    )


REMINDERS = ReminderRow.__table__


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder to be told at `due_at` about the visit or deadline at `about`."""

    shipment_id: int
    notice: str
    due_at: datetime
    about: datetime


def plan(session: Session, reminders: Sequence[Reminder]) -> None:
    """Keep reminders; one that is known moves with what it is about, one that was told waits for the new time."""
    if not reminders:
        return
    new = insert_for(session)(REMINDERS)
    moved = new.excluded.about
    session.execute(
        new.on_conflict_do_update(
            index_elements=["shipment_id", "notice"],
            set_={"due_at": new.excluded.due_at, "about": moved, "done_at": None, "outcome": ""},
            where=or_(ReminderRow.about != moved, ReminderRow.due_at != new.excluded.due_at),
        ),
        [_values(one) for one in reminders],
    )


def _values(one: Reminder) -> dict[str, Any]:
    told = {"shipment_id": one.shipment_id, "notice": one.notice, "due_at": one.due_at, "about": one.about}
    return {**told, "done_at": None, "outcome": ""}


def forget(session: Session, shipment_ids: Sequence[int], notice: str) -> None:
    """The visit or deadline is off."""
    mine = (ReminderRow.shipment_id.in_(shipment_ids), ReminderRow.notice == notice)
    session.execute(REMINDERS.delete().where(*mine, ReminderRow.done_at.is_(None)))


def due(session: Session, now: datetime, limit: int) -> list[Reminder]:
    """Take reminders whose time has come; held until commit. Of all shippers: the clock asks."""
    asked = select(REMINDERS).where(ReminderRow.done_at.is_(None), ReminderRow.due_at <= now)
    rows = session.execute(asked.order_by(ReminderRow.due_at).limit(limit).with_for_update(skip_locked=True))
    return [Reminder(row.shipment_id, row.notice, row.due_at, row.about) for row in rows]


def done(session: Session, reminder: Reminder, outcome: str, now: datetime) -> None:
    """It was told, or looked at and left; `outcome` says which."""
    mine = (ReminderRow.shipment_id == reminder.shipment_id, ReminderRow.notice == reminder.notice)
    session.execute(update(REMINDERS).where(*mine).values(done_at=now, outcome=outcome))


@dataclass(frozen=True, slots=True)
class Planned:
    """A reminder as an agent reads it; `outcome` says whether it was told, empty while it waits."""

    notice: str
    due_at: datetime
    done_at: datetime | None
    outcome: str


def of_shipment(session: Session, shipment_id: int) -> list[Planned]:
    """The reminders of a shipment that was found within its scope, by their time."""
    asked = select(ReminderRow.notice, ReminderRow.due_at, ReminderRow.done_at, ReminderRow.outcome)
    rows = session.execute(asked.where(ReminderRow.shipment_id == shipment_id).order_by(ReminderRow.due_at))
    return [Planned(*row) for row in rows]
