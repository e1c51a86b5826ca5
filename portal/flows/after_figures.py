"""Figures of what came after the door: ratings, and how many hand-overs lack a proof that they want."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.handover import Proof
from portal.flows import handover
from portal.store import handovers, ratings

DAYS = 30
# Enough for a share that means something, few enough to be counted while somebody waits for the page.
LATEST = 1_000


@dataclass(frozen=True, slots=True)
class AfterFigures:
    """Of one shipper in the last thirty days. `stars` counts ratings by stars; of the latest `handed_over`
    hand-overs `complete` had every proof that they want, and `missing` counts what the others lacked."""

    stars: dict[int, int] = field(default_factory=dict)
    handed_over: int = 0
    complete: int = 0
    missing: dict[Proof, int] = field(default_factory=dict)

    @property
    def ratings(self) -> int:
        """How many rated."""
        return sum(self.stars.values())

    @property
    def share(self) -> float | None:
        """Of the hand-overs looked at, the share with every proof wanted; None where there were none."""
        return self.complete / self.handed_over if self.handed_over else None

    @property
    def average(self) -> float | None:
        """The mean of the stars; None where nobody rated."""
        return (
            sum(stars * times for stars, times in self.stars.items()) / self.ratings if self.stars else None
        )


def by_shipper(
    session: Session, shipper_ids: Collection[int], proof_days: int, now: datetime
) -> dict[int, AfterFigures]:
    """The figures of each of these shippers, whose proofs are kept for `proof_days`."""
    given = ratings.counted(session, shipper_ids, now - timedelta(days=DAYS))
    kept_for = timedelta(days=min(DAYS, proof_days))
    return {one: _of(session, one, given.get(one, {}), kept_for, now) for one in shipper_ids}


def _of(
    session: Session, shipper_id: int, stars: dict[int, int], kept_for: timedelta, now: datetime
) -> AfterFigures:
    done = handovers.delivered_lately(session, shipper_id, now - kept_for, LATEST)
    doors = handover.of_many(session, done, now, kept_for).values()
    lacking = Counter(proof for door in doors for proof in door.missing)
    return AfterFigures(stars, len(doors), sum(not door.missing for door in doors), dict(lacking))
