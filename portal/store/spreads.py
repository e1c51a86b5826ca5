"""What was learned from finished rounds: how wide windows must be, by depot, kind of round and level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, Reader, db
from portal.domain.spreads import Table, table_of
from portal.store.outbox_rows import insert_for


class SpreadRow(db.Model):
    """A table of spreads; `owner` as with routes (0: the operator's), `rounds` and `deliveries` it was learned from.

    `spreads` holds the table and, beside it, how many rounds were left out for which reason.
    """

    __tablename__ = "spreads"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int]
    depot: Mapped[str] = mapped_column(String(80))
    profile: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    spreads: Mapped[dict[str, Any]] = mapped_column(JSON)
    rounds: Mapped[int]
    deliveries: Mapped[int]
    learned_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("owner", "depot", "profile", "level"),)


SPREADS = SpreadRow.__table__
Key = tuple[int, str, str, int]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A table for one owner, depot, kind of round and level, and what it was learned from."""

    owner: int
    depot: str
    kind: str
    table: Table
    rounds: int
    deliveries: int
    left_out: Mapping[str, int]

    @property
    def key(self) -> Key:
        """By what it is found."""
        return self.owner, self.depot, self.kind, self.table.level


def put(session: Session, lessons: Iterable[Lesson], now: datetime) -> None:
    """Keep what was learned in the place of what was learned before."""
    rows = [
        {
            "owner": one.owner,
            "depot": one.depot,
            "profile": one.kind,
            "level": one.table.level,
            "spreads": {**one.table.plain(), "left_out": dict(one.left_out)},
            "rounds": one.rounds,
            "deliveries": one.deliveries,
            "learned_at": now,
        }
        for one in sorted(lessons, key=lambda one: one.key)
    ]
    if not rows:
        return
    new = insert_for(session)(SPREADS)
    fresh = {name: new.excluded[name] for name in ("spreads", "rounds", "deliveries", "learned_at")}
    keys = ["owner", "depot", "profile", "level"]
    session.execute(new.on_conflict_do_update(index_elements=keys, set_=fresh), rows)


def everything(session: Reader) -> dict[Key, Table]:
    """All tables that were learned from any round; one made by rules that are no longer these is left out."""
    rows = session.execute(select(SPREADS).where(SPREADS.c.rounds > 0))
    read = (((row.owner, row.depot, row.profile, row.level), table_of(row.spreads)) for row in rows)
    return {key: table for key, table in read if table is not None}


def learned_at(session: Reader) -> dict[tuple[int, str], datetime]:
    """When each depot, (owner, name), was learned from last."""
    query = select(SPREADS.c.owner, SPREADS.c.depot, func.max(SPREADS.c.learned_at).label("at"))
    rows = session.execute(query.group_by(SPREADS.c.owner, SPREADS.c.depot))
    return {(row.owner, row.depot): row.at for row in rows}


def forget_old(session: Session, before: datetime) -> None:
    """What no round of late confirms is not believed any longer."""
    session.execute(delete(SPREADS).where(SPREADS.c.learned_at < before))
