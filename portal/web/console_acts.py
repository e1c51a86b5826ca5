"""What the dossier's column of actions shows: what this agent may do for this shipment now, and what was done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import masking
from portal.domain.attention import LONGEST_WORDS, Attention
from portal.domain.events import DispatchEvent
from portal.domain.goodwill import Gift, Reason, standing
from portal.domain.tags import LONGEST_TAG
from portal.domain.telling_replies import Said, without_codes
from portal.domain.timeline import Entry
from portal.flows import agent_acts_message
from portal.flows.agent_acts import LONGEST_WHY
from portal.flows.dossier import Dossier
from portal.store import attentions, goodwill, inbound, tags
from portal.store.agents import Agent
from portal.store.tags import Tag
from portal.wiring import kit

FEW, LONGEST_LINE = 10, 60


@dataclass(frozen=True, slots=True)
class Panel:
    """What the dossier's column of actions shows, in templates/pages/console/_acts.html; lists are newest first.

    `often` are tags that the shipper uses. `again` are the messages on the page that may go again, `texts` (text,
    its first words) what the recipient wrote, `events` what may be doubted, `called` what dispatch has not read,
    `gifts` what can still be taken back, and `reasons` what was not made good yet.
    """

    tags: Sequence[Tag]
    often: Sequence[str]
    again: Sequence[Entry]
    texts: Sequence[tuple[Said, str]]
    events: Sequence[DispatchEvent]
    called: Sequence[Attention]
    reasons: Sequence[Reason]
    gifts: Sequence[Gift]
    now: datetime
    longest_tag: int = LONGEST_TAG
    longest_why: int = LONGEST_WHY
    longest_call: int = LONGEST_WORDS
    longest_words: int = agent_acts_message.LONGEST_WORDS


def panel(session: Session, agent: Agent, dossier: Dossier) -> Panel:
    """What this agent may do for this shipment now."""
    shipment, now = dossier.shipment, kit().now()
    given = standing(goodwill.gifts(session, shipment.id))
    made_good = {one.reason_id for one in given}
    offered = (one for one in goodwill.reasons(session, shipment.shipper_id) if not one.retired)
    on = tags.of_shipments(session, [shipment.id]).get(shipment.id, [])
    often = tags.often_used(session, shipment.shipper_id)
    return Panel(
        tags=on,
        often=[one for one in often if one not in {tag.tag for tag in on}],
        again=[one for one in dossier.timeline.entries if one.message_id][:FEW],
        texts=_texts(session, shipment.id),
        events=[one for one in reversed(shipment.state.story) if not one.ours][:FEW],
        called=[_veiled(one) for one in reversed(attentions.of_shipment(session, shipment.id)) if one.waits],
        reasons=[one for one in offered if one.id not in made_good],
        gifts=[one for one in reversed(given) if now < one.until()],
        now=now,
    )


def _veiled(attention: Attention) -> Attention:
    return replace(attention, words=masking.in_text(attention.words))


def _texts(session: Session, shipment_id: int) -> list[tuple[Said, str]]:
    """The last texts, by their first words; what may be a number or an address is masked."""
    last = inbound.of_shipment(session, shipment_id)[-FEW:][::-1]
    return [(one, _shortened(masking.in_text(without_codes(one.text)))) for one in last]


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
