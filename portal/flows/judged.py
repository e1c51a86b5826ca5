"""Facts of some hundred shipments put before the rules of the queue: which of them need an agent, and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import work as rule
from portal.domain.rules import ShipperRules
from portal.domain.work import Found
from portal.store import work_facts

Rules = Mapping[int, ShipperRules]


def of_windows(session: Session, ids: Iterable[int], rules: Rules, now: datetime) -> list[Found]:
    """Windows that will not be kept."""
    known = work_facts.doors(session, ids)
    return [found for one in known if (found := rule.window(one, rules[one.shipper_id], now))]


def of_quiet(session: Session, ids: Iterable[int], rules: Rules, now: datetime) -> list[Found]:
    """Shipments that stand still."""
    known = work_facts.doors(session, ids)
    return [found for one in known if (found := rule.stalled(one, rules[one.shipper_id], now))]


def of_changes(session: Session, ids: Iterable[str], rules: Rules, now: datetime) -> list[Found]:
    """Changes (id) that nobody answers."""
    known = work_facts.changes(session, ids)
    return [
        found
        for shipper_id, change, timezone in known
        if (found := rule.unanswered(shipper_id, change, timezone, rules[shipper_id], now))
    ]


def of_lost(session: Session, lost: Iterable[tuple[int, str]], rules: Rules, now: datetime) -> list[Found]:
    """News (shipment id, notice) that reached nobody."""
    lost = list(lost)
    sent = work_facts.sent(session, (shipment_id for shipment_id, _ in lost))
    return [
        found
        for shipment_id, notice in lost
        if (its := sent.get((shipment_id, notice)))
        and (found := rule.unreached(its[0], shipment_id, notice, its[1]))
    ]


def of_stays(session: Session, ids: Iterable[int], rules: Rules, now: datetime) -> list[Found]:
    """Stays in lockers that end."""
    known = work_facts.stays(session, ids)
    return [found for one in known if (found := rule.locker(one, rules[one.shipper_id], now))]


def of_handed(session: Session, ids: Iterable[int], rules: Rules, now: datetime) -> list[Found]:
    """Hand-overs far from their doors."""
    known = work_facts.handed(session, ids)
    return [found for one in known if (found := rule.far_away(one, rules[one.shipper_id]))]
