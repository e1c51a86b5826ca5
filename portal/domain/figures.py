"""How messages fared, in numbers that anybody may check: histograms of seconds, shares, and what they add up to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

# Upper edges of the hand-off's buckets, in seconds; the last bucket has none.
EDGES = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
# Below this, a share says more about chance than about us, and might say something about a person.
ENOUGH = 20


@dataclass(slots=True)
class Fared:
    """Some messages of one kind. `became` counts by what became of them, `hand_off` by bucket of `EDGES`.

    Keys of `became`: the standings, and beside them `doubtful` (the provider's answer was lost at least once),
    `resent` and `stood_in` (said instead of another one).
    """

    became: Counter[str] = field(default_factory=Counter)
    hand_off: Counter[int] = field(default_factory=Counter)
    segments: int = 0
    cost_micros: int = 0

    def add(self, other: "Fared") -> None:
        """Count these too."""
        self.became.update(other.became)
        self.hand_off.update(other.hand_off)
        self.segments += other.segments
        self.cost_micros += other.cost_micros

    @property
    def handed_over(self) -> int:
        """How many a provider took."""
        return self.hand_off.total()

    @property
    def delivery_rate(self) -> float | None:
        """Delivered of those whose end is known; None where there are too few to say."""
        ended = self.became["delivered"] + self.became["failed"]
        return self.became["delivered"] / ended if ended >= ENOUGH else None

    def within(self, seconds: float) -> float | None:
        """The share handed over within so many seconds (an edge of `EDGES`); None where there are too few."""
        if self.handed_over < ENOUGH:
            return None
        in_time = sum(count for bucket, count in self.hand_off.items() if bucket <= EDGES.index(seconds))
        return in_time / self.handed_over

    def percentile(self, share: float) -> float | None:
        """Seconds within which this share (0 to 1) was handed over, between edges by proportion; None: too few."""
        if self.handed_over < ENOUGH:
            return None
        wanted, so_far = share * self.handed_over, 0
        for bucket in range(len(EDGES)):
            count = self.hand_off[bucket]
            if count and so_far + count >= wanted:
                below = EDGES[bucket - 1] if bucket else 0.0
                return below + (EDGES[bucket] - below) * (wanted - so_far) / count
            so_far += count
        return EDGES[-1]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted apart."""

    day: date
    shipper_id: int
    channel: str
    notice: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One line of the figures, and when it was counted."""

    kind: Kind
    fared: Fared
    counted_at: datetime


def bucket_of(seconds: float) -> int:
    """The bucket of a hand-off that took so long."""
    return next((number for number, edge in enumerate(EDGES) if seconds <= edge), len(EDGES))


def total(lines: Iterable[Counted]) -> Fared:
    """All of them as one."""
    found = Fared()
    for line in lines:
        found.add(line.fared)
    return found
