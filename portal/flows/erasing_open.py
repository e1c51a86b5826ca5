"""A delivery under way loses somebody: wishes that wait end, neighbors are let go, dispatch learns what it must."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.change import Life
from portal.domain.delivery import Shipment
from portal.domain.neighbors import Answer
from portal.flows import change_effects as effects
from portal.flows import neighbors as answering
from portal.flows.announce import Voice
from portal.store import changes, neighbors

BY = "erasure"


def neighbor_leaves(
    session: Session, voice: Voice, shipment: Shipment, marks: Collection[str], now: datetime
) -> None:
    """A neighbor, by the fingerprints of their contacts, takes nothing; recipient and dispatch are told as usual."""
    for ask in neighbors.of_shipment(session, shipment.id):
        if ask.neighbor not in marks:
            continue
        if ask.waits:
            answering.answer(session, voice, ask, Answer.NO, now, answered_by=BY)
        elif ask.agreed:
            answering.take_back(session, voice, ask, now)


def recipient_leaves(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> None:
    """Wishes that wait for an answer are taken back. The shipment is held by the caller."""
    for change in changes.of_shipments(session, [shipment.id]).get(shipment.id, []):
        if not change.waits:
            continue
        closed = effects.close(session, voice, shipment, change, Life.WITHDRAWN, BY, now)
        if change.life is not Life.NOMINATED:
            effects.tell_dispatch(session, voice, shipment, closed, effects.WITHDRAWN, now)
