"""What agents call dispatch's attention to, as dispatch meets it: listed on the desk, read, settled by a correction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.db import touched
from portal.domain.attention import Attention
from portal.domain.delivery import Shipment
from portal.domain.events import DispatchEvent
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.store import attentions, audit, shipments
from portal.store.agents import Agent

READ = "Thank you. The agent sees that you have read it."


@dataclass(frozen=True, slots=True)
class Called:
    """An agent's words with the shipment they are about, and the doubted event, if one is."""

    attention: Attention
    shipment: Shipment
    event: DispatchEvent | None

    @property
    def depot(self) -> str:
        """Whose desk it is for."""
        return self.shipment.depot


def waiting(session: Session, shipper_id: int | None) -> tuple[Called, ...]:
    """What nobody at dispatch has read yet, oldest first, within a scope (None: the operator's)."""
    listed = attentions.waiting(session, shipper_id)
    about = shipments.by_ids(session, (one.shipment_id for one in listed)) if listed else {}
    return tuple(_called(one, about[one.shipment_id]) for one in listed if one.shipment_id in about)


def _called(attention: Attention, shipment: Shipment) -> Called:
    story = shipment.state.story
    event = next((one for one in story if attention.event_id and one.event_id == attention.event_id), None)
    return Called(attention, shipment, event)


def read_on_desk(session: Session, agent: Agent, attention_id: str, now: datetime) -> Done | Sorry | None:
    """A dispatcher has read it. None: there is no such thing in their scope."""
    return _read(session, agent.shipper_id, attention_id, actor(agent), now)


def read_by_api(
    session: Session, shipper_id: int | None, attention_id: str, by: str, now: datetime
) -> Attention | None:
    """Dispatch's own system has read it; once is enough. None: there is no such thing in the key's scope."""
    _read(session, shipper_id, attention_id, by or "dispatch", now)
    return attentions.find(session, shipper_id, attention_id)


def _read(
    session: Session, shipper_id: int | None, attention_id: str, by: str, now: datetime
) -> Done | Sorry | None:
    known = attentions.find(session, shipper_id, attention_id)
    if known is None:
        return None
    if attentions.read(session, known.id, by, now):
        about = {"shipper_id": known.shipper_id, "shipment_id": known.shipment_id}
        audit.record(session, by[:120], "attention_read", now, **about)
        return Done(READ)
    return Done(READ) if known.stands else Sorry("The agent took it back, or it is settled already.")


def corrections_came(
    session: Session, news: Iterable[tuple[int, Iterable[DispatchEvent]]], now: datetime
) -> None:
    """New events by shipment: a doubted event that one of them corrects is settled."""
    corrected = {one: {event.corrects for event in events if event.corrects} for one, events in news}
    corrected = {one: events for one, events in corrected.items() if events}
    if corrected:
        attentions.corrected(session, corrected, set().union(*corrected.values()), now)
        touched(session, corrected)


def doubted(session: Session, shipment_id: int) -> set[str]:
    """The events of a shipment that was found within its scope which an agent doubts and nobody corrected yet."""
    return {
        one.event_id for one in attentions.of_shipment(session, shipment_id) if one.stands and one.event_id
    }
