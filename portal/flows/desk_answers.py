"""Answers given on the desk: kept for a few seconds in which they can be undone, then they take effect."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.answering import refusal
from portal.domain.change import Change, TooLate, decide_answer
from portal.domain.telling_changes import DECIDED, wished
from portal.flows import change as changing
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.store import audit, desk, reached
from portal.store.agents import Agent
from portal.store.desk import DeskAnswer

LONGEST_REASON = 500
UNDO_SECONDS = 8
SORRY_WHY = "Please choose a reason, or write one: the recipient will read it."
WORDS = {True: "accept", False: "refuse"}
DECIDED_SOON = {True: "accepted", False: "refused"}


@dataclass(frozen=True, slots=True)
class Yes:
    """Dispatch agrees."""


@dataclass(frozen=True, slots=True)
class No:
    """Dispatch does not; the recipient reads a standard sentence (`code`) or the dispatcher's own words."""

    code: str
    own_words: str = ""


def answer(
    session: Session, agent: Agent, change_id: str, said: Yes | No, now: datetime, lasts: timedelta
) -> Done | Sorry | None:
    """Keep an answer that takes effect after `lasts`. None: there is no such change in the agent's scope."""
    shipment, change = changing.held(session, agent.shipper_id, change_id)
    if change is None or shipment is None:
        return None
    code, reason = "", ""
    if isinstance(said, No):
        if len(said.own_words) > LONGEST_REASON:
            return Sorry(
                f"A reason has at most {LONGEST_REASON} characters; this one has {len(said.own_words)}."
            )
        because = refusal(change.kind, said.code, said.own_words)
        if because is None:
            return Sorry(SORRY_WHY)
        code, reason = because
    if sorry := _why_not(session, change, isinstance(said, Yes), now):
        return sorry
    kept = DeskAnswer(
        change_id=change.id,
        shipper_id=shipment.shipper_id,
        agent_id=agent.id,
        agent=actor(agent),
        accepted=isinstance(said, Yes),
        reason_code=code,
        reason=reason,
        given_at=now,
        effective_at=now + lasts,
    )
    desk.put(session, kept)
    reached.by_answer(session, change.id, "desk", now)
    _record(session, agent, "answered", change, shipment.shipper_id, kept, now)
    return Done(f"You {WORDS[kept.accepted]}: {wished(change)}. It counts in {UNDO_SECONDS} seconds.")


def _why_not(session: Session, change: Change, accepted: bool, now: datetime) -> Sorry | None:
    if not change.open:
        return Sorry(f"Somebody or the clock was faster. This change is already {change.life.value}.")
    if earlier := desk.find(session, change.id):
        word = DECIDED_SOON[earlier.accepted]
        return Sorry(f"{earlier.agent} has just {word} this change. Undo that first to answer otherwise.")
    verdict = decide_answer(change, accepted, now)
    return (
        Sorry(f"Somebody or the clock was faster. {verdict.because}")
        if isinstance(verdict, TooLate)
        else None
    )


def undo(session: Session, agent: Agent, change_id: str, now: datetime) -> Done | Sorry | None:
    """Take an answer back before it counts. None: there is no such change in the agent's scope."""
    shipment, change = changing.held(session, agent.shipper_id, change_id)
    if change is None or shipment is None:
        return None
    kept = desk.find(session, change.id)
    if kept is None or not change.open:
        became = "waits for an answer again" if change.open else f"is {change.life.value}"
        return Sorry(f"There is nothing to undo any more: this change {became}.")
    desk.drop(session, change.id)
    _record(session, agent, "answer_undone", change, shipment.shipper_id, kept, now)
    return Done(f"Undone: {wished(change)} waits for an answer again.")


def count(session: Session, voice: Voice, waiting: DeskAnswer, now: datetime) -> bool:
    """An answer's moment has come; False when it was undone, or when somebody else had answered meanwhile.

    What was given in time counts, also where the change's time ran out since.
    """
    shipment, change = changing.held(session, waiting.shipper_id, waiting.change_id)
    kept = desk.find(session, waiting.change_id)
    if kept is None or change is None or shipment is None:
        return False
    desk.drop(session, change.id)
    if not change.open:
        became = DECIDED[change.life][0]
        detail = {
            "change": change.id,
            "answer": DECIDED_SOON[kept.accepted],
            "became": became,
            "by": change.decided_by,
        }
        audit.record(
            session,
            kept.agent,
            "answer_overtaken",
            now,
            shipper_id=shipment.shipper_id,
            shipment_id=shipment.id,
            **detail,
        )
        return False
    changing.answer(
        session,
        voice,
        kept.shipper_id,
        change.id,
        kept.accepted,
        kept.agent,
        now,
        reason_code=kept.reason_code,
        reason=kept.reason,
        given_at=kept.given_at,
    )
    return True


def _record(
    session: Session,
    agent: Agent,
    action: str,
    change: Change,
    shipper_id: int,
    kept: DeskAnswer,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor(agent),
        action,
        now,
        shipper_id=shipper_id,
        shipment_id=change.shipment_id,
        change=change.id,
        answer=DECIDED_SOON[kept.accepted],
    )
