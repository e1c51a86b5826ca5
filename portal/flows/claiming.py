"""A recipient says "I have it" or "I do not": set beside the scans, and told to whom it concerns."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.db import after_commit
from portal.domain.claim import MOST_TOLD, TOLD, Found, may_say, reconciled
from portal.domain.delivery import Shipment
from portal.domain.follow_up import Matter
from portal.flows.announce import Voice
from portal.store import changes, claims, follow_ups, problems, shipments
from portal.store.claims import Claim

# One matter for each shipment, however often somebody changes their mind.
KEY = "claim"


def say(session: Session, voice: Voice, shipment: Shipment, has_it: bool, now: datetime) -> Found | None:
    """Keep what the recipient says and do what follows; None where it makes no sense to say it.

    Saying the same twice changes nothing; saying the other takes back what the first had set going.
    """
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    status = shipment.state.status
    if not may_say(status):
        return None
    found, before = reconciled(status, has_it), claims.of_shipment(session, shipment.id)
    if before and before.has_it is has_it:
        return found
    claims.put(session, shipment.id, Claim(has_it, now))
    shipments.touch(session, [shipment.id])
    if before and (meant := reconciled(status, before.has_it)) in TOLD:
        _told(session, voice, shipment, meant, "withdrawn", now)
    _follow_up(session, shipment, found, now)
    if found in TOLD:
        _told(session, voice, shipment, found, "open", now)
    return found


def _follow_up(session: Session, shipment: Shipment, found: Found, now: datetime) -> None:
    if found is Found.NOT_RECEIVED:
        how = shipment.state.how.value.replace("_", " ") if shipment.state.how else "somebody"
        facts = {"words": f"Delivered ({how}), but the recipient says that they do not have it."}
        follow_ups.open(session, shipment.shipper_id, shipment.id, Matter.NOT_RECEIVED, KEY, facts, now)
    elif found is Found.CONFIRMED:
        follow_ups.take_back(session, shipment.id, Matter.NOT_RECEIVED, KEY, now)


def _told(
    session: Session, voice: Voice, shipment: Shipment, found: Found, state: str, now: datetime
) -> None:
    if problems.times_told(session, shipment.id) >= MOST_TOLD:
        return
    data: dict[str, Any] = {
        "shipment": shipment.reference,
        "kind": found.value,
        "state": state,
        "reported_by": "recipient",
        "reported_at": now.isoformat(),
    }
    tell_of_problem(session, voice, shipment, data, now)


def tell_of_problem(
    session: Session, voice: Voice, shipment: Shipment, data: dict[str, Any], now: datetime
) -> None:
    """Put a problem into dispatch's feed."""
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, problems.REPORTED, now, data)
    after_commit(session, "feed", voice.nudge_feed)


def delivery_taken_back(session: Session, shipment_ids: list[int], now: datetime) -> None:
    """Dispatch corrected these deliveries: whoever said that they do not have it was right, and is asked anew."""
    claims.forget_missing(session, shipment_ids)
    for shipment_id in shipment_ids:
        follow_ups.take_back(session, shipment_id, Matter.NOT_RECEIVED, KEY, now)
