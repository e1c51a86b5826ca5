"""Where exceptions may be: what comes due, what is new since the last look, and what is open. Never all shipments.

Of every shipper: these are a tick's questions.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, literal, select, tuple_
from sqlalchemy.orm import Session

from notifications.message import Channel, Standing
from portal.domain.change import Life
from portal.domain.follow_up import Matter
from portal.store.changes import CHANGES
from portal.store.follow_up_rows import FOLLOW_UPS
from portal.store.follow_ups import BY_EVENTS
from portal.store.handovers import HANDOVERS
from portal.store.locker_rows import LockerBookingRow
from portal.store.outbox_rows import MESSAGES
from portal.store.promises import PROMISES
from portal.store.shipment_rows import EventRow, ShipmentRow
from portal.store.work_marks import Mark

SHIPMENTS, EVENTS = ShipmentRow.__table__, EventRow.__table__
BOOKINGS = LockerBookingRow.__table__
# What is written to a phone or mailbox and cannot be news: answers to what somebody wrote, and codes of minutes.
NO_NEWS = ("one_time_code", "caller_code", "neighbor_asked")
Due = list[tuple[int, datetime]]


def ending(session: Session, after: Mark, until: datetime, limit: int) -> Due:
    """(shipment id, end) of open shipments whose promised window ends after the mark and by that moment."""
    place = tuple_(SHIPMENTS.c.planned_end, SHIPMENTS.c.id)
    query = (
        select(SHIPMENTS.c.id, SHIPMENTS.c.planned_end)
        .where(
            SHIPMENTS.c.finished_at.is_(None),
            SHIPMENTS.c.planned_end.is_not(None),
            SHIPMENTS.c.planned_end >= after.at,
            place > tuple_(_moment(after.at), after.seen),
            SHIPMENTS.c.planned_end <= until,
        )
        .order_by(SHIPMENTS.c.planned_end, SHIPMENTS.c.id)
        .limit(limit)
    )
    return [(row.id, row.planned_end) for row in session.execute(query)]


def shown(session: Session, after: int, limit: int) -> list[tuple[int, int, datetime]]:
    """Entries of the ledger of windows since that one: (its id, shipment id, when it was shown)."""
    query = select(PROMISES.c.id, PROMISES.c.shipment_id, PROMISES.c.shown_at).where(PROMISES.c.id > after)
    return [
        (row.id, row.shipment_id, row.shown_at)
        for row in session.execute(query.order_by(PROMISES.c.id).limit(limit))
    ]


def anything_came(session: Session, after: datetime, until: datetime) -> bool:
    """Whether there is an event after the first moment and by the second."""
    came = select(EVENTS.c.id).where(EVENTS.c.received_at > after, EVENTS.c.received_at <= until)
    return session.execute(came.limit(1)).first() is not None


def quiet(session: Session, after: datetime, until: datetime, shippers: Collection[int]) -> list[int]:
    """Open shipments of these shippers whose last event came after the first moment and by the second.

    The shippers are no part of the question: their index would lead through all of their events.
    """
    later = EVENTS.alias("later")
    query = (
        select(EVENTS.c.shipment_id, EVENTS.c.shipper_id)
        .distinct()
        .join(SHIPMENTS, SHIPMENTS.c.id == EVENTS.c.shipment_id)
        .where(
            EVENTS.c.received_at > after,
            EVENTS.c.received_at <= until,
            SHIPMENTS.c.finished_at.is_(None),
            ~exists().where(
                later.c.shipment_id == EVENTS.c.shipment_id, later.c.received_at > EVENTS.c.received_at
            ),
        )
    )
    return [row.shipment_id for row in session.execute(query) if row.shipper_id in shippers]


def asked(session: Session, since: datetime, limit: int) -> list[tuple[str, datetime]]:
    """Changes that were asked since then and wait for dispatch, the oldest first: (id, asked at)."""
    query = select(CHANGES.c.id, CHANGES.c.asked_at).where(
        CHANGES.c.life == Life.ASKED, CHANGES.c.asked_at >= since
    )
    rows = session.execute(query.order_by(CHANGES.c.asked_at, CHANGES.c.id).limit(limit))
    return [(row.id, row.asked_at) for row in rows]


def failed(session: Session, after: datetime, until: datetime) -> list[tuple[int, str]]:
    """(shipment id, notice) of messages that failed after the first moment and by the second.

    Without those that are on the list: of a carrier's bad hour they are very many, and looked at again and again.
    """
    known = exists().where(
        FOLLOW_UPS.c.shipment_id == MESSAGES.c.shipment_id,
        FOLLOW_UPS.c.kind == Matter.UNREACHED,
        FOLLOW_UPS.c.key == MESSAGES.c.notice,
        FOLLOW_UPS.c.closed_by != BY_EVENTS,
    )
    query = select(MESSAGES.c.shipment_id, MESSAGES.c.notice).where(
        MESSAGES.c.standing == Standing.FAILED,
        MESSAGES.c.settled_at > after,
        MESSAGES.c.settled_at <= until,
        MESSAGES.c.channel != Channel.WEBHOOK,
        MESSAGES.c.shipment_id.is_not(None),
        MESSAGES.c.notice.not_in(NO_NEWS),
        ~MESSAGES.c.notice.startswith("reply_", autoescape=True),
        ~known,
    )
    return sorted({(row.shipment_id, row.notice) for row in session.execute(query)})


def stays_ending(
    session: Session, after: Mark, until: datetime, limit: int
) -> list[tuple[int, datetime, int]]:
    """(shipment id, end, shipper id) of stays in lockers that end after the mark and by that moment."""
    query = (
        select(CHANGES.c.shipment_id, BOOKINGS.c.until, CHANGES.c.shipper_id)
        .join(CHANGES, CHANGES.c.id == BOOKINGS.c.change_id)
        .where(
            BOOKINGS.c.released_at.is_(None),
            BOOKINGS.c.until.is_not(None),
            BOOKINGS.c.until >= after.at,
            tuple_(BOOKINGS.c.until, CHANGES.c.shipment_id) > tuple_(_moment(after.at), after.seen),
            BOOKINGS.c.until <= until,
        )
        .order_by(BOOKINGS.c.until, CHANGES.c.shipment_id)
        .limit(limit)
    )
    return [(row.shipment_id, row.until, row.shipper_id) for row in session.execute(query)]


def handed_over(session: Session, after: int, meters: float, limit: int) -> tuple[list[int], int]:
    """Shipments handed over farther than that from their door since that entry, and the last entry there is."""
    last = session.execute(select(func.max(HANDOVERS.c.id))).scalar() or after
    query = select(HANDOVERS.c.id, HANDOVERS.c.shipment_id).where(
        HANDOVERS.c.id > after, HANDOVERS.c.id <= last, HANDOVERS.c.distance_m > meters
    )
    rows = session.execute(query.order_by(HANDOVERS.c.id).limit(limit)).all()
    return [row.shipment_id for row in rows], rows[-1].id if len(rows) == limit else last


def last_shown(session: Session) -> int:
    """The newest entry of the ledger of windows."""
    return session.execute(select(func.max(PROMISES.c.id))).scalar() or 0


def last_handed_over(session: Session) -> int:
    """The newest hand-over."""
    return session.execute(select(func.max(HANDOVERS.c.id))).scalar() or 0


def _moment(at: datetime) -> Any:
    """A moment inside a row value, which knows no types by itself."""
    return literal(at, SHIPMENTS.c.planned_end.type)
