"""A shipper's own words for a notice, beside ours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, Reader, db
from portal.store.outbox_rows import insert_for


class WordingRow(db.Model):
    """One template of one shipper; `part` is `sms`, `subject`, `headline` or `says`."""

    __tablename__ = "wordings"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    notice: Mapped[str] = mapped_column(String(40), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    updated_by: Mapped[str] = mapped_column(String(254))


WORDINGS = WordingRow.__table__


@dataclass(frozen=True, slots=True)
class Wording:
    """A template of a shipper, with who wrote it and when."""

    language: str
    notice: str
    part: str
    text: str
    updated_at: datetime
    updated_by: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it stands for."""
        return (self.language, self.notice, self.part)


def everyones(session: Reader) -> dict[int, dict[tuple[str, str, str], str]]:
    """The words of all shippers, by shipper and then language, notice and part: the house keeps them at hand."""
    found: dict[int, dict[tuple[str, str, str], str]] = {}
    for row in session.execute(select(WORDINGS)):
        found.setdefault(row.shipper_id, {})[row.language, row.notice, row.part] = row.text
    return found


def of(session: Session, shipper_id: int) -> list[Wording]:
    """A shipper's own words, in order."""
    rows = session.execute(
        select(WORDINGS)
        .where(WordingRow.shipper_id == shipper_id)
        .order_by(WordingRow.language, WordingRow.notice, WordingRow.part)
    )
    return [
        Wording(row.language, row.notice, row.part, row.text, row.updated_at, row.updated_by) for row in rows
    ]


def keep(session: Session, shipper_id: int, wordings: Iterable[Wording]) -> None:
    """Put words in place of those before them."""
    new = insert_for(session)(WORDINGS)
    fresh = {name: new.excluded[name] for name in ("text", "updated_at", "updated_by")}
    rows = [
        {
            "shipper_id": shipper_id,
            "language": one.language,
            "notice": one.notice,
            "part": one.part,
            "text": one.text,
            "updated_at": one.updated_at,
            "updated_by": one.updated_by,
        }
        for one in wordings
    ]
    if rows:
        keys = ["shipper_id", "language", "notice", "part"]
        session.execute(new.on_conflict_do_update(index_elements=keys, set_=fresh), rows)


def take_away(session: Session, shipper_id: int, keys: Iterable[tuple[str, str, str]]) -> None:
    """Back to our words."""
    for language, notice, part in keys:
        this = (WordingRow.language == language, WordingRow.notice == notice, WordingRow.part == part)
        session.execute(delete(WordingRow).where(WordingRow.shipper_id == shipper_id, *this))
