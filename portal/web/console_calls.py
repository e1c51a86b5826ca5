"""What the dossier says of the caller: who they are known to be, the code that is waited for, what waits for a yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.domain.approvals import DECIDES, Approval, Standing
from portal.domain.callers import LONGEST_WORDS, REASONS, SAID, Proof, Way
from portal.domain.delivery import Shipment
from portal.domain.masking import in_text
from portal.domain.roles import may
from portal.flows import calls
from portal.flows.dossier import Dossier
from portal.store import approvals
from portal.store.agents import Agent
from portal.web.dossier_view import Clock, clock
from portal.wiring import kit

STANDS = {
    Standing.WAITING: ("Waits for a second person", "warn"),
    Standing.APPROVED: ("Agreed", "good"),
    Standing.REFUSED: ("Refused", "bad"),
    Standing.LAPSED: ("Lapsed", "warn"),
    Standing.WITHDRAWN: ("Taken back", "plain"),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """What templates/pages/console/_caller.html shows. `proof`: who calls is known; `words` are the agent's, without
    contacts; `sent`: where a code went that was not typed yet. `asked` are this delivery's approvals, newest first;
    `decides`: this role may decide those of others.
    """

    shipment_id: int
    finished: bool
    clock: Clock
    agent_id: int
    decides: bool
    proof: Proof | None
    words: str
    sent: str
    asked: Sequence[Approval]
    reasons: Mapping[Way, tuple[str, str]]
    stands: Mapping[Standing, tuple[str, str]]
    longest: int = LONGEST_WORDS

    @property
    def known_by(self) -> str:
        """How they are known, in one line."""
        said = SAID[self.proof.way] if self.proof else ""
        return f"{said}: “{self.words}”" if self.words else said


def panel(session: Session, agent: Agent, dossier: Dossier) -> Panel:
    """Who the caller is known to be, and what they may ask."""
    return panel_of(session, agent, dossier.shipment)


def panel_of(session: Session, agent: Agent, shipment: Shipment) -> Panel:
    """The same for a shipment that was found within the agent's scope."""
    now, address = kit().now(), shipment.address
    call = calls.call_of(session, agent, shipment.id, now)
    proof = calls.proof_of_call(session, agent, shipment.id, now)
    waits = call is not None and call.proof is None and now < call.begun_at + kit().voice.code_lasts
    return Panel(
        shipment_id=shipment.id,
        finished=shipment.state.finished,
        clock=clock(address.timezone, address.country, now),
        agent_id=agent.id,
        decides=may(agent.role, DECIDES),
        proof=proof,
        words=in_text(proof.words) if proof else "",
        sent=call.hint if call and waits else "",
        asked=approvals.of_shipment(session, shipment.id)[::-1],
        reasons=REASONS,
        stands=STANDS,
    )
