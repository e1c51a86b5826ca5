"""The tick that finds what needs an agent before anybody calls, and settles what does not any more."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from portal.domain.follow_up import FollowUp, Matter
from portal.domain.standing import BEFORE_THE_DOOR
from portal.domain.work import Found
from portal.flows import judged
from portal.flows.exceptions import AT_ONCE, SEARCHES
from portal.flows.judged import Rules
from portal.flows.work import LONGEST_WORDS
from portal.store import follow_ups, shippers, work_claims, work_facts, work_marks
from portal.store.work_marks import Mark

PATIENCE_SECONDS = 20.0
Known = tuple[int, Matter, str]
# An event that is corrected brings back what it had settled, if that was not long ago.
LATELY = timedelta(hours=1)
# Where a matter's words tell a number of minutes, they are written anew when they are off by so much.
WORDS_HOLD = timedelta(minutes=5)


class House(Protocol):
    """What the tick needs of the kit."""

    def now(self) -> datetime: ...
    def transaction(self) -> AbstractContextManager[Session]: ...


def look(house: House, patience_seconds: float = PATIENCE_SECONDS) -> int:
    """Look for exceptions, each search in transactions of its own, then at those that are open. How many were new.

    However much one search finds, each of them has its turn. Safe to run twice and in two processes.
    """
    new, until = 0, time.monotonic() + patience_seconds
    for search in SEARCHES:
        more = True
        while more:
            with house.transaction() as session:
                looked = search(session, _rules(session), house.now())
                new += keep(session, looked.found, house.now())
            more = looked.more and time.monotonic() < until
    with house.transaction() as session:
        look_again(session, _rules(session), house.now())
        work_claims.free_of_those_who_left(session)
    return new


def _rules(session: Session) -> Rules:
    return {id_: one.rules for id_, one in shippers.everyone(session).items()}


def keep(session: Session, found: Sequence[Found], now: datetime) -> int:
    """Raise what is not known yet; how many that are."""
    known = {_name(one): one for one in follow_ups.of_shipments(session, (one.shipment_id for one in found))}
    new = {}
    for one in found:
        name = (one.shipment_id, one.matter, one.key)
        before = known.get(name)
        if before is None or before.closed_by == follow_ups.BY_EVENTS:
            new[name] = (one.shipper_id, *name, {"words": one.words[:LONGEST_WORDS]}, one.due_at)
    follow_ups.open_many(session, list(new.values()), now)
    return len(new)


def _name(matter: FollowUp) -> Known:
    return (matter.shipment_id or 0, matter.matter, matter.key)


def look_again(session: Session, rules: Rules, now: datetime) -> int:
    """Look at open matters in turn: what is so no more is settled, what changed is told anew. How many were settled."""
    mark = work_marks.take(session, "open_matters", Mark(now))
    if mark is None:
        return 0
    matters = work_facts.open_matters(session, list(STILL), mark.seen, AT_ONCE)
    work_marks.put(session, "open_matters", Mark(now, matters[-1].id if len(matters) == AT_ONCE else 0))
    settled = _settle(session, matters, rules, now)
    lately = work_facts.settled_matters(session, COME_AGAIN, now - LATELY, AT_ONCE)
    for kind in COME_AGAIN:
        mine = [one for one in lately if one.matter is kind]
        keep(session, STILL[kind](session, mine, rules, now) if mine else [], now)
    return settled


def _settle(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> int:
    settled = 0
    for kind, still in STILL.items():
        mine = [one for one in matters if one.matter is kind]
        again_found = still(session, mine, rules, now) if mine else []
        found = {(one.shipment_id, one.matter, one.key): one for one in again_found}
        for one in mine:
            again = found.get(_name(one))
            if again is None:
                settled += follow_ups.take_back(session, one.shipment_id, one.matter, one.key, now)
            elif again.words != one.words and _is_news(one, now):
                follow_ups.tell_anew(session, one, again.words, again.due_at or one.due_at, now)
    return settled


def _is_news(before: FollowUp, now: datetime) -> bool:
    told_at = before.facts.get("told_at")
    return now - (datetime.fromisoformat(told_at) if told_at else before.opened_at) >= WORDS_HOLD


def _windows(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> list[Found]:
    return judged.of_windows(session, _ids(matters), rules, now)


def _quiet(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> list[Found]:
    return judged.of_quiet(session, _ids(matters), rules, now)


def _changes(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> list[Found]:
    return judged.of_changes(session, (one.key for one in matters), rules, now)


def _stays(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> list[Found]:
    return judged.of_stays(session, _ids(matters), rules, now)


def _handed(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> list[Found]:
    return judged.of_handed(session, _ids(matters), rules, now)


def _lost(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> list[Found]:
    """Nothing arrived since, and the recipient still waits for something."""
    ids = _ids(matters)
    reached, ended = work_facts.reached_since(session, ids), work_facts.ended_since(session, ids)
    return [_same(one) for one in matters if not (_after(one, reached) or _after(one, ended))]


def _neighbors(session: Session, matters: Sequence[FollowUp], rules: Rules, now: datetime) -> list[Found]:
    """Nothing else was chosen since, and it has not reached the door."""
    ids = _ids(matters)
    chosen = work_facts.chosen_since(session, ids)
    under_way = {one.shipment_id for one in work_facts.doors(session, ids) if one.status in BEFORE_THE_DOOR}
    return [_same(one) for one in matters if one.shipment_id in under_way and not _after(one, chosen)]


def _ids(matters: Iterable[FollowUp]) -> list[int]:
    return [one.shipment_id for one in matters if one.shipment_id is not None]


def _after(matter: FollowUp, moments: dict[int, datetime]) -> bool:
    at = moments.get(matter.shipment_id or 0)
    return at is not None and at > matter.opened_at


def _same(one: FollowUp) -> Found:
    return Found(one.matter, one.shipper_id or 0, one.shipment_id or 0, one.key, one.words, one.due_at)


Still = Callable[[Session, Sequence[FollowUp], Rules, datetime], list[Found]]
# Which of these matters are so still; those that others raise, others settle.
STILL: dict[Matter, Still] = {
    Matter.WINDOW: _windows,
    Matter.STALLED: _quiet,
    Matter.UNANSWERED: _changes,
    Matter.UNREACHED: _lost,
    Matter.LOCKER: _stays,
    Matter.FAR_AWAY: _handed,
    Matter.NEIGHBOR: _neighbors,
}
COME_AGAIN = (Matter.WINDOW, Matter.STALLED, Matter.LOCKER, Matter.FAR_AWAY)
