"""Who has taken which matter: conditional updates, so that of two at once one wins."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.domain.follow_up import FollowUp
from portal.store.agents import AgentRow
from portal.store.follow_up_rows import FOLLOW_UPS

LEFT = select(AgentRow.id).where(AgentRow.left_at.is_not(None))
NOBODY: dict[str, Any] = {"claimed_by": None, "claimed_at": None, "handed_by": "", "handed_words": ""}


def claim(session: Session, matter_id: int, agent_id: int, now: datetime) -> bool:
    """This agent takes it; False when it is closed or somebody who still works here has it."""
    free = or_(FOLLOW_UPS.c.claimed_by.is_(None), FOLLOW_UPS.c.claimed_by.in_(LEFT))
    taken = {**NOBODY, "claimed_by": agent_id, "claimed_at": now, "snoozed_until": None}
    return _changed(session, matter_id, taken, free)


def give(session: Session, found: FollowUp, agent_id: int | None, by: str, words: str, now: datetime) -> bool:
    """Somebody else has it from now on (None: nobody); False when it changed hands or was closed meanwhile."""
    given: dict[str, Any] = {
        "claimed_by": agent_id,
        "claimed_at": now if agent_id else None,
        "snoozed_until": None,
    }
    given |= {"handed_by": by[:120], "handed_words": words[:300]}
    return _changed(session, found.id, given, _as_known(found))


def snooze(session: Session, found: FollowUp, until: datetime | None) -> bool:
    """Out of sight until then (None: back now); False when it changed hands or was closed meanwhile."""
    return _changed(session, found.id, {"snoozed_until": until}, _as_known(found))


def free_of_those_who_left(session: Session) -> None:
    """Whoever left holds nothing any more. Of every shipper: a tick's question."""
    held = (FOLLOW_UPS.c.closed_at.is_(None), FOLLOW_UPS.c.claimed_by.in_(LEFT))
    session.execute(update(FOLLOW_UPS).where(*held).values(NOBODY))


def _as_known(found: FollowUp) -> Any:
    """It is in the hands it was in when it was read."""
    if found.claimed_by is not None:
        return FOLLOW_UPS.c.claimed_by == found.claimed_by
    return or_(FOLLOW_UPS.c.claimed_by.is_(None), FOLLOW_UPS.c.claimed_by.in_(LEFT))


def _changed(session: Session, matter_id: int, values: dict[str, Any], condition: Any) -> bool:
    it = (FOLLOW_UPS.c.id == matter_id, FOLLOW_UPS.c.closed_at.is_(None))
    done = session.execute(update(FOLLOW_UPS).where(*it, condition).values(values))
    return bool(done.rowcount)  # type: ignore[attr-defined]
