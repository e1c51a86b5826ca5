"""Contacts that agents looked at in full: of which shipment, why, and until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.agents import AgentRow
from portal.store.shipment_rows import ShipmentRow


class RevealRow(db.Model):
    """One look; `reason` is of the short list, `words` are the agent's own."""

    __tablename__ = "reveals"
    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(200))


Index("ix_reveals_agent_id_at", RevealRow.agent_id, RevealRow.at)
Index("ix_reveals_shipper_id_at", RevealRow.shipper_id, RevealRow.at)


@dataclass(frozen=True, slots=True)
class Reveal:
    """One look, as a lead reads it."""

    id: int
    agent: str
    shipper_id: int
    shipment_id: int
    reference: str
    at: datetime
    reason: str
    words: str


def add(
    session: Session,
    agent_id: int,
    shipper_id: int,
    shipment_id: int,
    reason: str,
    words: str,
    now: datetime,
    until: datetime,
) -> None:
    """Keep a look."""
    whose = {"agent_id": agent_id, "shipper_id": shipper_id, "shipment_id": shipment_id}
    session.execute(insert(RevealRow).values(**whose, reason=reason, words=words, at=now, until=until))


def until(session: Session, agent_id: int, shipment_id: int, now: datetime) -> datetime | None:
    """Until when this agent sees the contact; None: they do not. The caller has found the shipment in its scope."""
    last = select(func.max(RevealRow.until)).where(
        RevealRow.agent_id == agent_id, RevealRow.shipment_id == shipment_id, RevealRow.until > now
    )
    return session.execute(last.where(RevealRow.at <= now)).scalar_one()


def listed(session: Session, shipper_id: int | None, before_id: int | None, limit: int) -> list[Reveal]:
    """Looks at one shipper's contacts, or at everybody's for the operator (None), newest first."""
    columns = (
        *(RevealRow.id, AgentRow.email, RevealRow.shipper_id, RevealRow.shipment_id),
        *(ShipmentRow.reference, RevealRow.at, RevealRow.reason, RevealRow.words),
    )
    found = select(*columns).join(AgentRow, AgentRow.id == RevealRow.agent_id)
    found = found.join(ShipmentRow, ShipmentRow.id == RevealRow.shipment_id)
    if shipper_id is not None:
        found = found.where(RevealRow.shipper_id == shipper_id)
    if before_id is not None:
        found = found.where(RevealRow.id < before_id)
    return [Reveal(*row) for row in session.execute(found.order_by(RevealRow.id.desc()).limit(limit))]


def busiest(session: Session, shipper_id: int | None, since: datetime) -> list[tuple[str, int]]:
    """How many looks each agent took since then, the most first."""
    times = func.count()
    counted = select(AgentRow.email, times).join(RevealRow, RevealRow.agent_id == AgentRow.id)
    counted = counted.where(RevealRow.at > since)
    if shipper_id is not None:
        counted = counted.where(RevealRow.shipper_id == shipper_id)
    rows: Any = session.execute(
        counted.group_by(AgentRow.email).order_by(times.desc(), AgentRow.email).limit(20)
    )
    return [(email, count) for email, count in rows]


def lately(session: Session, agent_id: int, since: datetime) -> int:
    """How many looks an agent took since then, whosever contacts they were."""
    mine = select(func.count()).where(RevealRow.agent_id == agent_id, RevealRow.at > since)
    return int(session.execute(mine).scalar_one())


def forget_old(session: Session, before: datetime) -> None:
    """Remove looks of long ago."""
    session.execute(delete(RevealRow).where(RevealRow.at < before))


def all_lately(session: Session, since: datetime) -> tuple[int, int]:
    """How many looks were taken since then, and how many of them by the agent who took the most."""
    times = select(func.count().label("times")).where(RevealRow.at > since).group_by(RevealRow.agent_id)
    counted = times.subquery()
    total, most = session.execute(
        select(func.coalesce(func.sum(counted.c.times), 0), func.coalesce(func.max(counted.c.times), 0))
    ).one()
    return int(total), int(most)
