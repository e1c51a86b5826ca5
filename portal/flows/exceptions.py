"""Where exceptions are looked for: what comes due and what is new, each search going on from its mark.

A run that dies looks at the same again; a second process at the same time passes by. Matters are unique by their keys,
so that nothing is found twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain import work as rule
from portal.domain.rules import ShipperRules
from portal.domain.work import Found
from portal.flows.judged import Rules, of_changes, of_handed, of_lost, of_quiet, of_stays, of_windows
from portal.store import work, work_marks
from portal.store.work_marks import Mark

AT_ONCE, MANY = 500, 2_000
# Ids of rows become visible when they are committed, which may be after higher ones were seen.
OVERLAP = timedelta(minutes=2)
# A message that failed is looked at when the other channel had its turn.
AFTER_THE_OTHER_CHANNEL = timedelta(minutes=1)
# Carriers tell when it failed, and tell it later.
LATE_REPORTS = timedelta(hours=1)
# How much of the past one question is about, after the clock stood still or on a first run.
ONE_STEP = timedelta(hours=1)
# How far a first run looks back.
LOOKS_BACK = timedelta(days=14)
# No change waits for longer.
ASKED_WITHIN = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found among how much. `more`: it stopped at its limit."""

    found: list[Found]
    more: bool = False


Search = Callable[[Session, Rules, datetime], Looked]


def windows_ending(session: Session, rules: Rules, now: datetime) -> Looked:
    """Windows that end soon."""
    return _due(session, "windows_ending", rule.BEFORE_THE_END, of_windows, rules, now)


def windows_over(session: Session, rules: Rules, now: datetime) -> Looked:
    """Days that are over, and whose parcels may have been forgotten."""
    return _due(session, "windows_over", -rule.AFTER_THE_END, of_quiet, rules, now)


def _due(
    session: Session,
    name: str,
    ahead: timedelta,
    judged: Callable[[Session, Iterable[int], Rules, datetime], list[Found]],
    rules: Rules,
    now: datetime,
) -> Looked:
    mark = work_marks.take(session, name, Mark(now - LOOKS_BACK))
    if mark is None:
        return Looked([])
    due = work.ending(session, mark, now + ahead, AT_ONCE)
    if due:
        last, at = due[-1]
        work_marks.put(session, name, Mark(at, last))
    return Looked(judged(session, [id_ for id_, _ in due], rules, now), len(due) == AT_ONCE)


def windows_shown(session: Session, rules: Rules, now: datetime) -> Looked:
    """Windows that moved since the last look. The mark stays behind as long as a transaction may take."""
    mark = work_marks.take(session, "windows_shown", Mark(now, work.last_shown(session)))
    if mark is None:
        return Looked([])
    rows = work.shown(session, mark.seen, MANY)
    sure = [entry for entry, _, shown_at in rows if shown_at <= now - OVERLAP]
    more = len(rows) == MANY
    if rows and (sure or more):
        work_marks.put(session, "windows_shown", Mark(now, rows[-1][0] if more else sure[-1]))
    return Looked(of_windows(session, {shipment_id for _, shipment_id, _ in rows}, rules, now), more)


def handed_far_away(session: Session, rules: Rules, now: datetime) -> Looked:
    """Hand-overs far from their doors since the last look; the latest are looked at again, since few are far."""
    mark = work_marks.take(session, "handed_far_away", Mark(now, work.last_handed_over(session)))
    if mark is None:
        return Looked([])
    nearest = min((one.far_m for one in rules.values()), default=0)
    ids, last = work.handed_over(session, mark.seen, nearest, AT_ONCE)
    more = len(ids) == AT_ONCE
    work_marks.put(session, "handed_far_away", Mark(now, last if more else max(mark.seen, last - MANY)))
    return Looked(of_handed(session, ids, rules, now), more)


def gone_quiet(session: Session, rules: Rules, now: datetime) -> Looked:
    """Shipments whose last event is as long ago as their shipper's patience."""
    found: list[Found] = []
    more = False
    for hours, whose in _by(rules, lambda one: one.stalled_hours):
        name, end = f"gone_quiet:{hours}", now - timedelta(hours=hours)
        mark = work_marks.take(session, name, Mark(end - LOOKS_BACK))
        if mark is not None and mark.at < end:
            until = min(end, mark.at + _stretch(session, mark.at, end))
            ids = work.quiet(session, mark.at, until, whose)
            work_marks.put(session, name, Mark(until))
            found += of_quiet(session, ids, rules, now)
            more = more or until < end
    return Looked(found, more)


def _stretch(session: Session, start: datetime, end: datetime) -> timedelta:
    """As much as is looked at in one go: a step, or as far as nothing came at all."""
    length = ONE_STEP
    while start + length < end and not work.anything_came(session, start, start + 2 * length):
        length *= 2
    return length


def messages_failed(session: Session, rules: Rules, now: datetime) -> Looked:
    """Messages that failed, and that nothing else has brought."""
    until = now - AFTER_THE_OTHER_CHANNEL
    mark = work_marks.take(session, "messages_failed", Mark(until - timedelta(days=1)))
    if mark is None or mark.at >= until:
        return Looked([])
    lost = work.failed(session, mark.at - LATE_REPORTS, until)
    work_marks.put(session, "messages_failed", Mark(until))
    return Looked(of_lost(session, lost, rules, now))


def changes_waiting(session: Session, rules: Rules, now: datetime) -> Looked:
    """Changes that dispatch has not answered: all of them, some hundred at a time, then from the first one again."""
    begins = Mark(now - ASKED_WITHIN)
    mark = work_marks.take(session, "changes_waiting", begins)
    if mark is None:
        return Looked([])
    waiting = work.asked(session, mark.at, AT_ONCE)
    more = len(waiting) == AT_ONCE and waiting[-1][1] > mark.at
    work_marks.put(session, "changes_waiting", Mark(waiting[-1][1]) if more else begins)
    return Looked(of_changes(session, [id_ for id_, _ in waiting], rules, now), more)


def stays_ending(session: Session, rules: Rules, now: datetime) -> Looked:
    """Stays in lockers that end as soon as their shipper wants to hear of it."""
    found: list[Found] = []
    more = False
    for hours, whose in _by(rules, lambda one: one.pickup_hours):
        name = f"stays_ending:{hours}"
        mark = work_marks.take(session, name, Mark(now - LOOKS_BACK))
        if mark is None:
            continue
        due = work.stays_ending(session, mark, now + timedelta(hours=hours), AT_ONCE)
        if due:
            last, at, _ = due[-1]
            work_marks.put(session, name, Mark(at, last))
        found += of_stays(session, [id_ for id_, _, owner in due if owner in whose], rules, now)
        more = more or len(due) == AT_ONCE
    return Looked(found, more)


def _by(rules: Rules, patience: Callable[[ShipperRules], int]) -> list[tuple[int, list[int]]]:
    """The shippers (id) by how long they want to wait."""
    found: dict[int, list[int]] = {}
    for shipper_id, one in rules.items():
        found.setdefault(patience(one), []).append(shipper_id)
    return sorted(found.items())


SEARCHES: tuple[Search, ...] = (
    windows_ending,
    windows_over,
    windows_shown,
    gone_quiet,
    changes_waiting,
    messages_failed,
    stays_ending,
    handed_far_away,
)
