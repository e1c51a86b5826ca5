"""What the rules of the queue have to know of shipments, changes, messages and stays; some hundred at a time.

Ids come from the questions of store/work.py or from matters that are open.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from notifications.message import Channel, Standing
from portal.db import THESE
from portal.domain.change import WAITS, Change, Life
from portal.domain.follow_up import FollowUp, Matter
from portal.domain.shipment import Status
from portal.domain.work import LIES_THERE, Door, Handed, Sent, Stay
from portal.store.changes import CHANGES, change_of
from portal.store.follow_up_rows import FOLLOW_UPS, WITH_HOLDER
from portal.store.follow_up_rows import value as matter_of
from portal.store.follow_ups import BY_EVENTS
from portal.store.handovers import HANDOVERS
from portal.store.locker_rows import CompartmentRow, LockerBookingRow, LockerRow
from portal.store.outbox_rows import MESSAGES
from portal.store.shipment_rows import EventRow, ShipmentRow, json_promise, line_event

SHIPMENTS, EVENTS = ShipmentRow.__table__, EventRow.__table__
BOOKINGS, LOCKERS = LockerBookingRow.__table__, LockerRow.__table__
CHUNK = 500
CAME = {Standing.SENT, Standing.DELIVERED}
DID_NOT = {Standing.FAILED, Standing.EXPIRED}

HEARD = (
    select(func.max(EVENTS.c.received_at, type_=EVENTS.c.received_at.type))
    .where(EVENTS.c.shipment_id == SHIPMENTS.c.id)
    .scalar_subquery()
)
DOORS = select(
    SHIPMENTS.c.id,
    SHIPMENTS.c.shipper_id,
    SHIPMENTS.c.status,
    SHIPMENTS.c.timezone,
    SHIPMENTS.c.planned_end,
    SHIPMENTS.c.live,
    HEARD.label("heard_at"),
).where(SHIPMENTS.c.id.in_(THESE))
ASKED = (
    select(CHANGES, SHIPMENTS.c.timezone)
    .join(SHIPMENTS, SHIPMENTS.c.id == CHANGES.c.shipment_id)
    .where(CHANGES.c.id.in_(THESE))
)
SENT = select(
    MESSAGES.c.shipment_id, MESSAGES.c.shipper_id, MESSAGES.c.notice, MESSAGES.c.channel, MESSAGES.c.standing
).where(
    MESSAGES.c.shipment_id.in_(THESE),
    MESSAGES.c.channel != Channel.WEBHOOK,
    MESSAGES.c.standing != Standing.STOPPED,
)
STAYS = (
    select(
        CHANGES.c.shipper_id,
        CHANGES.c.shipment_id,
        CHANGES.c.id.label("key"),
        LOCKERS.c.name,
        SHIPMENTS.c.timezone,
        SHIPMENTS.c.status,
        BOOKINGS.c.until,
        BOOKINGS.c.opened_at,
    )
    .join(CHANGES, CHANGES.c.id == BOOKINGS.c.change_id)
    .join(SHIPMENTS, SHIPMENTS.c.id == CHANGES.c.shipment_id)
    .join(CompartmentRow, CompartmentRow.id == BOOKINGS.c.compartment_id)
    .join(LOCKERS, LOCKERS.c.id == CompartmentRow.locker_id)
    .where(CHANGES.c.shipment_id.in_(THESE), BOOKINGS.c.released_at.is_(None), BOOKINGS.c.until.is_not(None))
)
HANDED = (
    select(HANDOVERS, SHIPMENTS.c.status, SHIPMENTS.c.story)
    .join(SHIPMENTS, SHIPMENTS.c.id == HANDOVERS.c.shipment_id)
    .where(HANDOVERS.c.shipment_id.in_(THESE), HANDOVERS.c.distance_m.is_not(None))
)


def doors(session: Session, shipment_ids: Iterable[int]) -> list[Door]:
    """What is known of these shipments on their way."""
    return [
        Door(
            row.shipper_id,
            row.id,
            Status(row.status),
            row.timezone,
            row.planned_end,
            json_promise(row.live),
            row.heard_at,
        )
        for row in _asked(session, DOORS, shipment_ids)
    ]


def changes(session: Session, change_ids: Iterable[str]) -> list[tuple[int, Change, str]]:
    """(shipper id, change, zone of the door) of these changes."""
    rows = _asked(session, ASKED, change_ids)
    return [(row.shipper_id, change_of(row), row.timezone) for row in rows]


def sent(
    session: Session, shipment_ids: Iterable[int]
) -> dict[tuple[int, str], tuple[int, tuple[Sent, ...]]]:
    """By shipment and notice: the shipper, and each message of it."""
    found: dict[tuple[int, str], tuple[int, tuple[Sent, ...]]] = {}
    for row in _asked(session, SENT, shipment_ids):
        came = True if row.standing in CAME else False if row.standing in DID_NOT else None
        _, before = found.get((row.shipment_id, row.notice), (0, ()))
        found[row.shipment_id, row.notice] = (row.shipper_id, (*before, Sent(row.channel, came)))
    return found


def stays(session: Session, shipment_ids: Iterable[int]) -> list[Stay]:
    """What lies in lockers for these shipments."""
    return [
        Stay(
            row.shipper_id,
            row.shipment_id,
            row.key,
            row.name,
            row.timezone,
            row.until,
            Status(row.status) in LIES_THERE and row.opened_at is None,
        )
        for row in _asked(session, STAYS, shipment_ids)
    ]


def handed(session: Session, shipment_ids: Iterable[int]) -> list[Handed]:
    """Where these shipments were handed over."""
    found = []
    for row in _asked(session, HANDED, shipment_ids):
        corrected = {line_event(line).corrects for line in row.story}
        counts = row.status == Status.DELIVERED and row.event_id not in corrected
        found.append(Handed(row.shipper_id, row.shipment_id, row.event_id, row.distance_m, counts))
    return found


def open_matters(session: Session, kinds: Sequence[Matter], after: int, limit: int) -> list[FollowUp]:
    """Open matters of these kinds with a higher id, of every shipper, in the order of their ids."""
    # a sum, so that SQLite does not walk along the ids of all there ever were
    place = FOLLOW_UPS.c.id + 0
    query = WITH_HOLDER.where(FOLLOW_UPS.c.closed_at.is_(None), FOLLOW_UPS.c.kind.in_(kinds), place > after)
    return [matter_of(row) for row in session.execute(query.order_by(place).limit(limit))]


def settled_matters(session: Session, kinds: Sequence[Matter], since: datetime, limit: int) -> list[FollowUp]:
    """Matters of these kinds that events have settled since then, of every shipper, the latest first."""
    query = WITH_HOLDER.where(
        FOLLOW_UPS.c.closed_at > since, FOLLOW_UPS.c.closed_by == BY_EVENTS, FOLLOW_UPS.c.kind.in_(kinds)
    )
    return [
        matter_of(row) for row in session.execute(query.order_by(FOLLOW_UPS.c.closed_at.desc()).limit(limit))
    ]


def chosen_since(session: Session, shipment_ids: Iterable[int]) -> dict[int, datetime]:
    """When something was last asked for these shipments that waits or was agreed."""
    holds = or_(CHANGES.c.life.in_(WAITS), CHANGES.c.life == Life.ACCEPTED)
    query = (
        select(CHANGES.c.shipment_id, func.max(CHANGES.c.asked_at, type_=CHANGES.c.asked_at.type).label("at"))
        .where(CHANGES.c.shipment_id.in_(THESE), holds)
        .group_by(CHANGES.c.shipment_id)
    )
    return {row.shipment_id: row.at for row in _asked(session, query, shipment_ids)}


def reached_since(session: Session, shipment_ids: Iterable[int]) -> dict[int, datetime]:
    """When a message of these shipments was last known to have arrived."""
    when = func.max(func.coalesce(MESSAGES.c.settled_at, MESSAGES.c.sent_at), type_=MESSAGES.c.sent_at.type)
    query = (
        select(MESSAGES.c.shipment_id, when.label("at"))
        .where(
            MESSAGES.c.shipment_id.in_(THESE),
            MESSAGES.c.channel != Channel.WEBHOOK,
            MESSAGES.c.standing == Standing.DELIVERED,
        )
        .group_by(MESSAGES.c.shipment_id)
    )
    return {row.shipment_id: row.at for row in _asked(session, query, shipment_ids)}


def ended_since(session: Session, shipment_ids: Iterable[int]) -> dict[int, datetime]:
    """When those of these shipments ended that have."""
    query = select(SHIPMENTS.c.id, SHIPMENTS.c.finished_at).where(
        SHIPMENTS.c.id.in_(THESE), SHIPMENTS.c.finished_at.is_not(None)
    )
    return {row.id: row.finished_at for row in _asked(session, query, shipment_ids)}


def _asked(session: Session, query: Any, ids: Iterable[Any]) -> Iterator[Any]:
    """The rows of a question about `these`, some hundred ids at a time."""
    these = sorted(set(ids))
    for start in range(0, len(these), CHUNK):
        yield from session.execute(query, {"these": these[start : start + CHUNK]})
