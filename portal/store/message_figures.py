"""How messages fared, by day, shipper, channel and notice: counted from the messages, kept when they are gone."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String, case, func, literal, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.types import Float

from notifications.message import Channel
from portal.db import Moment, db
from portal.domain.figures import EDGES, Counted, Fared, Kind
from portal.store.outbox_rows import AttemptRow, MessageRow, insert_for

# Outcomes of attempts whose answer was lost, and what reconciliation made of them.
DOUBTED = ("unknown", "found", "not_found", "given_up")


class MessageFigureRow(db.Model):
    """One day (UTC, of the messages' making). `counts` by what became of them, `hand_off` a histogram of seconds."""

    __tablename__ = "message_figures"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    notice: Mapped[str] = mapped_column(String(60), primary_key=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    hand_off: Mapped[dict[str, Any]] = mapped_column(JSON)
    segments: Mapped[int]
    cost_micros: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(Moment)


FIGURES = MessageFigureRow.__table__


class SecondsBetween(ColumnElement[float]):
    """The seconds from one moment to another, by the database's own clockwork."""

    inherit_cache = True
    type = Float()

    def __init__(self, start: Any, end: Any) -> None:
        self.start, self.end = start, end

    def self_group(self, against: Any = None) -> Any:
        return self


@compiles(SecondsBetween)
def _seconds(element: SecondsBetween, compiler: Any, **more: Any) -> str:
    start, end = compiler.process(element.start, **more), compiler.process(element.end, **more)
    return f"EXTRACT(EPOCH FROM ({end} - {start}))"


@compiles(SecondsBetween, "sqlite")
def _seconds_sqlite(element: SecondsBetween, compiler: Any, **more: Any) -> str:
    start, end = compiler.process(element.start, **more), compiler.process(element.end, **more)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


def span(day: date) -> tuple[datetime, datetime]:
    """From when to when a day of the figures is."""
    begins = datetime.combine(day, time(), UTC)
    return begins, begins + timedelta(days=1)


def count_day(session: Session, day: date, speed: float = 1.0) -> dict[Kind, Fared]:
    """Count the messages to people that were made on this day. Of all shippers: they are told apart by the key.

    `speed` is how many of the clock's seconds pass in a real one: a hand-off is counted in real ones.
    """
    begins, ends = span(day)
    of_day = (
        MessageRow.created_at >= begins,
        MessageRow.created_at < ends,
        MessageRow.channel != Channel.WEBHOOK,
    )
    by = (MessageRow.shipper_id, MessageRow.channel, MessageRow.notice)
    took = SecondsBetween(func.coalesce(MessageRow.due_at, MessageRow.created_at), MessageRow.sent_at)
    bucket = case(
        (MessageRow.sent_at.is_(None), -1),
        *((took <= edge * speed, number) for number, edge in enumerate(EDGES)),
        else_=len(EDGES),
    )
    asked = select(
        *by,
        MessageRow.standing,
        bucket.label("bucket"),
        func.count().label("many"),
        func.sum(case((MessageRow.sent_at.is_not(None), MessageRow.segments), else_=0)).label("segments"),
        func.sum(case((MessageRow.sent_at.is_not(None), MessageRow.cost_micros), else_=0)).label("cost"),
    ).where(*of_day)
    found: dict[Kind, Fared] = {}
    for row in session.execute(asked.group_by(*by, MessageRow.standing, "bucket")):
        fared = found.setdefault(Kind(day, row.shipper_id, row.channel, row.notice), Fared())
        fared.became[row.standing] += row.many
        if row.bucket >= 0:
            fared.hand_off[row.bucket] += row.many
        fared.segments += int(row.segments or 0)
        fared.cost_micros += int(row.cost or 0)
    doubted = (
        select(AttemptRow.message_id)
        .where(AttemptRow.message_id == MessageRow.id, AttemptRow.outcome.in_(DOUBTED))
        .exists()
    )
    specials = {
        "doubtful": doubted,
        "resent": MessageRow.resends > 0,
        "stood_in": MessageRow.instead_of != "",
    }
    parts = [
        select(*by, literal(name).label("what"), func.count().label("many"))
        .where(*of_day, condition)
        .group_by(*by)
        for name, condition in specials.items()
    ]
    for row in session.execute(union_all(*parts)):
        found[Kind(day, row.shipper_id, row.channel, row.notice)].became[row.what] += row.many
    return found


def keep(session: Session, counted: dict[Kind, Fared], now: datetime) -> None:
    """Write a day's figures over those counted before."""
    if not counted:
        return
    new = insert_for(session)(FIGURES)
    fresh = {
        name: new.excluded[name] for name in ("counts", "hand_off", "segments", "cost_micros", "counted_at")
    }
    session.execute(
        new.on_conflict_do_update(index_elements=["day", "shipper_id", "channel", "notice"], set_=fresh),
        [
            {
                "day": kind.day,
                "shipper_id": kind.shipper_id,
                "channel": kind.channel,
                "notice": kind.notice,
                "counts": dict(fared.became),
                "hand_off": {str(bucket): many for bucket, many in fared.hand_off.items()},
                "segments": fared.segments,
                "cost_micros": fared.cost_micros,
                "counted_at": now,
            }
            for kind, fared in counted.items()
        ],
    )


def counted_at(session: Session, days: Iterable[date]) -> dict[date, datetime]:
    """When each of these days was last counted."""
    asked = select(MessageFigureRow.day, func.max(MessageFigureRow.counted_at)).where(
        MessageFigureRow.day.in_(list(days))
    )
    return dict(session.execute(asked.group_by(MessageFigureRow.day)).all())


def since(session: Session, day: date, shipper_id: int | None = None) -> list[Counted]:
    """The figures from this day on, oldest first. `shipper_id` None: the operator's, of all shippers."""
    asked = select(FIGURES).where(MessageFigureRow.day >= day)
    if shipper_id is not None:
        asked = asked.where(MessageFigureRow.shipper_id == shipper_id)
    return [_value(row) for row in session.execute(asked.order_by(MessageFigureRow.day))]


def _value(row: Any) -> Counted:
    hand_off = Counter({int(bucket): many for bucket, many in row.hand_off.items()})
    fared = Fared(Counter(row._mapping["counts"]), hand_off, row.segments, row.cost_micros)
    return Counted(Kind(row.day, row.shipper_id, row.channel, row.notice), fared, row.counted_at)
