"""How recipients want to be told: by which channel, in which language, what of it, and at which hours.

Kept per shipper and contact, under the contact's fingerprint; what somebody said STOP to is in `contacts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Time, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from notifications.message import Channel
from notifications.notice import Topic
from portal.db import THESE, Moment, db
from portal.store.marks import fingerprint
from portal.store.outbox_rows import insert_for


class PreferenceRow(db.Model):
    """The choices of one number or address; a choice that was not made is empty or NULL."""

    __tablename__ = "preferences"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    channels: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    language: Mapped[str] = mapped_column(String(12))
    declined: Mapped[list[str]] = mapped_column(JSON)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    source: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime] = mapped_column(Moment)


PREFERENCES = PreferenceRow.__table__
CHOSEN = select(PREFERENCES).where(
    PREFERENCES.c.fingerprint.in_(THESE), PREFERENCES.c.shipper_id.in_(bindparam("shippers", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Preference:
    """What somebody chose; None and empty where they did not. `day` is when their day begins and ends, local."""

    channels: frozenset[Channel] | None
    language: str
    declined: frozenset[Topic]
    day: tuple[time, time] | None
    source: str
    updated_at: datetime


def of(session: Session, contacts: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Preference]:
    """What the holders of these numbers and addresses chose, by shipper and address."""
    marks = {(shipper, to): fingerprint(to) for shipper, to in contacts if to}
    if not marks:
        return {}
    asked = {"these": sorted(set(marks.values())), "shippers": sorted({shipper for shipper, _ in marks})}
    found = {(row.shipper_id, row.fingerprint): _value(row) for row in session.execute(CHOSEN, asked)}
    return {(who, to): found[who, mark] for (who, to), mark in marks.items() if (who, mark) in found}


def save(session: Session, shipper_id: int, addresses: Iterable[str], chosen: Preference) -> None:
    """Keep a choice for all of these numbers and addresses of one person; what they chose before is replaced."""
    begins, ends = chosen.day or (None, None)
    values = {
        "channels": sorted(chosen.channels) if chosen.channels is not None else None,
        "language": chosen.language,
        "declined": sorted(chosen.declined),
        "quiet_from": ends,
        "quiet_until": begins,
        "source": chosen.source[:80],
        "updated_at": chosen.updated_at,
    }
    # always in the same order, so that two pages of one person never wait for each other
    for mark in sorted({fingerprint(to) for to in addresses if to}):
        new = insert_for(session)(PREFERENCES).values(shipper_id=shipper_id, fingerprint=mark, **values)
        session.execute(new.on_conflict_do_update(index_elements=["shipper_id", "fingerprint"], set_=values))


def newest(of_one_person: Iterable[Preference | None]) -> Preference | None:
    """What was chosen last under any of a person's numbers and addresses."""
    return max(filter(None, of_one_person), key=lambda one: one.updated_at, default=None)


def _value(row: Any) -> Preference:
    day = (row.quiet_until, row.quiet_from) if row.quiet_until and row.quiet_from else None
    return Preference(
        frozenset(map(Channel, row.channels)) if row.channels is not None else None,
        row.language,
        frozenset(map(Topic, row.declined)),
        day,
        row.source,
        row.updated_at,
    )
