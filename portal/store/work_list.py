"""The queue's lists and counts, within a shipper's scope (None: the operator's). Open matters are few and indexed."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.orm import Session

from portal.db import Reader
from portal.domain.follow_up import FollowUp, Matter
from portal.domain.work_list import Age, Counts, Only, Whose, opened_between
from portal.store.follow_up_rows import FOLLOW_UPS, WITH_HOLDER, value
from portal.store.work_claims import LEFT

# so that a page with the longest words stays below 100 kB
PAGE = 30
F = FOLLOW_UPS.c
OPEN = F.closed_at.is_(None)
FREE = or_(F.claimed_by.is_(None), F.claimed_by.in_(LEFT))


def listed(
    session: Session, shipper_id: int | None, agent_id: int, only: Only, now: datetime
) -> list[FollowUp]:
    """A page and one matter more if there is one: what breaks first stands first, of those that are done the last."""
    query = WITH_HOLDER.where(*_shown(only, agent_id, now))
    if only.whose is Whose.DONE:
        query = query.order_by(F.closed_at.desc(), F.id.desc())
    elif only.whose is Whose.SNOOZED:
        query = query.order_by(F.snoozed_until, F.id)
    else:
        query = query.order_by(F.due_at, F.id)
    page = query.limit(PAGE + 1).offset((only.page - 1) * PAGE)
    return [value(row) for row in session.execute(_within(page, shipper_id))]


def counts(session: Reader, shipper_id: int | None, agent_id: int, only: Only, now: datetime) -> Counts:
    """Counts for the filters: whose in all, kinds and ages of what is shown, each as the other filter leaves it."""
    asleep = _asleep(now)
    whose = (
        select(
            func.count().filter(not_(asleep)).label("open"),
            func.count().filter(not_(asleep), F.claimed_by == agent_id).label("mine"),
            func.count().filter(not_(asleep), FREE).label("free"),
            func.count().filter(asleep).label("snoozed"),
            func.min(F.opened_at, type_=F.opened_at.type).label("oldest"),
        )
        .select_from(FOLLOW_UPS)
        .where(OPEN)
    )
    row: Any = session.execute(_within(whose, shipper_id)).one()
    by_whose = {Whose.OPEN: row.open, Whose.MINE: row.mine, Whose.FREE: row.free, Whose.SNOOZED: row.snoozed}
    if only.whose is Whose.DONE:
        return Counts(by_whose, oldest=row.oldest)
    kinds, ages = _by_kind_and_age(session, shipper_id, agent_id, only, now)
    return Counts(by_whose, kinds, ages, row.oldest)


def _by_kind_and_age(
    session: Reader, shipper_id: int | None, agent_id: int, only: Only, now: datetime
) -> tuple[dict[Matter, int], dict[Age, int]]:
    columns = [func.count().filter(*_of_age(age, now)).label(age.name) for age in Age]
    query = select(F.kind, *columns).where(*_shown(Only(only.whose), agent_id, now)).group_by(F.kind)
    rows: Any = session.execute(_within(query, shipper_id)).all()
    kinds: dict[Matter, int] = {}
    ages = dict.fromkeys(Age, 0)
    for row in rows:
        for age in Age:
            number = getattr(row, age.name)
            if only.age in (None, age):
                kinds[Matter(row.kind)] = kinds.get(Matter(row.kind), 0) + number
            if only.kind in (None, Matter(row.kind)):
                ages[age] += number
    return kinds, ages


def waiting(
    session: Reader, shipper_id: int | None, now: datetime
) -> tuple[dict[Matter, int], dict[Age, int], datetime | None]:
    """All that is open, also what is put aside: by kind, by age, and when the oldest was raised."""
    columns = [func.count().filter(*_of_age(age, now)).label(age.name) for age in Age]
    oldest = func.min(F.opened_at, type_=F.opened_at.type).label("oldest")
    rows: Any = session.execute(
        _within(select(F.kind, oldest, *columns).where(OPEN).group_by(F.kind), shipper_id)
    ).all()
    kinds = {Matter(row.kind): sum(getattr(row, age.name) for age in Age) for row in rows}
    ages = {age: sum(getattr(row, age.name) for row in rows) for age in Age}
    return kinds, ages, min((row.oldest for row in rows), default=None)


def open_count(session: Reader, shipper_id: int | None, now: datetime) -> int:
    """How many are open and in sight."""
    query = select(func.count()).select_from(FOLLOW_UPS).where(OPEN, not_(_asleep(now)))
    return int(session.execute(_within(query, shipper_id)).scalar_one())


def _shown(only: Only, agent_id: int, now: datetime) -> list[Any]:
    asleep = _asleep(now)
    of = {
        Whose.OPEN: [OPEN, not_(asleep)],
        Whose.MINE: [OPEN, not_(asleep), F.claimed_by == agent_id],
        Whose.FREE: [OPEN, not_(asleep), FREE],
        Whose.SNOOZED: [OPEN, asleep],
        Whose.DONE: [F.closed_at.is_not(None)],
    }[only.whose]
    kind = [F.kind == only.kind] if only.kind else []
    return [*of, *kind, *(_of_age(only.age, now) if only.age else [])]


def _of_age(age: Age, now: datetime) -> list[Any]:
    after, until = opened_between(age, now)
    return [F.opened_at <= until, *([F.opened_at > after] if after else [])]


def _asleep(now: datetime) -> Any:
    return and_(F.snoozed_until.is_not(None), F.snoozed_until > now)


def _within(query: Any, shipper_id: int | None) -> Any:
    return query if shipper_id is None else query.where(F.shipper_id == shipper_id)
