"""How far the search for exceptions has looked, so that nothing is looked at twice without need."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import insert_for


class WorkMarkRow(db.Model):
    """Up to where one search has come: a moment, or the id of a row within that moment."""

    __tablename__ = "work_marks"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    seen: Mapped[int]


MARKS = WorkMarkRow.__table__


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything up to this moment, and at this moment up to this id, was looked at."""

    at: datetime
    seen: int = 0


def take(session: Session, name: str, first: Mark) -> Mark | None:
    """Where a search stands, held for this transaction; `first` where it never ran. None: somebody else has it."""
    new = {"name": name, "at": first.at, "seen": first.seen}
    session.execute(insert_for(session)(MARKS).values(new).on_conflict_do_nothing(index_elements=["name"]))
    asked = select(MARKS).where(MARKS.c.name == name).with_for_update(skip_locked=True)
    row = session.execute(asked).one_or_none()
    return Mark(row.at, row.seen) if row else None


def put(session: Session, name: str, mark: Mark) -> None:
    """It was looked at up to here."""
    session.execute(update(MARKS).where(MARKS.c.name == name).values(at=mark.at, seen=mark.seen))
