"""What an agent reads of the door and after, gathered for the dossier; and a picture that one of them looks at."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.handover import Proof, handing_event
from portal.domain.telling_after import (
    Pictures,
    of_claim,
    of_handovers,
    of_pictures_alone,
    of_problems,
    of_rating,
)
from portal.domain.timeline import Entry
from portal.flows import handover
from portal.flows.agents import actor
from portal.store import audit, claims, files, handovers, problems, ratings, shipments
from portal.store.agents import Agent
from portal.store.files import File


def entries(session: Session, shipment: Shipment, now: datetime) -> Iterator[Entry]:
    """Proof, claim, problems and rating of a shipment that was found within its scope."""
    kept = files.of_shipment(session, shipment.id, now)
    at_door = _by([one for one in kept if one.event_id], "event_id")
    proofs = handovers.of_shipments(session, [shipment.id]).get(shipment.id, [])
    missing = _missing(session, shipment, now)
    alone = {event.event_id: event.happened_at for event in shipment.state.story}
    for proof in proofs:
        alone.pop(proof.event_id, None)
    yield from of_handovers(proofs, at_door, missing)
    yield from of_pictures_alone(alone, at_door, missing)
    if said := claims.of_shipment(session, shipment.id):
        yield of_claim(said.has_it, said.at)
    reported = _by([one for one in kept if one.problem_id], "problem_id")
    yield from of_problems(problems.of_shipment(session, shipment.id), reported)
    if rating := ratings.of_shipment(session, shipment.id):
        yield of_rating(rating)


def _missing(session: Session, shipment: Shipment, now: datetime) -> dict[str, tuple[Proof, ...]]:
    door, event_id = handover.at_the_door(session, shipment, now), handing_event(shipment.state)
    return {event_id: door.missing} if door and event_id else {}


def _by(kept: list[File], name: str) -> dict[str, Pictures]:
    found: dict[str, Pictures] = {}
    for file in kept:
        key = getattr(file, name)
        found[key] = (*found.get(key, ()), (file.id, file.sort.value.capitalize()))
    return found


def look_at_picture(
    session: Session, agent: Agent, shipment_id: int, name: str, now: datetime
) -> list[File] | None:
    """The pictures of a shipment in the agent's scope, among them the one looked at, which is written down."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    kept = [one for one in files.of_shipment(session, shipment.id, now) if one.id == name]
    for one in kept:
        audit.record(
            session,
            actor(agent),
            "looked_at_picture",
            now,
            shipper_id=shipment.shipper_id,
            shipment_id=shipment.id,
            picture=one.sort.value,
        )
    return kept
