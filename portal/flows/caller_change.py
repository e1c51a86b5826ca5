"""An agent asks a change for a caller: under the recipient's own policy, and where needed with a second person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import change_policy as policy
from portal.domain.approvals import Approval, Question, needs_second
from portal.domain.callers import AGENT, Proof
from portal.domain.change import Change, TooLate
from portal.domain.change_policy import Refused
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, Wish
from portal.domain.kinds.packing import pack
from portal.domain.telling_changes import WISHED
from portal.flows import approvals, change, holds
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.flows.approval_words import in_words
from portal.flows.calls import proof_of_call
from portal.flows.change import Asked
from portal.flows.change_offer import choices, place_of, situation
from portal.flows.kinds import EFFECTS
from portal.store import approvals as store
from portal.store import audit, changes, shipments
from portal.store.agents import Agent

NOT_KNOWN = "Please find out who is calling first: by a code, or by a reason that you write down."
ONE_WAITS = "A change for this delivery already waits for a second person."


@dataclass(frozen=True, slots=True)
class Waits:
    """Nothing is asked of dispatch yet: a second person has to agree."""

    approval: Approval


def ask(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, wish: Wish, now: datetime
) -> Asked | Waits | Refused | Sorry | None:
    """Ask what the caller wants. None: no such shipment in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    proof = proof_of_call(session, agent, shipment.id, now)
    if proof is None:
        return Sorry(NOT_KNOWN)
    known = changes.of_shipments(session, [shipment.id]).get(shipment.id, [])
    where = situation(shipment, voice.shippers(session)[shipment.shipper_id].rules, known)
    need = needs_second(wish.kind, policy.needs_code(wish.kind, where), proof.by_code)
    if need is None:
        return _ask_now(session, voice, agent, shipment, wish, proof, now)
    if store.waits_for(session, shipment.id):
        return Sorry(ONE_WAITS)
    return _ask_a_second(session, voice, agent, shipment, known, wish, proof, now)


def _ask_now(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment: Shipment,
    wish: Wish,
    proof: Proof,
    now: datetime,
) -> Asked | Refused:
    verdict = change.ask(session, voice, shipment, wish, now, asked_by=AGENT, method=proof.method)
    if isinstance(verdict, Asked):
        _record(session, agent, shipment, "asked_for_caller", now, what=WISHED[wish.kind], why=proof.said)
    return verdict


def _ask_a_second(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment: Shipment,
    known: list[Change],
    wish: Wish,
    proof: Proof,
    now: datetime,
) -> Waits | Refused:
    """What it needs is kept as long as for a recipient who decides; the rest is looked at again at the yes."""
    held = holds.hold(session, voice, shipment, wish, now)
    if isinstance(held, Refused):
        return held
    near, free = choices(session, shipment, now, wish=wish)
    wish = EFFECTS[wish.kind].clean(wish, shipment)
    rules = voice.shippers(session)[shipment.shipper_id].rules
    where = situation(shipment, rules, known, place_of(session, shipment, now))
    question = Question(
        kind=wish.kind,
        payload=pack(wish),
        shown=in_words(wish, shipment, Choices(tuple(near), tuple(free))),
        proof=proof,
        until=policy.option(wish.kind, where, now).until,
    )
    return Waits(approvals.ask(session, voice, agent, shipment, question, now))


def take_back(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, change_id: str, now: datetime
) -> Done | Sorry | None:
    """Take a change back for the caller: all is as the sender asked. None: no such change in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    proof = proof_of_call(session, agent, shipment.id, now)
    if proof is None:
        return Sorry(NOT_KNOWN)
    verdict = change.withdraw(session, voice, shipment, change_id, now, by=AGENT)
    if verdict is None:
        return None
    if isinstance(verdict, TooLate):
        return Sorry(verdict.because)
    what = WISHED[verdict.change.kind]
    _record(session, agent, shipment, "taken_back_for_caller", now, what=what, why=proof.said)
    return Done("The change is taken back. Everything stays as it was planned.")


def _record(
    session: Session, agent: Agent, shipment: Shipment, action: str, now: datetime, **detail: str
) -> None:
    audit.record(
        session,
        actor(agent),
        action,
        now,
        shipper_id=shipment.shipper_id,
        shipment_id=shipment.id,
        **detail,
    )
