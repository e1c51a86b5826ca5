"""Phones that tell where a van is: one secret each, kept as a hash, that can be taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.routes import VanRow

SEEN_IS_NOTED_EVERY = timedelta(minutes=1)


class DeviceRow(db.Model):
    """A phone or tracker of a van. `secret` is a fingerprint; `seen_at` is when it last told us something."""

    __tablename__ = "devices"
    id: Mapped[int] = mapped_column(primary_key=True)
    van_id: Mapped[int] = mapped_column(ForeignKey("vans.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


DEVICES, VANS = DeviceRow.__table__, VanRow.__table__
WITH_VAN = select(
    DEVICES.c.id,
    DEVICES.c.van_id,
    VANS.c.owner,
    VANS.c.name,
    DEVICES.c.label,
    DEVICES.c.made_at,
    DEVICES.c.seen_at,
    DEVICES.c.revoked_at,
).join(VANS, VANS.c.id == DEVICES.c.van_id)
LIVE = WITH_VAN.where(DEVICES.c.secret == bindparam("mark"), DEVICES.c.revoked_at.is_(None))


@dataclass(frozen=True, slots=True)
class Device:
    """A phone or tracker and the van it rides in; `owner` is the van's shipper, or 0 for the operator."""

    id: int
    van_id: int
    owner: int
    van: str
    label: str
    made_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


def find(session: Session, fingerprint: str) -> Device | None:
    """The live device with this fingerprint. Not scoped: this is where the scope comes from."""
    row: Any = session.execute(LIVE, {"mark": fingerprint}).one_or_none()
    return Device(*row) if row else None


def add(session: Session, van_id: int, label: str, fingerprint: str, now: datetime) -> int:
    """Keep a new device; its secret is never stored."""
    made = insert(DeviceRow).values(van_id=van_id, label=label, secret=fingerprint, made_at=now)
    return session.execute(made.returning(DeviceRow.id)).scalar_one()


def everyone(session: Session) -> list[Device]:
    """All devices of all vans, oldest first; for the operator."""
    return [Device(*row) for row in session.execute(WITH_VAN.order_by(DEVICES.c.id))]


def of(session: Session, owner: int) -> list[Device]:
    """The devices of a shipper's vans, or of the operator's (`owner` 0), those in use first."""
    order = (DEVICES.c.revoked_at.is_not(None), VANS.c.name, DEVICES.c.id)
    asked = WITH_VAN.where(VANS.c.owner == owner).order_by(*order).limit(1_000)
    return [Device(*row) for row in session.execute(asked)]


def listed(session: Session, device_id: int) -> Device | None:
    """One device, of whichever shipper; who asks compares whose it is."""
    row = session.execute(WITH_VAN.where(DEVICES.c.id == device_id)).one_or_none()
    return Device(*row) if row else None


def revoke(session: Session, device_id: int, now: datetime) -> bool:
    """Its address answers nobody from now on; False when there is no such device."""
    live = update(DeviceRow).where(DeviceRow.id == device_id, DeviceRow.revoked_at.is_(None))
    done: Any = session.execute(live.values(revoked_at=now))
    return bool(done.rowcount)


def note(session: Session, device: Device, now: datetime) -> None:
    """Remember that the device speaks, to the minute."""
    if device.seen_at is None or now - device.seen_at >= SEEN_IS_NOTED_EVERY:
        session.execute(update(DeviceRow).where(DeviceRow.id == device.id).values(seen_at=now))
