"""What became of redirects, in numbers that anybody may check: by kind, with the time dispatch took to answer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.domain.figures import ENOUGH

# Upper edges of how long an answer took, in seconds; the last bucket has none.
EDGES = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0)
BECAME = ("asked", "accepted", "refused", "lapsed", "withdrawn", "replaced", "honoured", "not_honoured")


@dataclass(slots=True)
class Fared:
    """Some redirects. `became` counts by `BECAME`, `answered` by bucket of `EDGES` where somebody answered.

    Whatever was accepted once counts as accepted, also when it was taken back or replaced later.
    """

    became: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Fared") -> None:
        """Count these too."""
        self.became.update(other.became)
        self.answered.update(other.answered)

    @property
    def kept(self) -> float | None:
        """The share done as asked of those whose end is known; None where there are too few to say."""
        return _share(self.became["honoured"], self.became["honoured"] + self.became["not_honoured"])

    @property
    def agreed(self) -> float | None:
        """The share accepted of those that got an answer; None where there are too few to say."""
        answered = self.became["accepted"] + self.became["refused"] + self.became["lapsed"]
        return _share(self.became["accepted"], answered)

    @property
    def median_seconds(self) -> float | None:
        """How long half of the answers took at most, between edges by proportion; None: too few to say."""
        wanted, so_far = self.answered.total() / 2, 0
        if self.answered.total() < ENOUGH:
            return None
        for bucket in range(len(EDGES)):
            count = self.answered[bucket]
            if count and so_far + count >= wanted:
                below = EDGES[bucket - 1] if bucket else 0.0
                return below + (EDGES[bucket] - below) * (wanted - so_far) / count
            so_far += count
        return EDGES[-1]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole >= ENOUGH else None


def total(parts: Iterable[Fared]) -> Fared:
    """All of them as one."""
    found = Fared()
    for part in parts:
        found.add(part)
    return found
