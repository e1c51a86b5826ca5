"""Matters for the agents' queue: raised by whoever finds out, settled when their cause went away."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.follow_up import Matter
from portal.store import follow_ups

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
