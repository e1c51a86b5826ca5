"""An agent finds out who is calling: by a code sent to a contact on file, or by a reason that is written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.access import CodeVerdict
from portal.domain.callers import CALL_LASTS, PROOF_LASTS, REASONS, SAID, Proof, Way, wrong_words
from portal.domain.masking import in_text
from portal.flows import codes
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.flows.codes import NotSent, Purpose, Sent
from portal.store import audit, calls, shipments
from portal.store.agents import Agent
from portal.store.calls import Call


def purpose_of(agent: Agent) -> Purpose:
    """A code for this agent's caller: it opens no page, and nothing for another agent."""
    because = "An agent sent a code to the contact on file, so that a caller can read it out."
    return Purpose(Notice.CALLER_CODE, because, f"call:{agent.id}")


def send_code(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, now: datetime
) -> Sent | NotSent | None:
    """Send the caller a code to read out. None: no such shipment in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    sent = codes.send_code(session, voice, shipment, now, purpose=purpose_of(agent))
    if isinstance(sent, NotSent):
        return sent
    calls.begin(session, shipment.id, agent.id, Way.CODE, now, hint=_hint(sent))
    _record(session, agent, shipment.shipper_id, shipment.id, "caller_code_sent", now, channel=sent.channel)
    return sent


def _hint(sent: Sent) -> str:
    """Where it went, as an agent reads it; whose name and host an address has they need not know."""
    return f"the number that ends in {sent.hint}" if sent.channel == "sms" else "the email address on file"


def check_code(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment_id: int,
    typed: str,
    tries_allowed: int,
    now: datetime,
) -> CodeVerdict | None:
    """What the code that the caller read out is worth. None: no such shipment in the agent's scope.

    The shipment is held, so that tries at once are counted one by one and prove at most once.
    """
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    call = calls.latest(session, shipment.id, agent.id, now - CALL_LASTS)
    if call is None or call.way is not Way.CODE or call.proof:
        return CodeVerdict.NONE
    about = purpose_of(agent).about
    checked = codes.check_code(session, voice, shipment, typed, tries_allowed, now, about)
    if checked.verdict is CodeVerdict.RIGHT:
        calls.prove(session, call.id, now, now + PROOF_LASTS)
        _record(session, agent, shipment.shipper_id, shipment.id, "caller_known", now, what=SAID[Way.CODE])
    elif checked.verdict is CodeVerdict.WRONG:
        _record(session, agent, shipment.shipper_id, shipment.id, "caller_code_wrong", now)
    return checked.verdict


def take_reason(
    session: Session, agent: Agent, shipment_id: int, way: str, words: str, now: datetime
) -> Done | Sorry | None:
    """Write down how the agent knows the caller without a code. None: no such shipment in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    if way not in REASONS:
        return Sorry("Please choose how you know the caller.")
    if wrong := wrong_words(words):
        return Sorry(wrong)
    call = calls.begin(session, shipment.id, agent.id, Way(way), now, words=words)
    calls.prove(session, call, now, now + PROOF_LASTS)
    why = in_text(words)
    _record(
        session, agent, shipment.shipper_id, shipment.id, "caller_known", now, what=SAID[Way(way)], why=why
    )
    return Done("It is written down how you know the caller.")


def end(session: Session, agent: Agent, shipment_id: int, now: datetime) -> Done | None:
    """The caller hung up: the next one is somebody else. None: no such shipment in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    if calls.end(session, shipment.id, agent.id, now):
        _record(session, agent, shipment.shipper_id, shipment.id, "call_ended", now)
    return Done("The call is over. Whoever calls next has to be known anew.")


def call_of(session: Session, agent: Agent, shipment_id: int, now: datetime) -> Call | None:
    """The agent's newest caller about this shipment, known or not; the shipment was found within their scope."""
    return calls.latest(session, shipment_id, agent.id, now - CALL_LASTS)


def proof_of_call(session: Session, agent: Agent, shipment_id: int, now: datetime) -> Proof | None:
    """How this agent knows who is on the line about this very shipment; None when they do not, or no longer."""
    call = call_of(session, agent, shipment_id, now)
    return call.proof if call and call.proof and now < call.proof.until else None


def _record(
    session: Session,
    agent: Agent,
    shipper_id: int,
    shipment_id: int,
    action: str,
    now: datetime,
    **detail: str,
) -> None:
    audit.record(session, actor(agent), action, now, shipper_id=shipper_id, shipment_id=shipment_id, **detail)
