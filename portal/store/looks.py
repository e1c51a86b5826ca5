"""The one row behind a recipient's page: asked for more often than anything else, so prepared once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, bindparam, exists, select
from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.store.changes import ChangeRow
from portal.store.shipment_rows import LinkRow, ShipmentRow, value


@dataclass(frozen=True, slots=True)
class Seen:
    """A shipment as its link finds it; `asked` says whether there are any changes to read."""

    shipment: Shipment
    asked: bool


def _prepared() -> object:
    shipment, link, change = (row.__table__ for row in (ShipmentRow, LinkRow, ChangeRow))
    assert isinstance(shipment, Table)
    good = (link.c.expires_at.is_(None)) | (link.c.expires_at > bindparam("now"))
    return (
        select(shipment, exists().where(change.c.shipment_id == shipment.c.id).label("asked"))
        .join(link, link.c.shipment_id == shipment.c.id)
        .where(link.c.fingerprint == bindparam("fingerprint"), link.c.revoked_at.is_(None), good)
    )


BY_LINK = _prepared()


def by_link(session: Session, fingerprint: str, now: datetime) -> Seen | None:
    """The shipment that a link opens, if the link is good. Not scoped: the link is the scope.

    Through the connection: the ORM's way to the row costs three times as much (480, not 155 microseconds).
    """
    row = session.connection().execute(BY_LINK, {"fingerprint": fingerprint, "now": now}).one_or_none()  # type: ignore[call-overload]
    return Seen(value(row), row.asked) if row else None
