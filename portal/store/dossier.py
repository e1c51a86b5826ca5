"""What only an agent asks about a shipment: when events reached us, codes sent, what dispatch was told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.telling import Received
from portal.store.changes import FeedRow
from portal.store.links import OneTimeCodeRow
from portal.store.shipment_rows import EventRow, line_event


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A one-time code that was sent, without the code."""

    sent_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class ToldDispatch:
    """An entry of the feed that dispatch reads; `seq` None until it is numbered."""

    at: datetime
    type: str
    seq: int | None
    change_id: str | None


def events(session: Session, shipment_id: int) -> list[Received]:
    """Every event of a shipment that was found within its scope, in the order in which they reached us."""
    rows = session.execute(
        select(EventRow.received_at, EventRow.details)
        .where(EventRow.shipment_id == shipment_id)
        .order_by(EventRow.id)
    )
    return [Received(line_event(row.details["line"]), row.received_at) for row in rows]


def codes(session: Session, shipment_id: int) -> list[CodeAsked]:
    """The one-time codes of a shipment that was found within its scope, oldest first."""
    rows = session.execute(
        select(OneTimeCodeRow.sent_at, OneTimeCodeRow.tries)
        .where(OneTimeCodeRow.shipment_id == shipment_id)
        .order_by(OneTimeCodeRow.id)
    )
    return [CodeAsked(*row) for row in rows]


def told_dispatch(session: Session, shipment_id: int) -> list[ToldDispatch]:
    """What dispatch was told about a shipment that was found within its scope, oldest first."""
    rows = session.execute(
        select(FeedRow.at, FeedRow.type, FeedRow.seq, FeedRow.change_id)
        .where(FeedRow.shipment_id == shipment_id)
        .order_by(FeedRow.id)
    )
    return [ToldDispatch(*row) for row in rows]
