"""How redirects fared, counted from the changes themselves by shipper and kind."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, case, cast, func, or_, select

from portal.db import Reader
from portal.domain.change import Kind, Life
from portal.domain.redirects import EDGES, Fared
from portal.store.changes import CHANGES
from portal.store.message_figures import SecondsBetween

# Nobody answered these: a rule, the end of the delivery, the recipient or the neighbor decided.
NOBODY = ("", "rule", "delivery", "recipient", "neighbor")
LIVES = {
    Life.REFUSED: "refused",
    Life.LAPSED: "lapsed",
    Life.WITHDRAWN: "withdrawn",
    Life.REPLACED: "replaced",
}
# Whatever has an earlier answer in its past was accepted before: nothing else is answered twice.
WAS_ACCEPTED = or_(
    CHANGES.c.life.in_([Life.ACCEPTED, Life.REPLACED]), cast(CHANGES.c.past, String).not_in(["[]", ""])
)


def count(session: Reader, shipper_ids: Iterable[int], since: datetime) -> dict[tuple[int, Kind], Fared]:
    """What was asked since then of these shippers, by shipper and kind. The shippers are named for the index."""
    asked = (CHANGES.c.shipper_id.in_(sorted(set(shipper_ids))), CHANGES.c.asked_at >= since)
    return tally(session, (CHANGES.c.shipper_id,), select().where(*asked))


def tally(session: Reader, places: Sequence[Any], asked: Select[Any]) -> dict[tuple[Any, ...], Fared]:
    """How the changes that `asked` selects fared, by the columns `places` and kind."""
    took = SecondsBetween(CHANGES.c.asked_at, CHANGES.c.decided_at)
    by_somebody = CHANGES.c.life.in_([Life.ACCEPTED, Life.REFUSED]) & CHANGES.c.decided_by.not_in(NOBODY)
    bucket = case(
        (~by_somebody, -1),
        *((took <= edge, number) for number, edge in enumerate(EDGES)),
        else_=len(EDGES),
    ).label("bucket")
    accepted = case((WAS_ACCEPTED, 1), else_=0).label("accepted")
    by = (*places, CHANGES.c.kind, CHANGES.c.life, CHANGES.c.honoured)
    query = asked.add_columns(*by, accepted, bucket, func.count().label("many"))
    found: dict[tuple[Any, ...], Fared] = {}
    for row in session.execute(query.group_by(*by, "accepted", "bucket")):
        fared = found.setdefault((*row[: len(places)], Kind(row.kind)), Fared())
        became = {"asked": row.many, "accepted": row.many * row.accepted}
        if row.life in LIVES:
            became[LIVES[Life(row.life)]] = row.many
        if row.honoured is not None:
            became["honoured" if row.honoured else "not_honoured"] = row.many
        fared.became.update(became)
        if row.bucket >= 0:
            fared.answered[row.bucket] += row.many
    return found
