"""Neighbors: what they chose for good, and what each was asked with how they answered."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, and_, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Standing
from notifications.notice import Notice
from portal.db import THESE, Moment, Reader, db
from portal.domain.change import Change
from portal.domain.neighbors import LINK_LIVES, Answer, Habits, NeighborAsk, Way
from portal.store.outbox_rows import MESSAGES, insert_for


class NeighborRow(db.Model):
    """What a person chose who was asked as a neighbor: hours, a ceiling of parcels a week, or never again.

    Of every shipper: who said never again means all of them. Only the fingerprint of their number or address is kept.
    """

    __tablename__ = "neighbors"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    hours: Mapped[list[str] | None] = mapped_column(JSON)
    a_week: Mapped[int | None]
    blocked_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class NeighborAskRow(db.Model):
    """One question to one neighbor about what was asked together (`group_id`), and the answer as evidence.

    `nonce` makes the link anew, `fingerprint` recognises it; `contact` is erased when the matter is over.
    """

    __tablename__ = "neighbor_asks"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[str] = mapped_column(String(36), index=True)
    neighbor: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(120))
    house_number: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    contact: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12))
    nonce: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(String(12))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (Index("ix_neighbor_asks_answer_expires_at", "answer", "expires_at"),)


NEIGHBORS, ASKS = NeighborRow.__table__, NeighborAskRow.__table__
OF_GROUPS = select(ASKS).where(ASKS.c.group_id.in_(THESE))


def group_of(change: Change) -> str:
    """What an ask calls the changes it is about: those asked at once, or the one alone."""
    return change.group_id or change.id


def add(session: Session, ask: NeighborAsk, link: str) -> None:
    """Keep a new question; `link` is the fingerprint of its link."""
    values = {
        "id": ask.id,
        "shipper_id": ask.shipper_id,
        "shipment_id": ask.shipment_id,
        "change_id": ask.change_id,
        "group_id": ask.group_id,
        "neighbor": ask.neighbor,
        "name": ask.name[:120],
        "house_number": ask.house_number[:20],
        "channel": ask.way,
        "contact": ask.contact[:254],
        "language": ask.language[:12],
        "nonce": ask.nonce,
        "fingerprint": link,
        "asked_at": ask.asked_at,
        "expires_at": ask.expires_at,
        "answer": ask.answer,
        "evidence": ask.evidence,
    }
    session.execute(insert(ASKS).values(values))


def by_link(session: Reader, link: str, now: datetime) -> NeighborAsk | None:
    """The question that a link's fingerprint opens; a link ends some days after its matter is over."""
    good = or_(ASKS.c.closed_at.is_(None), ASKS.c.closed_at > now - LINK_LIVES)
    row = session.execute(select(ASKS).where(ASKS.c.fingerprint == link, good)).one_or_none()
    return _value(row) if row else None


def hold(session: Session, ask_id: str) -> NeighborAsk | None:
    """A question, held for this transaction. Whoever asks holds its shipments and changes already."""
    row = session.execute(select(ASKS).where(ASKS.c.id == ask_id).with_for_update()).one_or_none()
    return _value(row) if row else None


def of_changes(session: Reader, changes: Iterable[Change]) -> dict[str, NeighborAsk]:
    """The questions about changes that were found within their scope, by change id."""
    groups = {one.id: group_of(one) for one in changes}
    if not groups:
        return {}
    rows = session.execute(OF_GROUPS, {"these": sorted(set(groups.values()))})
    found = {row.group_id: _value(row) for row in rows}
    return {change_id: found[group] for change_id, group in groups.items() if group in found}


def of_shipment(session: Reader, shipment_id: int) -> list[NeighborAsk]:
    """The questions that went out first about this shipment, oldest first."""
    asked = select(ASKS).where(ASKS.c.shipment_id == shipment_id).order_by(ASKS.c.asked_at, ASKS.c.id)
    return [_value(row) for row in session.execute(asked)]


def lately(session: Session, mark: str, since: datetime) -> list[NeighborAsk]:
    """What one number or address (its fingerprint) was asked since then; of every shipper."""
    asked = select(ASKS).where(ASKS.c.neighbor == mark, ASKS.c.asked_at > since)
    return [_value(row) for row in session.execute(asked)]


def join(session: Session, ask: NeighborAsk, parcels: int, expires_at: datetime) -> None:
    """One more shipment of the same door is part of the question; the earliest deadline holds."""
    evidence = {**ask.evidence, "parcels": ask.parcels + parcels}
    until = min(ask.expires_at, expires_at)
    session.execute(update(ASKS).where(ASKS.c.id == ask.id).values(evidence=evidence, expires_at=until))


def answered(
    session: Session, ask: NeighborAsk, answer: Answer, now: datetime, language: str = "", **more: Any
) -> None:
    """Keep the answer as evidence; `language` is the one the neighbor read the question in."""
    values = {
        "answer": answer,
        "answered_at": now,
        "evidence": {**ask.evidence, **more},
        "language": language or ask.language,
    }
    session.execute(update(ASKS).where(ASKS.c.id == ask.id).values(values))


def close(session: Session, ask_id: str, now: datetime) -> None:
    """The matter is over: nothing of it is under way any more."""
    session.execute(update(ASKS).where(ASKS.c.id == ask_id, ASKS.c.closed_at.is_(None)).values(closed_at=now))


def unanswered(session: Session, now: datetime, limit: int = 200) -> list[NeighborAsk]:
    """Questions whose time is over. Of every shipper: a tick's question."""
    waits = (ASKS.c.answer == Answer.WAITING, ASKS.c.closed_at.is_(None), ASKS.c.expires_at <= now)
    rows = session.execute(select(ASKS).where(*waits).order_by(ASKS.c.expires_at, ASKS.c.id).limit(limit))
    return list(map(_value, rows))


def unreached(session: Session, limit: int = 200) -> list[tuple[NeighborAsk, str]]:
    """Questions that wait although their message will not arrive, with the rule that stopped it. Of every shipper."""
    its_message = and_(
        MESSAGES.c.shipment_id == ASKS.c.shipment_id,
        MESSAGES.c.notice == Notice.NEIGHBOR_ASKED,
        MESSAGES.c.to == ASKS.c.contact,
        MESSAGES.c.standing.in_((Standing.FAILED, Standing.STOPPED, Standing.EXPIRED)),
    )
    waits = (ASKS.c.answer == Answer.WAITING, ASKS.c.closed_at.is_(None), ASKS.c.contact != "")
    asked = select(ASKS, MESSAGES.c.stopped_by.label("why")).join(MESSAGES, its_message).where(*waits)
    return [(_value(row), row.why) for row in session.execute(asked.order_by(ASKS.c.id).limit(limit))]


def pass_on(session: Session, ask: NeighborAsk, **evidence: str) -> None:
    """The recipient is to pass the link on; the number stays known by its fingerprint alone."""
    values = {"channel": Way.PASSED_ON, "contact": "", "evidence": {**ask.evidence, **evidence}}
    session.execute(update(ASKS).where(ASKS.c.id == ask.id).values(values))


def habits(session: Session, mark: str) -> Habits:
    """What the holder of a number or address chose for good, by its fingerprint."""
    row = session.execute(select(NEIGHBORS).where(NEIGHBORS.c.fingerprint == mark)).one_or_none()
    return (
        Habits(tuple(row.hours) if row.hours else None, row.a_week, bool(row.blocked_at)) if row else Habits()
    )


def choose(session: Session, mark: str, chosen: Habits, now: datetime) -> None:
    """Keep what they chose; what they chose before is replaced."""
    values = {
        "hours": list(chosen.hours) if chosen.hours else None,
        "a_week": chosen.a_week,
        "blocked_at": now if chosen.blocked else None,
        "updated_at": now,
    }
    new = insert_for(session)(NEIGHBORS).values(fingerprint=mark, **values)
    session.execute(new.on_conflict_do_update(index_elements=["fingerprint"], set_=values))


def counts(session: Reader, shipper_id: int | None, since: datetime, until: datetime) -> Counter[str]:
    """How the questions of this time were answered, by the answer's value, within a shipper's scope (None: all)."""
    asked = (
        select(ASKS.c.answer, func.count().label("number"))
        .where(ASKS.c.asked_at >= since, ASKS.c.asked_at < until)
        .group_by(ASKS.c.answer)
    )
    if shipper_id is not None:
        asked = asked.where(ASKS.c.shipper_id == shipper_id)
    return Counter({row.answer: row.number for row in session.execute(asked)})


def forget(session: Session, closed_before: datetime) -> int:
    """Erase who the neighbor was where the matter has been over for so long; the answer stays. Returns how many."""
    known = or_(ASKS.c.contact != "", ASKS.c.name != "", ASKS.c.house_number != "")
    nobody = {"contact": "", "name": "", "house_number": ""}
    done = session.execute(update(ASKS).where(ASKS.c.closed_at < closed_before, known).values(nobody))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _value(row: Any) -> NeighborAsk:
    return NeighborAsk(
        id=row.id,
        shipper_id=row.shipper_id,
        shipment_id=row.shipment_id,
        change_id=row.change_id,
        group_id=row.group_id,
        neighbor=row.neighbor,
        name=row.name,
        house_number=row.house_number,
        way=Way(row.channel),
        contact=row.contact,
        language=row.language,
        nonce=row.nonce,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        answer=Answer(row.answer),
        answered_at=row.answered_at,
        evidence=row.evidence,
        closed_at=row.closed_at,
    )
