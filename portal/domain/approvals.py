"""Four eyes: which of an agent's changes a second person has to agree to, who that may be, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.domain.callers import Proof
from portal.domain.change import Kind
from portal.domain.kinds import KINDS
from portal.domain.roles import Role, may

# A caller has long hung up; what nobody looked at in a shift's half is asked anew.
WAITS_FOR = timedelta(hours=2)
DECIDES = Role.LEAD
LONGEST_WHY = 200


class Standing(StrEnum):
    """How far an approval has come. Nothing is promised and nothing is asked of dispatch before APPROVED."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Need(StrEnum):
    """Why a second person has to agree; the value is the sentence for agents."""

    ELSEWHERE = "It takes the parcel to another address, so a second person has to agree."
    UNPROVEN = "No code was read out, so a second person has to agree."


class MayNot(StrEnum):
    """Why somebody may not decide; the value is the sentence for agents."""

    ROLE = "Only a lead or an admin can decide this."
    OWN = "You asked for it yourself: somebody else has to decide."
    DECIDED = "This was decided already."
    LAPSED = "The time to decide this is over. It has to be asked anew."


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent asks a second person: the wish as plain JSON and in words, how the caller is known, and the last
    moment for such a change (None: there is none yet)."""

    kind: Kind
    payload: Mapping[str, Any]
    shown: str
    proof: Proof
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """One change of an agent that waits, or waited, for a second person.

    `payload` is the packed wish, gone once it was decided; `shown` the same in words, without contacts; `seal` binds
    both to this question. `method` is how the caller was known (`agent_code`, `agent_reason`), `caller` the same for
    colleagues, `why` the agent's words. `reason` is what whoever decided said, or why it lapsed; `change_id` what
    became of it.
    """

    id: int
    shipper_id: int
    shipment_id: int
    kind: Kind
    payload: Mapping[str, Any]
    seal: str
    shown: str
    method: str
    caller: str
    why: str
    asked_by: str
    asked_by_id: int
    asked_at: datetime
    lapses_at: datetime
    standing: Standing = Standing.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    change_id: str = ""

    @property
    def opening(self) -> str:
        """What is asked, at the beginning of a line; what was asked for somebody who was forgotten since is gone."""
        return self.shown[:1].upper() + self.shown[1:] or "Erased"


def needs_second(kind: Kind, takes_code: bool, by_code: bool) -> Need | None:
    """Why this kind, asked by an agent, takes a second person. `takes_code`: the recipient would need a code for it;
    `by_code`: the caller read one out."""
    if KINDS[kind].elsewhere:
        return Need.ELSEWHERE
    return Need.UNPROVEN if takes_code and not by_code else None


def wrong_reason(agrees: bool, why: str) -> str:
    """What is wrong with the words of a decision; empty when they do. A no has to say why."""
    if len(why) > LONGEST_WHY:
        return f"Please say it in up to {LONGEST_WHY} characters."
    return "" if agrees or why else "Please say in a few words why not: your colleague tells the caller."


def may_decide(approval: Approval, agent_id: int, role: str, now: datetime) -> MayNot | None:
    """Why this person may not decide it now; None when they may. Their shipper was looked at before."""
    if not may(role, DECIDES):
        return MayNot.ROLE
    if agent_id == approval.asked_by_id:
        return MayNot.OWN
    if approval.standing is not Standing.WAITING:
        return MayNot.DECIDED
    return MayNot.LAPSED if now >= approval.lapses_at else None


def lapses_at(asked_at: datetime, until: datetime | None) -> datetime:
    """When it lapses if nobody decides: after a time, or at the last moment for such a change."""
    latest = asked_at + WAITS_FOR
    return latest if until is None else min(latest, until)
