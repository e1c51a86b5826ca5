"""Which pictures there are, of what, and until when; their bytes lie in the drawer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.pictures import Sort

CHUNK = 500


class FileRow(db.Model):
    """A picture on disk: a photo or signature from the door, or one of a problem; erased when it `expires_at`.

    `sha256` is that of the file as it was sent.
    """

    __tablename__ = "files"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[str] = mapped_column(String(120))
    problem_id: Mapped[str] = mapped_column(String(36))
    sort: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


@dataclass(frozen=True, slots=True)
class File:
    """A kept picture; `event_id` or `problem_id` says what it belongs to."""

    id: str
    shipper_id: int
    shipment_id: int
    event_id: str
    problem_id: str
    sort: Sort
    media_type: str
    size_bytes: int
    sha256: str
    made_at: datetime
    expires_at: datetime


FILES = FileRow.__table__


def _value(row: Any) -> File:
    return File(**{**row._mapping, "sort": Sort(row.sort)})


def add(session: Session, file: File) -> None:
    """Keep a picture's row."""
    values = {name: getattr(file, name) for name in File.__slots__}
    session.execute(insert(FileRow).values(values))


def of_shipments(session: Session, shipment_ids: Iterable[int], now: datetime) -> dict[int, list[File]]:
    """Pictures of shipments that were found within their scope and have not expired, oldest first."""
    found: dict[int, list[File]] = {}
    wanted = sorted(set(shipment_ids))
    for start in range(0, len(wanted), CHUNK):
        query = select(FILES).where(
            FileRow.shipment_id.in_(wanted[start : start + CHUNK]), FileRow.expires_at > now
        )
        for row in session.execute(query.order_by(FileRow.made_at, FileRow.id)):
            found.setdefault(row.shipment_id, []).append(_value(row))
    return found


def of_shipment(session: Session, shipment_id: int, now: datetime) -> list[File]:
    """Pictures of one shipment that was found within its scope, oldest first."""
    return of_shipments(session, [shipment_id], now).get(shipment_id, [])


def expired(session: Session, now: datetime, limit: int = CHUNK) -> list[File]:
    """Pictures whose time is over. Of every shipper: a tick's question."""
    query = select(FILES).where(FileRow.expires_at <= now).order_by(FileRow.expires_at).limit(limit)
    return [_value(row) for row in session.execute(query)]


def forget(session: Session, ids: Iterable[str]) -> None:
    """Forget these rows."""
    session.execute(delete(FileRow).where(FileRow.id.in_(list(ids))))


def known(session: Session, ids: Iterable[str]) -> set[str]:
    """Which of these names have a row. Of every shipper: a tick's question."""
    return set(session.execute(select(FileRow.id).where(FileRow.id.in_(list(ids)))).scalars())
