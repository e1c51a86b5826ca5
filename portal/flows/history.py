"""An agent takes the history of a shipment along: the timeline as it stands, with contacts masked unless revealed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import masking
from portal.domain.delivery import Shipment
from portal.domain.timeline import Entry
from portal.domain.veil import closed_entry, veiled
from portal.flows import quotas, reveals
from portal.flows.agent_acts import Sorry, record
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.flows.dossier import open_dossier
from portal.store.agents import Agent


@dataclass(frozen=True, slots=True)
class History:
    """What is taken along. `entries` are the timeline's, oldest first; `phone` and `email` are masked if `masked`."""

    shipment: Shipment
    shipper: str
    headline: str
    entries: tuple[Entry, ...]
    phone: str
    email: str
    masked: bool
    by: str
    at: datetime


def take(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, format: str, now: datetime
) -> History | Sorry | None:
    """The history for a paper or a file; counted, and written down. None: no such shipment in the agent's scope."""
    dossier = open_dossier(session, voice, agent, shipment_id, now)
    if dossier is None:
        return None
    if until := quotas.take(session, agent, "export", now):
        minutes = max(1, -(-int((until - now).total_seconds()) // 60))
        return Sorry(f"You have exported as much as you may in an hour. Please wait {minutes} min.")
    shipment = dossier.shipment
    masked = not reveals.is_open(session, agent, shipment.id, now)
    who, timeline = shipment.recipient, veiled(dossier.timeline) if masked else dossier.timeline
    record(session, agent, shipment, "history_exported", now, format=format, contacts=_seen(masked))
    return History(
        shipment=shipment,
        shipper=dossier.shipper.name,
        headline=dossier.standing.headline,
        # a paper goes from hand to hand, and a link opens the page to whoever holds it
        entries=tuple(map(closed_entry, reversed(timeline.entries))),
        phone=masking.phone(who.phone) if masked else who.phone,
        email=masking.email(who.email) if masked else who.email,
        masked=masked,
        by=actor(agent),
        at=now,
    )


def _seen(masked: bool) -> str:
    return "masked" if masked else "in full"
