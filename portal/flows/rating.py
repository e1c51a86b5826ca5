"""A recipient rates the delivery; dispatch hears of it, also when it is changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.db import after_commit
from portal.domain.delivery import Shipment
from portal.domain.rating import NotRated, Rating, rated
from portal.flows.announce import Voice
from portal.store import changes, ratings, shipments

RATED = "shipment.rated"


def rate(
    session: Session, voice: Voice, shipment: Shipment, stars: int | None, words: str, now: datetime
) -> Rating | NotRated:
    """Keep a rating. The same again changes nothing, another one within a day takes its place."""
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    before = ratings.of_shipment(session, shipment.id)
    verdict = rated(shipment.state.status, before, stars, words, now)
    if isinstance(verdict, NotRated) or verdict == before:
        return verdict
    ratings.put(session, shipment.shipper_id, shipment.id, verdict)
    data = {
        "shipment": shipment.reference,
        "stars": verdict.stars,
        "words": verdict.words,
        "rated_at": now.isoformat(),
        "changed": before is not None,
    }
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, RATED, now, data)
    after_commit(session, "feed", voice.nudge_feed)
    shipments.touch(session, [shipment.id])
    return verdict
