"""What agents called dispatch's attention to, and whether it was read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, exists, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.attention import Attention, Ending


class AttentionRow(db.Model):
    """An agent's words to dispatch about a shipment, or about one event of it."""

    __tablename__ = "attentions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    read_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_how: Mapped[str] = mapped_column(String(20))
    __table_args__ = (
        # what nobody read yet is little, and the desk asks for it every few seconds
        Index(
            "ix_attentions_waiting_at",
            "at",
            postgresql_where=text("read_at IS NULL AND ended_at IS NULL"),
            sqlite_where=text("read_at IS NULL AND ended_at IS NULL"),
        ),
    )


ATTENTIONS = AttentionRow.__table__


def _value(row: Any) -> Attention:
    return Attention(**row._mapping)


def doubted(shipment_id: Any) -> Any:
    """The condition that an event of a shipment is doubted and nobody has corrected it yet."""
    here = (ATTENTIONS.c.shipment_id == shipment_id, ATTENTIONS.c.event_id != "")
    return exists().where(*here, ATTENTIONS.c.ended_at.is_(None))


def add(session: Session, attention: Attention) -> None:
    """Keep it."""
    values = {column.name: getattr(attention, column.name) for column in ATTENTIONS.c}
    session.execute(insert(ATTENTIONS).values(values))


def of_shipment(session: Session, shipment_id: int) -> list[Attention]:
    """Those of a shipment that was found within its scope, oldest first."""
    asked = select(ATTENTIONS).where(ATTENTIONS.c.shipment_id == shipment_id)
    return [_value(row) for row in session.execute(asked.order_by(ATTENTIONS.c.at, ATTENTIONS.c.id))]


def find(session: Session, shipper_id: int | None, attention_id: str) -> Attention | None:
    """One by its id. `shipper_id` None: the operator asks."""
    asked = select(ATTENTIONS).where(ATTENTIONS.c.id == attention_id)
    row = session.execute(_within(asked, shipper_id)).one_or_none()
    return _value(row) if row else None


def waiting(session: Session, shipper_id: int | None, limit: int = 50) -> list[Attention]:
    """What nobody at dispatch has read yet, oldest first. `shipper_id` None: the operator asks."""
    asked = select(ATTENTIONS).where(ATTENTIONS.c.read_at.is_(None), ATTENTIONS.c.ended_at.is_(None))
    return [
        _value(row)
        for row in session.execute(_within(asked, shipper_id).order_by(ATTENTIONS.c.at).limit(limit))
    ]


def read(session: Session, attention_id: str, by: str, now: datetime) -> bool:
    """Somebody at dispatch has read it; False: somebody had before, or it had ended."""
    return _set(session, attention_id, read_at=now, read_by=by[:120])


def take_back(session: Session, attention_id: str, now: datetime) -> bool:
    """The agent takes it back; False: dispatch was faster."""
    return _set(session, attention_id, ended_at=now, ended_how=Ending.TAKEN_BACK.value)


def _set(session: Session, attention_id: str, **values: Any) -> bool:
    waits = (ATTENTIONS.c.read_at.is_(None), ATTENTIONS.c.ended_at.is_(None))
    done: Any = session.execute(
        update(ATTENTIONS).where(ATTENTIONS.c.id == attention_id, *waits).values(values)
    )
    return bool(done.rowcount)


def corrected(session: Session, shipment_ids: Iterable[int], event_ids: Iterable[str], now: datetime) -> None:
    """Dispatch corrected these events of these shipments: what was doubted about them is settled."""
    session.execute(
        update(ATTENTIONS)
        .where(
            ATTENTIONS.c.shipment_id.in_(set(shipment_ids)),
            ATTENTIONS.c.event_id.in_(set(event_ids)),
            ATTENTIONS.c.ended_at.is_(None),
        )
        .values(ended_at=now, ended_how=Ending.CORRECTED.value)
    )


def _within(asked: Any, shipper_id: int | None) -> Any:
    return asked if shipper_id is None else asked.where(ATTENTIONS.c.shipper_id == shipper_id)
