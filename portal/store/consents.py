"""Consent as evidence: who agreed or took it back, for which channel, when and where. Only ever added to."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, bindparam, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Channel
from portal.db import THESE, Moment, db
from portal.store.marks import fingerprint
from portal.store.outbox_rows import BIG
from portal.store.stops import claims_wait

# a shipper, a channel, and the number or address, or its fingerprint
Key = tuple[int, Channel, str]


class ConsentRow(db.Model):
    """One statement of a person about one channel; the latest counts. `wording` is what they agreed to."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    fingerprint: Mapped[str] = mapped_column(String(64))
    given: Mapped[bool]
    source: Mapped[str] = mapped_column(String(80))
    wording: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("ix_consents_fingerprint", "fingerprint"),)


CONSENTS = ConsentRow.__table__
# What was said of these, the latest last; and of it what concerns these shippers.
SAID = select(CONSENTS).where(CONSENTS.c.fingerprint.in_(THESE)).order_by(CONSENTS.c.at, CONSENTS.c.id)
CONCERNING = SAID.where(
    or_(CONSENTS.c.shipper_id.is_(None), CONSENTS.c.shipper_id.in_(bindparam("shippers", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody agreed to be written to, or took it back, at `at`; no shipper: it holds for the whole house.

    `mark` is the fingerprint of the number or address.
    """

    channel: Channel
    mark: str
    given: bool
    source: str
    at: datetime
    shipper_id: int | None = None
    wording: str = ""


def append(session: Session, statements: Sequence[Statement], now: datetime) -> None:
    """Keep what was said; the very same statement, told again, is kept once."""
    if not statements:
        return
    fresh = {_facts(one): one for one in statements}
    for row in session.execute(SAID, {"these": sorted({one.mark for one in statements})}):
        fresh.pop((row.shipper_id, row.channel, row.fingerprint, row.given, row.source, row.at), None)
    rows = [_values(one, now) for one in fresh.values()]
    if not all(one.given for one in fresh.values()):
        claims_wait(session)
    if rows:
        session.execute(insert(CONSENTS), rows)


def latest(session: Session, keys: Iterable[Key]) -> dict[Key, bool]:
    """What was said last of each number or address; absent: nothing."""
    marks = {key: (key[0], key[1], fingerprint(key[2])) for key in keys if key[2]}
    said = said_last(session, set(marks.values()))
    return {key: said[mark] for key, mark in marks.items() if mark in said}


def said_last(session: Session, marks: Collection[Key]) -> dict[Key, bool]:
    """The same by fingerprint: what was said to the shipper or to the whole house, whichever was later."""
    if not marks:
        return {}
    asked = {"these": sorted({key[2] for key in marks}), "shippers": sorted({key[0] for key in marks})}
    last: dict[tuple[int | None, str, str], tuple[datetime, int, bool]] = {}
    for row in session.execute(CONCERNING, asked):
        last[row.shipper_id, row.channel, row.fingerprint] = (row.at, row.id, row.given)
    found = {}
    for shipper_id, channel, mark in marks:
        both = (last.get((shipper_id, channel, mark)), last.get((None, channel, mark)))
        if heard := [one for one in both if one]:
            found[shipper_id, channel, mark] = max(heard)[2]
    return found


def yeses(session: Session, channel: Channel, mark: str, since: datetime) -> int:
    """How often since then it was said of a fingerprint that it may be used."""
    said = select(func.count()).where(
        CONSENTS.c.fingerprint == mark, CONSENTS.c.channel == channel, CONSENTS.c.given, CONSENTS.c.at > since
    )
    return session.execute(said).scalar_one()


def given(session: Session, keys: Iterable[Key]) -> set[Key]:
    """Of which a consent is recorded and was not taken back."""
    return {key for key, yes in latest(session, keys).items() if yes}


def withdrawn(session: Session, keys: Iterable[Key]) -> set[Key]:
    """Of which it was said last that they are not to be used."""
    return {key for key, yes in latest(session, keys).items() if not yes}


def _facts(one: Statement) -> tuple[Any, ...]:
    return (one.shipper_id, one.channel.value, one.mark, one.given, one.source[:80], one.at)


def _values(one: Statement, now: datetime) -> dict[str, Any]:
    return {
        "shipper_id": one.shipper_id,
        "channel": one.channel,
        "fingerprint": one.mark,
        "given": one.given,
        "source": one.source[:80],
        "wording": one.wording[:500],
        "at": one.at,
        "recorded_at": now,
    }
