"""Four eyes: what an agent asked waits for a second person, who agrees, says no, or comes too late."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.approvals import (
    Approval,
    MayNot,
    Question,
    Standing,
    lapses_at,
    may_decide,
    wrong_reason,
)
from portal.domain.callers import AGENT
from portal.domain.change_policy import Refused
from portal.domain.delivery import Shipment
from portal.domain.follow_up import Matter
from portal.domain.masking import in_text
from portal.domain.telling_changes import WISHED
from portal.flows import change, work
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.flows.approval_words import seal, still_meant
from portal.flows.contact_changes import all_stood
from portal.store import approvals as store
from portal.store import audit, shipments
from portal.store.agents import Agent

# Who lets it lapse when nobody decides, as the audit names it.
BY_RULE = "rule"
LOOKED_AT_WITHIN = timedelta(minutes=30)
OTHERWISE = "What it means has changed since it was asked, so it has to be asked anew."
NOBODY = "Nobody decided in time."
AGREED = "You agreed. Dispatch is asked, and the recipient is told."


@dataclass(frozen=True, slots=True)
class Listed:
    """An approval with its shipment; `may_not` says why this person cannot decide it, `contacts_are_new` that the
    contacts on file were replaced within a day."""

    approval: Approval
    shipment: Shipment
    may_not: MayNot | None
    contacts_are_new: bool = False


def ask(
    session: Session, voice: Voice, agent: Agent, shipment: Shipment, question: Question, now: datetime
) -> Approval:
    """Ask a second person. Whoever calls holds the shipment, and none waits for it already."""
    proof, until = question.proof, lapses_at(now, question.until)
    told = {
        "payload": dict(question.payload),
        "shown": question.shown,
        "method": proof.method,
        "asked_by_id": agent.id,
    }
    values = told | {
        "shipper_id": shipment.shipper_id,
        "shipment_id": shipment.id,
        "kind": question.kind.value,
        "caller": proof.said,
        "why": proof.words,
        "asked_by": actor(agent),
        "asked_at": now,
        "lapses_at": until,
        "seal": "",
    }
    number = store.add(session, values)
    store.seal(session, number, seal(voice, number, shipment.id, told))
    due = min(now + LOOKED_AT_WITHIN, until)
    work.raise_matter(
        session,
        shipment.shipper_id,
        shipment.id,
        Matter.APPROVAL,
        str(number),
        question.shown,
        now,
        due_at=due,
        asked_by=actor(agent),
    )
    _record(session, actor(agent), shipment, "approval_asked", now, what=WISHED[question.kind])
    asked = store.find(session, shipment.shipper_id, number)
    assert asked is not None
    return asked


def waiting(session: Session, agent: Agent, now: datetime) -> list[Listed]:
    """What waits in the agent's scope, the one that lapses first on top."""
    listed = _listed(session, agent, store.waiting(session, agent.shipper_id), now)
    return [replace(one, contacts_are_new=not all_stood(session, one.shipment, now)) for one in listed]


def decided(session: Session, agent: Agent, now: datetime) -> list[Listed]:
    """What was decided last in the agent's scope."""
    return _listed(session, agent, store.decided(session, agent.shipper_id), now)


def _listed(session: Session, agent: Agent, found: list[Approval], now: datetime) -> list[Listed]:
    doors = shipments.by_ids(session, (one.shipment_id for one in found))
    return [
        Listed(one, doors[one.shipment_id], may_decide(one, agent.id, agent.role, now))
        for one in found
        if one.shipment_id in doors
    ]


def decide(
    session: Session, voice: Voice, agent: Agent, approval_id: int, agrees: bool, why: str, now: datetime
) -> Done | Sorry | None:
    """A second person says yes or no. None: no such approval in their scope.

    At a yes the policy decides again, by the facts of this moment. The shipment is held first, so that of two who
    decide at once one comes too late.
    """
    shipment, approval = _held(session, agent, approval_id)
    if shipment is None or approval is None:
        return None
    if may_not := may_decide(approval, agent.id, agent.role, now):
        if may_not is MayNot.LAPSED:
            _close(session, shipment, approval, Standing.LAPSED, BY_RULE, NOBODY, now)
        return Sorry(may_not.value)
    if wrong := wrong_reason(agrees, why):
        return Sorry(wrong)
    if not agrees:
        _close(session, shipment, approval, Standing.REFUSED, actor(agent), why, now)
        return Done("You said no. Your colleague reads why, and nothing is changed.")
    return _carry_out(session, voice, agent, shipment, approval, why, now)


def _carry_out(
    session: Session,
    voice: Voice,
    agent: Agent,
    shipment: Shipment,
    approval: Approval,
    why: str,
    now: datetime,
) -> Done | Sorry:
    wish = still_meant(session, voice, shipment, approval, now)
    if wish is None:
        _close(session, shipment, approval, Standing.LAPSED, BY_RULE, OTHERWISE, now)
        return Sorry(OTHERWISE)
    method = approval.method
    verdict = change.ask(session, voice, shipment, wish, now, asked_by=AGENT, method=method)
    if isinstance(verdict, Refused):
        because = f"It is no longer possible: {verdict.because.value}"
        _close(session, shipment, approval, Standing.LAPSED, BY_RULE, because, now)
        return Sorry(because)
    by, became = actor(agent), verdict.change.id
    _close(session, shipment, approval, Standing.APPROVED, by, why, now, became)
    return Done(AGREED)


def take_back(session: Session, agent: Agent, approval_id: int, now: datetime) -> Done | Sorry | None:
    """Whoever asked no longer wants it. None: no such approval in their scope."""
    shipment, approval = _held(session, agent, approval_id)
    if shipment is None or approval is None:
        return None
    if approval.asked_by_id != agent.id:
        return Sorry("Only who asked for it can take it back. A lead can say no.")
    if approval.standing is not Standing.WAITING:
        return Sorry(MayNot.DECIDED.value)
    _close(session, shipment, approval, Standing.WITHDRAWN, actor(agent), "", now)
    return Done("It is taken back, and nothing is changed.")


def shipment_of(session: Session, agent: Agent, approval_id: int) -> int | None:
    """Which delivery an approval in the agent's scope is about."""
    found = store.find(session, agent.shipper_id, approval_id)
    return found.shipment_id if found else None


def lapse_overdue(session: Session, now: datetime) -> int:
    """Close what nobody decided in time; how many. Safe to run twice."""
    closed = 0
    for found in store.overdue(session, now):
        shipment = shipments.by_id(session, found.shipper_id, found.shipment_id, lock=True)
        if shipment is not None:
            closed += _close(session, shipment, found, Standing.LAPSED, BY_RULE, NOBODY, now)
    return closed


def _held(session: Session, agent: Agent, approval_id: int) -> tuple[Shipment | None, Approval | None]:
    """Shipment and approval; the shipment first, as every flow holds it, and then what it says by then."""
    found = store.find(session, agent.shipper_id, approval_id)
    if found is None:
        return None, None
    shipment = shipments.by_id(session, agent.shipper_id, found.shipment_id, lock=True)
    return shipment, store.find(session, agent.shipper_id, approval_id)


def _close(
    session: Session,
    shipment: Shipment,
    approval: Approval,
    into: Standing,
    by: str,
    reason: str,
    now: datetime,
    change_id: str = "",
) -> bool:
    if not store.close(session, approval.id, into, by, reason, now, change_id):
        return False
    work.settle(session, shipment.id, Matter.APPROVAL, str(approval.id), now)
    _record(session, by, shipment, f"approval_{into}", now, what=WISHED[approval.kind], why=in_text(reason))
    return True


def _record(session: Session, by: str, shipment: Shipment, action: str, now: datetime, **detail: str) -> None:
    audit.record(session, by, action, now, shipper_id=shipment.shipper_id, shipment_id=shipment.id, **detail)
