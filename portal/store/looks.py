"""The rows behind a recipient's page: asked for more often than anything else, so their queries are prepared once.

Prepared, and on a bare connection: the ORM's way to the first row alone costs five times as much (480 microseconds).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select, text

from portal.db import Moment, Reader
from portal.domain.aftercare import After
from portal.domain.delivery import Shipment
from portal.store.attentions import doubted
from portal.store.changes import ChangeRow
from portal.store.claims import CLAIMS
from portal.store.files import FILES
from portal.store.locker_rows import CompartmentHoldRow
from portal.store.problems import PROBLEMS
from portal.store.ratings import RATINGS
from portal.store.routes import Fix, RouteRow, StopRow, VanRow
from portal.store.shipment_rows import LinkRow, ShipmentRow, value
from portal.store.slots import SlotHoldRow

SHIPMENT: Any = ShipmentRow.__table__.c
LINK: Any = LinkRow.__table__.c
VAN: Any = VanRow.__table__.c
ROUTE: Any = RouteRow.__table__.c
STOP: Any = StopRow.__table__.c
OTHER: Any = ShipmentRow.__table__.alias("other").c
CHANGE: Any = ChangeRow.__table__.c
BOX: Any = CompartmentHoldRow.__table__.c
PLACE: Any = SlotHoldRow.__table__.c


@dataclass(frozen=True, slots=True)
class Seen:
    """A shipment as its link finds it; `asked` says whether there are any changes to read."""

    shipment: Shipment
    asked: bool


@dataclass(frozen=True, slots=True)
class SeenForChange(Seen):
    """With `planned`, whether it is on a round, `company`, whether something else is under way to its door, and the
    compartment and slot it holds, by their ids."""

    planned: bool
    company: bool
    box: int | None
    place: int | None


BY_LINK = (
    select(ShipmentRow.__table__, exists().where(CHANGE.shipment_id == SHIPMENT.id).label("asked"))
    .join(LinkRow.__table__, LINK.shipment_id == SHIPMENT.id)
    .where(
        LINK.fingerprint == bindparam("fingerprint"),
        LINK.revoked_at.is_(None),
        LINK.expires_at.is_(None) | (LINK.expires_at > bindparam("now")),
    )
)


def _held(table: Any, place: Any) -> Any:
    mine = (table.shipment_id == SHIPMENT.id, table.until > bindparam("now", type_=Moment))
    return select(place).where(*mine).scalar_subquery()


# What the change page asks as well: is it on a round, and what is kept for it while somebody decides.
FOR_CHANGE = BY_LINK.add_columns(
    exists().where(STOP.shipment_id == SHIPMENT.id, STOP.done_at.is_(None)).label("planned"),
    exists()
    .where(
        # as the index of doors says it
        OTHER.door == SHIPMENT.door,
        OTHER.door != text("''"),
        OTHER.finished_at.is_(None),
        OTHER.id != SHIPMENT.id,
    )
    .label("company"),
    _held(BOX, BOX.compartment_id).label("box"),
    _held(PLACE, PLACE.slot_id).label("place"),
)

ITS_VAN = (
    select(VAN.lat, VAN.lng, VAN.recorded_at, VAN.accuracy_m, VAN.speed_mps, VAN.heading_deg)
    .join(RouteRow.__table__, ROUTE.van_id == VAN.id)
    .join(StopRow.__table__, STOP.route_id == ROUTE.id)
    .where(
        STOP.shipment_id == bindparam("shipment_id"),
        ROUTE.finished_at.is_(None),
        VAN.recorded_at.is_not(None),
    )
    # of several routes the last to leave of those that left: tomorrow's is known today
    .order_by(ROUTE.departs_at > bindparam("now", type_=Moment), ROUTE.departs_at.desc(), ROUTE.id.desc())
    .limit(1)
)


def by_link(connection: Connection, fingerprint: str, now: datetime) -> Seen | None:
    """The shipment that a link opens, if the link is good. Not scoped: the link is the scope."""
    row = connection.execute(BY_LINK, {"fingerprint": fingerprint, "now": now}).one_or_none()
    return Seen(value(row), row.asked) if row else None


def for_change(connection: Reader, fingerprint: str, now: datetime) -> SeenForChange | None:
    """The same with what a page of changes needs, in the same one question."""
    row = connection.execute(FOR_CHANGE, {"fingerprint": fingerprint, "now": now}).one_or_none()
    return SeenForChange(value(row), row.asked, row.planned, row.company, row.box, row.place) if row else None


def fix_of_van(connection: Reader, shipment_id: int, now: datetime) -> Fix | None:
    """Where the van is that brings this shipment, for one found by its link."""
    row: Any = connection.execute(ITS_VAN, {"shipment_id": shipment_id, "now": now}).one_or_none()
    return Fix(*row) if row else None


def _picture(sort: str) -> Any:
    return exists().where(
        FILES.c.shipment_id == bindparam("shipment_id"),
        FILES.c.sort == sort,
        FILES.c.expires_at > bindparam("now"),
    )


AFTER = select(
    _picture("photo"),
    _picture("signature"),
    select(CLAIMS.c.has_it).where(CLAIMS.c.shipment_id == bindparam("shipment_id")).scalar_subquery(),
    select(RATINGS.c.stars).where(RATINGS.c.shipment_id == bindparam("shipment_id")).scalar_subquery(),
    exists().where(PROBLEMS.c.shipment_id == bindparam("shipment_id")),
    doubted(bindparam("shipment_id")),
)


def after(connection: Connection, shipment_id: int, now: datetime) -> After:
    """What there is once it was handed over, for a shipment found by its link."""
    photo, signature, has_it, stars, reported, in_doubt = connection.execute(
        AFTER, {"shipment_id": shipment_id, "now": now}
    ).one()
    return After(bool(photo), bool(signature), has_it, stars or 0, bool(reported), bool(in_doubt))
