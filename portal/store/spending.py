"""What a shipper's messages cost in a month, and what its ceiling held back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import db
from portal.store.outbox_rows import insert_for


class SpendingRow(db.Model):
    """One shipper, one month (`2026-03`, in the shipper's zone); costs in millionths of the operator's currency."""

    __tablename__ = "spending"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    cost_micros: Mapped[int]
    segments: Mapped[int]
    held_back: Mapped[int]


SPENDING = SpendingRow.__table__


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a shipper may spend on texts and emails in a month of its zone, in micros."""

    micros: int
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be sent: to one address a day (0: no limit), and for how much money, by shipper."""

    a_day: int = 0
    ceilings: Callable[[Session], Mapping[int, Ceiling]] = field(default=lambda session: {})


@dataclass(slots=True)
class Purse:
    """What is left of a ceiling while a batch is looked at, and what the batch takes from it."""

    left: int
    month: str
    cost_micros: int = 0
    segments: int = 0
    held_back: int = 0

    def pay(self, cost_micros: int, segments: int) -> None:
        """A message leaves."""
        self.left -= cost_micros
        self.cost_micros += cost_micros
        self.segments += segments


def month_of(now: datetime, timezone: str) -> str:
    """The month by the shipper's calendar, such as `2026-03`."""
    return now.astimezone(ZoneInfo(timezone)).strftime("%Y-%m")


def open_purses(session: Session, ceilings: Mapping[int, Ceiling], now: datetime) -> dict[int, Purse]:
    """What is left this month, by shipper; the rows are held until the end of the transaction."""
    if not ceilings:
        return {}
    months = {shipper: month_of(now, ceiling.timezone) for shipper, ceiling in sorted(ceilings.items())}
    empty = {"cost_micros": 0, "segments": 0, "held_back": 0}
    session.execute(
        insert_for(session)(SPENDING).on_conflict_do_nothing(index_elements=["shipper_id", "month"]),
        [{"shipper_id": shipper, "month": month, **empty} for shipper, month in months.items()],
    )
    rows = session.execute(
        select(SPENDING)
        .where(SpendingRow.shipper_id.in_(months), SpendingRow.month.in_(set(months.values())))
        .order_by(SpendingRow.shipper_id, SpendingRow.month)
        .with_for_update()
    )
    spent = {(row.shipper_id, row.month): row.cost_micros for row in rows}
    return {
        shipper: Purse(ceilings[shipper].micros - spent[shipper, month], month)
        for shipper, month in months.items()
    }


def close_purses(session: Session, purses: Mapping[int, Purse]) -> None:
    """Write down what a batch took and what was held back."""
    for shipper, purse in sorted(purses.items()):
        if purse.segments or purse.cost_micros or purse.held_back:
            values = {
                "cost_micros": SpendingRow.cost_micros + purse.cost_micros,
                "segments": SpendingRow.segments + purse.segments,
                "held_back": SpendingRow.held_back + purse.held_back,
            }
            of = (SpendingRow.shipper_id == shipper, SpendingRow.month == purse.month)
            session.execute(update(SPENDING).where(*of).values(values))


@dataclass(frozen=True, slots=True)
class Spent:
    """What a shipper spent in a month, in micros and segments, and how many messages its ceiling held back."""

    shipper_id: int
    month: str
    cost_micros: int
    segments: int
    held_back: int


def spent(session: Session, shipper_ids: Iterable[int], limit: int = 100) -> list[Spent]:
    """The newest months of these shippers, newest first; only of shippers that have a ceiling."""
    asked = select(SPENDING).where(SpendingRow.shipper_id.in_(list(shipper_ids)))
    rows = session.execute(asked.order_by(SpendingRow.month.desc(), SpendingRow.shipper_id).limit(limit))
    return [Spent(row.shipper_id, row.month, row.cost_micros, row.segments, row.held_back) for row in rows]
