"""The lead's figures by day, shipper and depot: counted from the tables while a day still changes, then kept."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Channel
from portal.db import Moment, Reader, db
from portal.domain.day_figures import ANSWERED, Figure, Key
from portal.store.changes import CHANGES
from portal.store.message_figures import span
from portal.store.outbox_rows import MessageRow, insert_for
from portal.store.redirect_figures import tally
from portal.store.shipment_rows import ShipmentRow

WRITTEN_AT_ONCE = 500


class DayFigureRow(db.Model):
    """How many of one part of a figure on one day (UTC): of the first attempt, the asking, the message's making."""

    __tablename__ = "day_figures"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    depot: Mapped[str] = mapped_column(String(80), primary_key=True)
    figure: Mapped[str] = mapped_column(String(20), primary_key=True)
    part: Mapped[str] = mapped_column(String(60), primary_key=True)
    many: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    counted_at: Mapped[datetime] = mapped_column(Moment)


FIGURES = DayFigureRow.__table__
SHIPMENTS = ShipmentRow.__table__
Counts = Counter[Key]


@dataclass(frozen=True, slots=True)
class Line:
    """One number of one day."""

    day: date
    key: Key
    many: int


def attempts(session: Reader, day: date) -> Counts:
    """First attempts of this day, by whether they ended in a hand-over. Of all shippers: the key tells them apart."""
    begins, ends = span(day)
    by: tuple[Any, ...] = (SHIPMENTS.c.shipper_id, SHIPMENTS.c.depot, SHIPMENTS.c.first_attempt_ok)
    query = select(*by, func.count().label("many")).where(
        SHIPMENTS.c.first_attempt_at >= begins, SHIPMENTS.c.first_attempt_at < ends
    )
    return Counter(
        {
            Key(
                row.shipper_id, row.depot, Figure.ATTEMPTS, "ok" if row.first_attempt_ok else "failed"
            ): row.many
            for row in session.execute(query.group_by(*by))
        }
    )


def changes(session: Reader, day: date) -> Counts:
    """Changes asked on this day by kind and what became of them, and how long dispatch took to answer."""
    begins, ends = span(day)
    asked = (
        select()
        .select_from(CHANGES.join(SHIPMENTS, SHIPMENTS.c.id == CHANGES.c.shipment_id))
        .where(CHANGES.c.asked_at >= begins, CHANGES.c.asked_at < ends)
    )
    found: Counts = Counter()
    for (shipper_id, depot, kind), fared in tally(
        session, (CHANGES.c.shipper_id, SHIPMENTS.c.depot), asked
    ).items():
        parts = dict(fared.became) | {f"{ANSWERED}:{bucket}": many for bucket, many in fared.answered.items()}
        for part, many in parts.items():
            found[Key(shipper_id, depot, Figure.CHANGES, f"{kind}:{part}")] += many
    return found


def messages(session: Reader, day: date) -> Counts:
    """Messages to people made on this day, by channel and where they stand."""
    begins, ends = span(day)
    by: tuple[Any, ...] = (MessageRow.shipper_id, SHIPMENTS.c.depot, MessageRow.channel, MessageRow.standing)
    query = (
        select(*by, func.count().label("many"))
        .join(SHIPMENTS, SHIPMENTS.c.id == MessageRow.shipment_id)
        .where(
            MessageRow.created_at >= begins,
            MessageRow.created_at < ends,
            MessageRow.channel != Channel.WEBHOOK,
        )
    )
    return Counter(
        {
            Key(row.shipper_id, row.depot, Figure.MESSAGES, f"{row.channel}:{row.standing}"): row.many
            for row in session.execute(query.group_by(*by))
        }
    )


def keep(session: Session, day: date, counted: Mapping[Key, int], now: datetime) -> None:
    """Write a day's figures over those counted before; what is no longer so goes."""
    new = insert_for(session)(FIGURES)
    over = new.on_conflict_do_update(
        index_elements=["day", "shipper_id", "depot", "figure", "part"],
        set_={"many": new.excluded.many, "counted_at": new.excluded.counted_at},
    )
    rows = [
        {
            "day": day,
            "shipper_id": key.shipper_id,
            "depot": key.depot,
            "figure": key.figure,
            "part": key.part,
            "many": many,
            "counted_at": now,
        }
        for key, many in sorted(counted.items())
        if many
    ]
    for start in range(0, len(rows), WRITTEN_AT_ONCE):
        session.execute(over, rows[start : start + WRITTEN_AT_ONCE])
    session.execute(delete(FIGURES).where(FIGURES.c.day == day, FIGURES.c.counted_at < now))


def counted_at(session: Reader, days: Iterable[date]) -> dict[date, datetime]:
    """When each of these days was last counted; a day without a figure is not named."""
    asked = select(FIGURES.c.day, func.max(FIGURES.c.counted_at).label("at")).where(
        FIGURES.c.day.in_(list(days))
    )
    return {row.day: row.at for row in session.execute(asked.group_by(FIGURES.c.day))}


def since(session: Reader, shipper_ids: Collection[int], day: date) -> list[Line]:
    """The figures of these shippers from this day on, oldest first."""
    query = (
        select(FIGURES)
        .where(FIGURES.c.day >= day, FIGURES.c.shipper_id.in_(sorted(shipper_ids)))
        .order_by(FIGURES.c.day, FIGURES.c.shipper_id, FIGURES.c.depot, FIGURES.c.figure, FIGURES.c.part)
    )
    return [
        Line(row.day, Key(row.shipper_id, row.depot, Figure(row.figure), row.part), row.many)
        for row in session.execute(query)
    ]


def forget_old(session: Session, before: date) -> None:
    """Figures of days before this one are not kept."""
    session.execute(delete(FIGURES).where(FIGURES.c.day < before))
