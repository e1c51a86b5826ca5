"""The agents' list of what somebody has to look after, and closing a matter with a note."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.follow_up import MATTERS, FollowUp, Matter
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.store import audit, follow_ups
from portal.store import search as store
from portal.store.agents import Agent
from portal.store.search import Found

LONGEST_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class Item:
    """A matter with its shipment; `called` is what it is, `todo` what there is to do."""

    matter: FollowUp
    found: Found
    called: str
    todo: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What an agent sees; `counts` are the open ones by matter."""

    items: tuple[Item, ...]
    counts: Mapping[Matter, int]
    only: Matter | None
    closed: bool

    @property
    def open_in_all(self) -> int:
        """How many are open, whatever they are about."""
        return sum(self.counts.values())


def listed(session: Session, agent: Agent, only: Matter | None, closed: bool) -> Listed:
    """Open matters of the agent's scope, oldest first, or those closed last."""
    matters = follow_ups.listed(session, agent.shipper_id, only, closed)
    found = store.found(session, agent.shipper_id, (one.shipment_id for one in matters))
    items = tuple(
        Item(one, found[one.shipment_id], *MATTERS[one.matter]) for one in matters if one.shipment_id in found
    )
    return Listed(items, follow_ups.counts(session, agent.shipper_id), only, closed)


def close(session: Session, agent: Agent, follow_up_id: int, note: str, now: datetime) -> Done | Sorry | None:
    """It was looked after; the note says how. None: there is no such matter in the agent's scope."""
    matter = follow_ups.find(session, agent.shipper_id, follow_up_id)
    if matter is None:
        return None
    if not note:
        return Sorry("Please write in a few words what you did.")
    if len(note) > LONGEST_NOTE:
        return Sorry(f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(note):,}.")
    if not follow_ups.close(session, matter, actor(agent), note, now):
        return Sorry("Somebody else has closed this already.")
    audit.record(
        session,
        actor(agent),
        "followed_up",
        now,
        shipper_id=matter.shipper_id,
        shipment_id=matter.shipment_id,
        matter=matter.matter.value,
    )
    return Done(f"Closed: {MATTERS[matter.matter][0].lower()}.")


def open_count(session: Session, agent: Agent) -> int:
    """How many matters are open in the agent's scope."""
    return sum(follow_ups.counts(session, agent.shipper_id).values())
