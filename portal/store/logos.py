"""Shippers' logos: small pictures of our own making, kept beside the shippers so that every machine has them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import insert_for


class LogoRow(db.Model):
    """A shipper's logo as a PNG; `fingerprint` is that of its bytes, and its address."""

    __tablename__ = "logos"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(Moment)


LOGOS = LogoRow.__table__


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo: PNG bytes, its fingerprint (hex SHA-256), and its size in pixels."""

    fingerprint: str
    width: int
    height: int
    body: bytes


def put(session: Session, shipper_id: int, logo: Logo, now: datetime) -> None:
    """Keep a shipper's logo in place of the one before."""
    values = {name: getattr(logo, name) for name in Logo.__slots__} | {"updated_at": now}
    new = insert_for(session)(LOGOS).values(shipper_id=shipper_id, **values)
    session.execute(new.on_conflict_do_update(index_elements=["shipper_id"], set_=values))


def take_away(session: Session, shipper_id: int) -> None:
    """The shipper's name stands for it again."""
    session.execute(delete(LogoRow).where(LogoRow.shipper_id == shipper_id))


def body(session: Session, fingerprint: str) -> bytes | None:
    """The picture at this address, of whichever shipper: logos are shown to everybody."""
    query = select(LogoRow.body).where(LogoRow.fingerprint == fingerprint).limit(1)
    return session.execute(query).scalar_one_or_none()
