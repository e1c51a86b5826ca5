"""An agent calls dispatch's attention, to a shipment or to an event that looks wrong; taken back while nobody read it.

The record itself stays as dispatch told it: only dispatch corrects an event, by another one that names it.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.db import after_commit, touched
from portal.domain.attention import LONGEST_WORDS, Attention, why_not_back
from portal.domain.delivery import Shipment
from portal.flows.agent_acts import Done, Sorry, record
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.store import attentions, changes, shipments
from portal.store.agents import Agent

ATTENTION, DISPUTED, WITHDRAWN = "shipment.attention", "event.disputed", "shipment.attention_withdrawn"
SAY_WHAT = f"Please write to dispatch in up to {LONGEST_WORDS} characters."


def call(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, words: str, now: datetime
) -> Done | Sorry | None:
    """Tell dispatch something about a shipment. None: there is no such shipment in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    if not 0 < len(words) <= LONGEST_WORDS:
        return Sorry(SAY_WHAT)
    if not _waits(session, shipment, "", words):
        _tell(session, voice, agent, shipment, _new(agent, shipment, "", words, now))
    return Done("Dispatch is told; it stands on their desk until somebody has read it.")


def dispute(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, event_id: str, why: str, now: datetime
) -> Done | Sorry | None:
    """Ask dispatch to correct an event that counts. None: there is no such shipment or event in the scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    event = (
        next((one for one in shipment.state.story if one.event_id == event_id), None) if shipment else None
    )
    if shipment is None or event is None:
        return None
    if not 0 < len(why) <= LONGEST_WORDS:
        return Sorry(SAY_WHAT)
    if not _waits(session, shipment, event_id):
        attention = _new(agent, shipment, event_id, why, now)
        _tell(session, voice, agent, shipment, attention, happening=event.happening.value)
    return Done("Dispatch is asked to look at the event. The record stays as it is until they correct it.")


def take_back(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, attention_id: str, now: datetime
) -> Done | Sorry | None:
    """Take it back while nobody at dispatch has read it. None: there is no such thing in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    known = attentions.find(session, agent.shipper_id, attention_id)
    if shipment is None or known is None or known.shipment_id != shipment.id:
        return None
    if because := why_not_back(known):
        return Sorry(because)
    if attentions.take_back(session, known.id, now):
        data = {"attention_id": known.id, "event_id": known.event_id or None, "withdrawn_by": actor(agent)}
        _to_dispatch(session, voice, shipment, WITHDRAWN, data, now)
        record(session, agent, shipment, "attention_withdrawn", now)
    return Done("It is taken back.")


def _waits(session: Session, shipment: Shipment, event_id: str, words: str | None = None) -> bool:
    """Whether the same is with dispatch already: an event is doubted once, the same words are said once."""
    return any(
        one.waits and one.event_id == event_id and words in (None, one.words)
        for one in attentions.of_shipment(session, shipment.id)
    )


def _new(agent: Agent, shipment: Shipment, event_id: str, words: str, now: datetime) -> Attention:
    about = shipment.shipper_id, shipment.id, event_id
    return Attention(str(uuid.uuid4()), *about, words, actor(agent), now)


def _tell(
    session: Session, voice: Voice, agent: Agent, shipment: Shipment, attention: Attention, **more: str
) -> None:
    attentions.add(session, attention)
    said = "reason" if attention.event_id else "words"
    data = {"attention_id": attention.id, said: attention.words, "by": attention.by, **more}
    if attention.event_id:
        data["event_id"] = attention.event_id
    type = DISPUTED if attention.event_id else ATTENTION
    _to_dispatch(session, voice, shipment, type, data, attention.at)
    action = "event_disputed" if attention.event_id else "attention_called"
    record(session, agent, shipment, action, attention.at, **{"event": attention.event_id} if more else {})


def _to_dispatch(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    type: str,
    data: Mapping[str, str | None],
    now: datetime,
) -> None:
    about = {"shipment": shipment.reference, "at": now.isoformat()}
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, type, now, {**about, **data})
    # the recipient's page says of an event in doubt that we are looking into it
    touched(session, [shipment.id])
    after_commit(session, "feed", voice.nudge_feed)
