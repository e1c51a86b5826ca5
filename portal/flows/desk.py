"""The desk: which changes wait for an answer, what was answered lately, and one answer after the other."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.answering import pressing, refusal
from portal.domain.change import TooLate
from portal.domain.telling_changes import DECIDED, wished
from portal.domain.timeline import Tone
from portal.flows import change
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.store import audit, changes
from portal.store import search as store
from portal.store.agents import Agent
from portal.store.changes import Waiting
from portal.store.search import Found
from portal.store.shippers import Shipper

LATELY = timedelta(hours=12)
LONGEST_REASON = 500
MOST = 200
SORRY_WHY = "Please choose a reason, or write one: the recipient will read it."


@dataclass(frozen=True, slots=True)
class Item:
    """A change in the queue with the door it is about; `asks` is what is asked, in one line."""

    waiting: Waiting
    shipper: Shipper
    door: Found
    asks: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Queue:
    """What a dispatcher sees; `version` changes when anything of it does."""

    items: tuple[Item, ...]
    lately: tuple[Item, ...]
    depots: tuple[str, ...]
    depot: str
    version: str
    more: bool


def queue(
    session: Session, agent: Agent, shippers: Mapping[int, Shipper], depot: str, now: datetime
) -> Queue:
    """The queue of the agent's scope, oldest deadline first; `depot` empty: of every depot."""
    waiting = changes.waiting(session, agent.shipper_id, MOST)
    lately = changes.answered_lately(session, agent.shipper_id, now - LATELY)
    depots = tuple(sorted({one.depot for one in (*waiting, *lately)} | ({depot} if depot else set())))
    here = [one for one in waiting if depot in ("", one.depot)]
    done = [one for one in lately if depot in ("", one.depot)]
    doors = store.found(session, agent.shipper_id, (one.change.shipment_id for one in (*here, *done)))
    return Queue(
        items=_items(here, doors, shippers, now),
        lately=_items(done, doors, shippers, now),
        depots=depots,
        depot=depot,
        version=_version(agent, here, done, depots, now),
        more=len(waiting) == MOST,
    )


def _items(
    found: list[Waiting], doors: Mapping[int, Found], shippers: Mapping[int, Shipper], now: datetime
) -> tuple[Item, ...]:
    return tuple(
        Item(
            waiting=one,
            shipper=shippers[one.shipper_id],
            door=doors[one.change.shipment_id],
            asks=wished(one.change),
            tone=pressing(one.change, now) if one.change.open else DECIDED[one.change.life][1],
        )
        for one in found
        if one.change.shipment_id in doors
    )


def _version(
    agent: Agent, here: list[Waiting], done: list[Waiting], depots: tuple[str, ...], now: datetime
) -> str:
    # The minute belongs to it because ages and what is left are shown in minutes.
    shown = [(one.change.id, one.change.life.value, one.change.honoured) for one in (*here, *done)]
    text = f"{agent.id}|{agent.role}|{now:%Y%m%d%H%M}|{depots}|{shown}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def accept(
    session: Session, voice: Voice, agent: Agent, change_id: str, now: datetime
) -> Done | Sorry | None:
    """Say yes to a change in the agent's scope. None: there is no such change there."""
    return _answer(session, voice, agent, change_id, True, "", "", now)


def refuse(
    session: Session, voice: Voice, agent: Agent, change_id: str, code: str, own_words: str, now: datetime
) -> Done | Sorry | None:
    """Say no to a change, with a reason for the recipient. None: no such change in the agent's scope."""
    if len(own_words) > LONGEST_REASON:
        return Sorry(f"A reason has at most {LONGEST_REASON} characters; this one has {len(own_words)}.")
    because = refusal(code, own_words)
    if because is None:
        return Sorry(SORRY_WHY)
    return _answer(session, voice, agent, change_id, False, *because, now)


def _answer(
    session: Session,
    voice: Voice,
    agent: Agent,
    change_id: str,
    accepted: bool,
    code: str,
    reason: str,
    now: datetime,
) -> Done | Sorry | None:
    before = changes.find(session, agent.shipper_id, change_id)
    scope, by = agent.shipper_id, actor(agent)
    outcome = change.answer(
        session, voice, scope, change_id, accepted, by, now, reason_code=code, reason=reason
    )
    if outcome is None or before is None:
        return None
    if isinstance(outcome, TooLate):
        return Sorry(f"Somebody or the clock was faster. {outcome.because}")
    if not before.open:
        return Sorry(f"This change was already {before.life.value}; nothing was sent twice.")
    word = "accepted" if accepted else "refused"
    audit.record(
        session,
        by,
        "answered",
        now,
        shipper_id=scope,
        shipment_id=before.shipment_id,
        change=change_id,
        answer=word,
    )
    return Done(f"You {word}: {wished(before)}. The recipient is being told.")
