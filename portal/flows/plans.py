"""The planned window, moved by what a recipient asked: a new one, none, or the sender's again."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.change import Change
from portal.domain.delivery import Promise, Shipment
from portal.flows import remind
from portal.store import promises, reminders, shipments

BY_RECIPIENT, BY_DISPATCH = "recipient", "dispatch"

Span = tuple[datetime, datetime]


def plan(
    session: Session, shipment: Shipment, window: Span, now: datetime, source: str = BY_RECIPIENT
) -> None:
    """This window becomes the plan, and what the van said before is forgotten."""
    planned = Promise(*window, source, now)
    shipments.save_plan(session, shipment.id, planned, now)
    shipments.save_windows(session, {shipment.id: None}, now)
    promises.keep(session, [(shipment.id, planned)], now)
    remind.visits_planned(session, [(shipment.id, planned.start, shipment.address.timezone)], now)


def no_plan(session: Session, shipment: Shipment, now: datetime) -> None:
    """Nobody knows for now when it comes."""
    none: dict[str, None] = dict.fromkeys(("planned_start", "planned_end", "planned_source", "planned_at"))
    shipments.update_facts(session, shipment.id, none, now)
    shipments.save_windows(session, {shipment.id: None}, now)
    reminders.forget(session, [shipment.id], Notice.REMINDER)


def plan_back(session: Session, shipment: Shipment, change: Change, now: datetime) -> None:
    """The plan from before a change holds again while it is ahead. A plan that dispatch told since then stays."""
    if shipment.planned is not None and shipment.planned.source != BY_RECIPIENT:
        return
    before = window_of(change.came_from)
    if before is not None and before[1] > now:
        plan(session, shipment, before, now, BY_DISPATCH)
    else:
        no_plan(session, shipment, now)


def window_of(facts: Mapping[str, object]) -> Span | None:
    """The window among a change's plain facts."""
    match facts.get("window"):
        case {"start": str(start), "end": str(end)}:
            return datetime.fromisoformat(start), datetime.fromisoformat(end)
        case _:
            return None
