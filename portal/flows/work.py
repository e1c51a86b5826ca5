"""Matters for the agents' queue: raised by whoever finds out, settled when their cause went away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.follow_up import MATTERS, FollowUp, Matter
from portal.domain.timeline import Tone
from portal.domain.work_list import Age, urgency
from portal.store import follow_ups, work_list
from portal.store.agents import Agent

LONGEST_WORDS = 300


def raise_matter(
    session: Session,
    shipper_id: int | None,
    shipment_id: int | None,
    matter: Matter,
    key: str,
    words: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    **facts: Any,
) -> None:
    """Put something on the queue, once for its shipment, matter and key, however often it is raised.

    `words` is one line for the list, never a contact. `due_at` is when it breaks; without one it waits as long as
    `PATIENCE` says. `shipment_id` None: an alarm that is about no shipment; `shipper_id` None: one for the operator.
    What an agent has resolved stays so; what events had settled comes back. `facts` are plain JSON.
    """
    known = {**facts, "words": words[:LONGEST_WORDS]}
    follow_ups.open(session, shipper_id, shipment_id, matter, key, known, now, due_at)


def settle(
    session: Session,
    shipment_id: int | None,
    matter: Matter,
    key: str,
    now: datetime,
    *,
    shipper_id: int | None = None,
) -> None:
    """Its cause went away; without an open matter of this key nothing happens.

    An alarm, which has no shipment, is named by its shipper as well.
    """
    follow_ups.take_back(session, shipment_id, matter, key, now, shipper_id)


@dataclass(frozen=True, slots=True)
class Called:
    """A matter in words: what it is, what there is to do, and how urgent by its deadline."""

    matter: FollowUp
    called: str
    todo: str
    tone: Tone


def called(matter: FollowUp, now: datetime) -> Called:
    """A matter as it is shown at this moment."""
    return Called(matter, *MATTERS[matter.matter], urgency(matter, now))


def of_shipment(session: Session, agent: Agent, shipment_id: int, now: datetime) -> list[Called]:
    """Open matters of a shipment in the agent's scope, what breaks first before the others."""
    known = follow_ups.of_shipments(session, [shipment_id])
    mine = [one for one in known if one.closed_at is None and agent.shipper_id in (None, one.shipper_id)]
    return [called(one, now) for one in sorted(mine, key=lambda one: (one.due_at, one.id))]


@dataclass(frozen=True, slots=True)
class Ages:
    """Open matters at a moment: by kind, by how long they have waited, and the age of the oldest in seconds.

    What somebody put aside until later counts, too.
    """

    kinds: Mapping[Matter, int]
    ages: Mapping[Age, int]
    oldest_seconds: float
    oldest_opened_at: datetime | None


def ages(session: Session, scope: int | None, now: datetime) -> Ages:
    """How much work waits within a shipper's scope (None: the operator's), and for how long."""
    kinds, by_age, oldest = work_list.waiting(session, scope, now)
    seconds = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return Ages(kinds, by_age, seconds, oldest)
