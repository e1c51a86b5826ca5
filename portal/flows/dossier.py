"""An agent opens a shipment: the answer first, then one timeline of everything; the look is audited."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.delivery import Shipment
from portal.domain.lockers import Booking
from portal.domain.pickup import code_of
from portal.domain.standing import Standing, standing
from portal.domain.telling_door import door_lines
from portal.domain.timeline import EVERYTHING, Choice, Timeline, weave
from portal.flows import calls
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.flows.dossier_read import read
from portal.flows.dossier_strands import strands
from portal.flows.told_how import Reach, reach_of
from portal.store import audit
from portal.store.agents import Agent
from portal.store.dossier import LinkKnown
from portal.store.shippers import Shipper


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of a shipment, for an agent on the phone.

    `link` opens the recipient's own page, if one of `links` is good. `reach` is how they are told, `proof` what the
    hand-over left, in sentences, `stay` what waits in a locker.
    """

    shipment: Shipment
    shipper: Shipper
    standing: Standing
    timeline: Timeline
    changes: tuple[Change, ...]
    link: str
    links: tuple[LinkKnown, ...]
    reach: Reach
    proof: tuple[str, ...] = ()
    stay: Booking | None = None


def open_dossier(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, now: datetime, choice: Choice = EVERYTHING
) -> Dossier | None:
    """The dossier; None: no such shipment in the agent's scope. Whoever shows it calls `note_look`."""
    known = read(session, voice, agent.shipper_id, shipment_id, now)
    if known is None:
        return None
    shipment = known.shipment
    return Dossier(
        shipment=shipment,
        shipper=voice.shippers(session)[shipment.shipper_id],
        standing=standing(shipment, known.changes, now, known.matters),
        timeline=weave(strands(known, now), choice),
        changes=known.changes,
        link=voice.link(shipment),
        links=tuple(known.links),
        reach=reach_of(known, now),
        proof=door_lines(known.door),
        stay=known.stay if known.stay and known.stay.waits else None,
    )


def code_for_caller(session: Session, voice: Voice, agent: Agent, known: Dossier, now: datetime) -> str:
    """The code that opens the compartment, while the caller is known to this agent by a code of their own; else empty.

    Words about the caller are not enough: the recipient's own page asks for a code as well.
    Whoever shows it calls `note_look` with `saw_pickup_code`.
    """
    proof = calls.proof_of_call(session, agent, known.shipment.id, now)
    if known.stay is None or proof is None or not proof.by_code:
        return ""
    return code_of(voice.secret, known.stay)


def note_look(
    session: Session, agent: Agent, shipment: Shipment, now: datetime, what: str = "looked"
) -> None:
    """Write down who looked: at the dossier, or at what else `what` names."""
    audit.record(session, actor(agent), what, now, shipper_id=shipment.shipper_id, shipment_id=shipment.id)
