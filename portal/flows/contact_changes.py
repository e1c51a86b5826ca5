"""Another number or address is put on file: kept, told to the one that was replaced, and to dispatch."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.db import after_commit
from portal.domain.delivery import Shipment, door_mark
from portal.domain.parcel import Recipient
from portal.domain.settled import SETTLES_AFTER, SMS, Replaced, Settled, replaced, settled
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.store import changes, contact_changes, shipments

DISPATCH = "dispatch"
CHANGED = "shipment.contact_changed"
# Who is told may no longer be meant to see the delivery, so no link leads there.
WITHOUT_LINKS = {"link": "", "preferences": "", "reference": ""}


def noticed(
    session: Session, voice: Voice, before: Shipment, after: Recipient, by: str, now: datetime
) -> list[Replaced]:
    """Keep which contacts are replaced and tell the old ones. The shipment's own columns are the caller's."""
    moves = replaced(before.recipient, after, by, now)
    contact_changes.add(session, before.id, moves)
    _tell_the_old(session, voice, before, moves, now)
    return moves


def _tell_the_old(
    session: Session, voice: Voice, before: Shipment, moves: Sequence[Replaced], now: datetime
) -> None:
    if before.state.finished or not any(one.old for one in moves):
        return
    phone, email = (
        "".join(one.old for one in moves if (one.channel == SMS) is text) for text in (True, False)
    )
    old = replace(before, recipient=replace(before.recipient, phone=phone, email=email))
    because = (
        f"{moves[0].by} replaced this contact; it hears of it, since it may not have been the recipient."
    )
    occurrence = f"contact:{now.isoformat()}"
    announce.tell(
        session,
        voice,
        [News(old, Notice.CONTACT_CHANGED, occurrence, because, now, WITHOUT_LINKS)],
        now,
    )


def put(
    session: Session, voice: Voice, shipment: Shipment, phone: str, email: str, by: str, now: datetime
) -> Shipment:
    """Put another number or address on file that dispatch does not know of yet. The shipment is held."""
    who = replace(shipment.recipient, phone=phone, email=email.lower())
    moves = noticed(session, voice, shipment, who, by, now)
    if not moves:
        return shipment
    mark = door_mark(shipment.shipper_id, who, shipment.address)
    shipments.update_facts(session, shipment.id, {"phone": who.phone, "email": who.email, "door": mark}, now)
    _tell_dispatch(session, voice, shipment, who, by, now)
    return replace(shipment, recipient=who, door=mark)


def _tell_dispatch(
    session: Session, voice: Voice, shipment: Shipment, who: Recipient, by: str, now: datetime
) -> None:
    data: dict[str, Any] = {
        "shipment": shipment.reference,
        "phone": who.phone or None,
        "email": who.email or None,
        "changed_by": by,
        "changed_at": now.isoformat(),
    }
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, CHANGED, now, data)
    after_commit(session, "feed", voice.nudge_feed)


def settled_contacts(session: Session, shipment: Shipment, now: datetime) -> Settled:
    """Whom a code of this shipment may be sent to now."""
    history = contact_changes.since(session, shipment.id, now - SETTLES_AFTER)
    return settled(shipment.recipient, history, now)


def all_stood(session: Session, shipment: Shipment, now: datetime) -> bool:
    """Whether every contact on file has stood long enough to be sent a code."""
    return settled_contacts(session, shipment, now).until is None
