"""What shippers make good, how far each role may go, and what was given."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.goodwill import Ceiling, Gift, Reason
from portal.domain.roles import Role


class ReasonRow(db.Model):
    """Something a shipper makes good; those that were used are retired, never removed."""

    __tablename__ = "goodwill_reasons"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(80))
    hundredths: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    told: Mapped[bool] = mapped_column(Boolean)
    retired: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (UniqueConstraint("shipper_id", "code"),)


class CeilingRow(db.Model):
    """The most a role may let a shipment get in a unit."""

    __tablename__ = "goodwill_ceilings"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), primary_key=True)
    hundredths: Mapped[int]


class GiftRow(db.Model):
    """What was given for a shipment; once a reason, unless it was taken back."""

    __tablename__ = "goodwill_gifts"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("goodwill_reasons.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(80))
    hundredths: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    told: Mapped[bool] = mapped_column(Boolean)
    why: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    taken_back_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_back_by: Mapped[str] = mapped_column(String(120))
    __table_args__ = (
        Index(
            "uq_goodwill_gifts_shipment_id_reason_id",
            "shipment_id",
            "reason_id",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
            sqlite_where=text("taken_back_at IS NULL"),
        ),
        Index("ix_goodwill_gifts_shipper_id_at", "shipper_id", "at"),
    )


REASONS, CEILINGS, GIFTS = ReasonRow.__table__, CeilingRow.__table__, GiftRow.__table__


def reasons(session: Session, shipper_id: int) -> list[Reason]:
    """What a shipper makes good, retired ones last."""
    asked = select(REASONS).where(REASONS.c.shipper_id == shipper_id)
    rows = session.execute(asked.order_by(REASONS.c.retired, REASONS.c.id))
    return [
        Reason(row.code, row.words, row.hundredths, row.unit, row.told, row.id, row.retired) for row in rows
    ]


def put_reasons(session: Session, shipper_id: int, wanted: Iterable[Reason]) -> None:
    """These are a shipper's reasons from now on; others are retired, and known ones keep their id."""
    known = {one.code: one for one in reasons(session, shipper_id)}
    wanted = {one.code: one for one in wanted}
    for code, reason in (known | wanted).items():
        reason = replace(reason, retired=code not in wanted)
        values = {name: getattr(reason, name) for name in ("words", "hundredths", "unit", "told", "retired")}
        if code in known:
            at = (REASONS.c.shipper_id == shipper_id, REASONS.c.code == code)
            session.execute(update(REASONS).where(*at).values(values))
        else:
            session.execute(insert(REASONS).values(**values, shipper_id=shipper_id, code=code))


def ceilings(session: Session, shipper_id: int) -> list[Ceiling]:
    """How far each role may go for a shipper."""
    asked = select(CEILINGS).where(CEILINGS.c.shipper_id == shipper_id)
    rows = session.execute(asked.order_by(CEILINGS.c.unit, CEILINGS.c.hundredths))
    return [Ceiling(Role(row.role), row.unit, row.hundredths) for row in rows]


def put_ceilings(session: Session, shipper_id: int, wanted: Iterable[Ceiling]) -> None:
    """These are a shipper's ceilings from now on."""
    session.execute(delete(CEILINGS).where(CEILINGS.c.shipper_id == shipper_id))
    for one in wanted:
        values = {"role": one.role.value, "unit": one.unit, "hundredths": one.hundredths}
        session.execute(insert(CEILINGS).values(**values, shipper_id=shipper_id))


def give(session: Session, gift: Gift) -> None:
    """Keep what was given."""
    session.execute(insert(GIFTS).values({column.name: getattr(gift, column.name) for column in GIFTS.c}))


def gifts(session: Session, shipment_id: int) -> list[Gift]:
    """What a shipment that was found within its scope got, oldest first."""
    asked = select(GIFTS).where(GIFTS.c.shipment_id == shipment_id)
    return [Gift(**row._mapping) for row in session.execute(asked.order_by(GIFTS.c.at, GIFTS.c.id))]


def given(session: Session, shipper_id: int | None, since: datetime, limit: int = 10_000) -> list[Gift]:
    """What was given since then, oldest first, what was taken back too. `shipper_id` None: the operator asks."""
    asked = select(GIFTS).where(GIFTS.c.at >= since)
    if shipper_id is not None:
        asked = asked.where(GIFTS.c.shipper_id == shipper_id)
    return [Gift(**row._mapping) for row in session.execute(asked.order_by(GIFTS.c.at).limit(limit))]


def take_back(session: Session, gift_id: str, by: str, now: datetime) -> bool:
    """What was given is taken back; False: it was before."""
    done: Any = session.execute(
        update(GIFTS)
        .where(GIFTS.c.id == gift_id, GIFTS.c.taken_back_at.is_(None))
        .values(taken_back_at=now, taken_back_by=by)
    )
    return bool(done.rowcount)
