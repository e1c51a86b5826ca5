"""The questions that search asks its index of keys: newest first, each one over when it has enough."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, literal, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from portal.domain.finding import keys_of_word
from portal.domain.spelling import nearest, neighborhood_keys
from portal.store.finding import KEYS, SPELLINGS, WORDS

Scope = int | None
Group = Sequence[int]
# Whether it is scoped, and how many groups must be there beside the driver; or that it is only counted.
Shape = tuple[bool, int]
COUNTED = -1
HIGHEST = "\U0010ffff"
# Of each key so many of the newest are counted to tell a rare one from a common one.
SAMPLE = 100
# So many words that begin alike are looked at for the shortest ones, and so many that are spelled alike.
BEGINNINGS, ALIKE = 2_000, 2_000


def newest(session: Session, scope: Scope, keys: Group, limit: int) -> list[int]:
    """The newest shipments that have one of these keys."""
    return together(session, scope, keys, (), limit, limit)


def together(
    session: Session, scope: Scope, drivers: Group, groups: Sequence[Group], limit: int, look: int
) -> list[int]:
    """The newest shipments with one of the keys `drivers` and one of each group.

    Of each driver the newest `look` are tried, one after the other, until `limit` are found.
    """
    given: dict[str, object] = {f"group{at}": list(group) for at, group in enumerate(groups)}
    given |= {"most": limit, "look": look, **({} if scope is None else {"scope": scope})}
    rows = _of_each(session, drivers, (scope is not None, len(groups)), given)
    return sorted({row.shipment_id for row in rows}, reverse=True)[:limit]


def common(
    session: Session, keys: Iterable[int], scope: Scope = None, most: int = SAMPLE
) -> dict[int, tuple[int, int]]:
    """How common keys are: (so many of the newest `most`, the oldest of these); those that there are."""
    given = {"most": most, "look": most, **({} if scope is None else {"scope": scope})}
    rows = _of_each(session, sorted(set(keys)), (scope is not None, COUNTED), given)
    return {key: (count, oldest) for key, count, oldest in rows if count}


def beginnings(session: Session, word: str, limit: int) -> list[str]:
    """Words that begin so, the shortest first."""
    begins = (WORDS.c.word >= word) & (WORDS.c.word < word + HIGHEST)
    some = select(WORDS.c.word).where(begins).order_by(WORDS.c.word).limit(BEGINNINGS).subquery()
    shortest = select(some.c.word).order_by(func.length(some.c.word), some.c.word).limit(limit)
    return list(session.execute(shortest).scalars())


def alike(session: Session, word: str) -> list[str]:
    """Words that are a slip or two away, the likeliest first."""
    keys = sorted(neighborhood_keys(word))
    if not keys:
        return []
    spelled = select(SPELLINGS.c.word).where(SPELLINGS.c.key.in_(keys)).distinct().limit(ALIKE)
    return nearest(word, session.execute(spelled).scalars())


def keys_of_words(words: Iterable[str]) -> list[int]:
    """The keys under which shipments with these words may stand."""
    return [key for word in words for key in keys_of_word(word)]


def _of_each(session: Session, keys: Sequence[int], shape: Shape, given: Mapping[str, Any]) -> list[Any]:
    """Ask the same of every key. PostgreSQL in one go, SQLite, which is at hand, one by one."""
    if not keys:
        return []
    if session.get_bind().dialect.name == "postgresql":
        return list(session.execute(_at_once(shape), {**given, "keys": list(keys)}))
    question = _of_one(shape)
    return [row for key in keys for row in session.execute(question, {**given, "a_key": key})]


@cache
def _of_one(shape: Shape) -> Any:
    return _inner(shape, bindparam("a_key", type_=BigInteger))


@cache
def _at_once(shape: Shape) -> Any:
    keys = (
        func.unnest(bindparam("keys", type_=ARRAY(BigInteger))).table_valued("key").render_derived(name="k")
    )
    # named by hand: seen from inside, "k" is a table of the question round it
    each = _inner(shape, literal_column("k.key", BigInteger)).lateral("each")
    return select(each).select_from(keys.join(each, true()))


def _inner(shape: Shape, key: ColumnElement[int]) -> Any:
    """The newest shipments of one key that have one of each group, too; or how many they are."""
    scoped, groups = shape
    driver = select(KEYS.c.key, KEYS.c.shipment_id).where(KEYS.c.key == key)
    if scoped:
        driver = driver.where(KEYS.c.shipper_id == bindparam("scope"))
    one = driver.order_by(KEYS.c.shipment_id.desc()).limit(bindparam("look")).subquery("one")
    if groups == COUNTED:
        return select(
            func.min(one.c.key).label("key"),
            func.count().label("many"),
            func.min(one.c.shipment_id).label("oldest"),
        ).select_from(one)
    question = select(one.c.key, one.c.shipment_id)
    for number in range(groups):
        other = KEYS.alias(f"other{number}")
        has = other.c.key.in_(bindparam(f"group{number}", expanding=True))
        # a value, not a condition: PostgreSQL would read all of a common word to join it
        stands = select(literal(1)).where(has, other.c.shipment_id == one.c.shipment_id).limit(1)
        question = question.where(stands.correlate(one).scalar_subquery().is_not(None))
    return question.order_by(one.c.shipment_id.desc()).limit(bindparam("most"))
