"""The agents' queue: looked at, claimed, handed over, put aside until later, resolved. Every act is audited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.follow_up import FollowUp, Matter
from portal.domain.roles import Role, may
from portal.domain.work_list import Counts, Only
from portal.flows import unread
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.work import Called, called
from portal.store import audit, colleagues, follow_ups, search, work_claims, work_list
from portal.store.agents import Agent
from portal.store.colleagues import Colleague
from portal.store.search import Found

LONGEST_NOTE, LONGEST_WORD = 1_000, 300
LONGEST_SNOOZE = timedelta(days=7)
MEANWHILE = "Somebody else was faster: this has changed meanwhile."
CLOSED = "Somebody else has closed this already."
# What is decided where it stands, and not by a note here.
DECIDED_ELSEWHERE = {Matter.APPROVAL: "Say yes or no to what is asked; that resolves this."}


@dataclass(frozen=True, slots=True)
class Item:
    """A matter with its shipment; `found` None: it is about none."""

    shown: Called
    found: Found | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the queue; `more`: there is a further one."""

    items: tuple[Item, ...]
    counts: Counts
    only: Only
    more: bool


def listed(session: Session, agent: Agent, only: Only, now: datetime) -> Listed:
    """What an agent sees of the queue: what breaks first stands first."""
    matters = work_list.listed(session, agent.shipper_id, agent.id, only, now)
    page = matters[: work_list.PAGE]
    ids = [one.shipment_id for one in page if one.shipment_id is not None]
    found = search.found(session, agent.shipper_id, ids) if ids else {}
    items = tuple(Item(called(one, now), found.get(one.shipment_id or 0)) for one in page)
    counts = work_list.counts(session, agent.shipper_id, agent.id, only, now)
    return Listed(items, counts, only, len(matters) > len(page))


def open_count(session: Session, agent: Agent, now: datetime) -> int:
    """How many matters are open and in sight in the agent's scope."""
    return work_list.open_count(session, agent.shipper_id, now)


def colleagues_of(session: Session, agent: Agent) -> list[Colleague]:
    """Whom an agent may think of when they hand something over."""
    return colleagues.near(session, agent.shipper_id)


def claim(session: Session, agent: Agent, matter_id: int, now: datetime) -> Done | Sorry | None:
    """The agent takes it; of two at once the first. None: there is no such matter in the agent's scope."""
    matter = follow_ups.find(session, agent.shipper_id, matter_id)
    if matter is None:
        return None
    if not work_claims.claim(session, matter.id, agent.id, now):
        matter = follow_ups.find(session, agent.shipper_id, matter_id) or matter
        if matter.closed_at is not None:
            return Sorry(CLOSED)
        return Done("You have this already.") if matter.claimed_by == agent.id else Sorry(_taken(matter))
    _record(session, agent, matter, "claimed_matter", now)
    return Done("It is yours.")


def give_back(session: Session, agent: Agent, matter_id: int, now: datetime) -> Done | Sorry | None:
    """Nobody has it any more: the agent's own, or for a lead anybody's."""
    matter = follow_ups.find(session, agent.shipper_id, matter_id)
    if matter is None:
        return None
    if because := _not_theirs(agent, matter):
        return Sorry(because)
    if not work_claims.give(session, matter, None, "", "", now):
        return Sorry(MEANWHILE)
    _record(session, agent, matter, "gave_matter_back", now)
    return Done("It is unclaimed again.")


def hand_over(
    session: Session, agent: Agent, matter_id: int, to: str, words: str, now: datetime
) -> Done | Sorry | None:
    """A colleague, by name or address, has it from now on, and reads the agent's word with it."""
    matter = follow_ups.find(session, agent.shipper_id, matter_id)
    if matter is None:
        return None
    if because := _not_theirs(agent, matter) or _too_long(words, LONGEST_WORD, "A word"):
        return Sorry(because)
    colleague = _colleague(session, agent, matter, to)
    if isinstance(colleague, Sorry):
        return colleague
    if not work_claims.give(session, matter, colleague.id, agent.name or agent.email, words, now):
        return Sorry(MEANWHILE)
    _record(session, agent, matter, "handed_matter_over", now, to=colleague.called)
    return Done(f"{colleague.called} has it now.")


def _colleague(session: Session, agent: Agent, matter: FollowUp, to: str) -> Colleague | Sorry:
    wanted = " ".join(to.split()).casefold()
    if not wanted:
        return Sorry("Please say to whom.")
    known = colleagues.who_may_take(session, agent.shipper_id, matter.shipper_id)
    named = [one for one in known if wanted in (one.email.casefold(), " ".join(one.name.split()).casefold())]
    if len(named) > 1:
        return Sorry(f"There are {len(named)} colleagues of this name; please give the email address.")
    return named[0] if named else Sorry("Nobody of this name works here and may take it.")


def snooze(
    session: Session, agent: Agent, matter_id: int, until: datetime | None, now: datetime
) -> Done | Sorry | None:
    """Out of sight until then, and the agent's own so that it is somebody's. It comes back by itself."""
    matter = follow_ups.find(session, agent.shipper_id, matter_id)
    if matter is None:
        return None
    if because := _not_theirs(agent, matter):
        return Sorry(because)
    if until is None or until <= now or until - now > LONGEST_SNOOZE:
        return Sorry(f"Please choose a time within the next {LONGEST_SNOOZE.days} days.")
    if matter.claimed_by is None:
        if not work_claims.claim(session, matter.id, agent.id, now):
            return Sorry(MEANWHILE)
        matter = follow_ups.find(session, agent.shipper_id, matter_id) or matter
    if not work_claims.snooze(session, matter, until):
        return Sorry(MEANWHILE)
    _record(session, agent, matter, "snoozed_matter", now, until=until.isoformat())
    late = " That is after its deadline." if until > matter.due_at > now else ""
    return Done(f"It comes back then.{late}")


def wake(session: Session, agent: Agent, matter_id: int, now: datetime) -> Done | Sorry | None:
    """Back at once."""
    matter = follow_ups.find(session, agent.shipper_id, matter_id)
    if matter is None:
        return None
    if because := _not_theirs(agent, matter):
        return Sorry(because)
    if not work_claims.snooze(session, matter, None):
        return Sorry(MEANWHILE)
    _record(session, agent, matter, "woke_matter", now)
    return Done("It is back.")


def resolve(session: Session, agent: Agent, matter_id: int, note: str, now: datetime) -> Done | Sorry | None:
    """It was looked after; the note says how."""
    matter = follow_ups.find(session, agent.shipper_id, matter_id)
    if matter is None:
        return None
    if matter.closed_at is not None:
        return Sorry(CLOSED)
    if because := _not_theirs(agent, matter) or DECIDED_ELSEWHERE.get(matter.matter):
        return Sorry(because)
    if not note:
        return Sorry("Please write in a few words what you did.")
    if because := _too_long(note, LONGEST_NOTE, "A note"):
        return Sorry(because)
    if not follow_ups.close(session, matter, actor(agent), note, now):
        return Sorry(CLOSED)
    if matter.matter is Matter.TEXT and isinstance(text_id := matter.facts.get("text_id"), int):
        unread.resolved(session, agent, text_id, now)
    _record(session, agent, matter, "followed_up", now)
    return Done(f"Resolved: {called(matter, now).called.lower()}.")


def _not_theirs(agent: Agent, matter: FollowUp) -> str:
    """Why this agent may not touch it; what a colleague has taken only a lead may take away."""
    if matter.closed_at is not None:
        return CLOSED
    if matter.claimed_by in (None, agent.id) or may(agent.role, Role.LEAD):
        return ""
    return _taken(matter)


def _taken(matter: FollowUp) -> str:
    return f"{matter.holder or 'Somebody else'} has taken this."


def _too_long(text: str, longest: int, what: str) -> str:
    return (
        f"{what} has at most {longest:,} characters; this one has {len(text):,}."
        if len(text) > longest
        else ""
    )


def _record(
    session: Session, agent: Agent, matter: FollowUp, action: str, now: datetime, **detail: str
) -> None:
    audit.record(
        session,
        actor(agent),
        action,
        now,
        shipper_id=matter.shipper_id,
        shipment_id=matter.shipment_id,
        matter=matter.matter.value,
        **detail,
    )
