"""The lead's figures: what is counted by day, shipper and depot, and how counts become shares.

Calls that were avoided are not among them: nobody can count what did not happen.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.change import Kind
from portal.domain.figures import ENOUGH
from portal.domain.redirects import Fared


class Figure(StrEnum):
    """What is counted. A new one is counted in `store/day_figures` and shown by `web/figures_view`."""

    ATTEMPTS = "attempts"
    CHANGES = "changes"
    MESSAGES = "messages"


ANSWERED = "answered"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What is counted apart.

    `part` of attempts: `ok` or `failed`; of changes: `kind:became`, or `kind:answered:bucket` of how long dispatch took
    (`redirects.EDGES`); of messages: `channel:standing`.
    """

    shipper_id: int
    depot: str
    figure: Figure
    part: str


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; `value` None where there are too few to say."""

    good: int
    of: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1."""
        return self.good / self.of if self.of >= ENOUGH else None


def first_attempts(parts: Mapping[str, int]) -> Share:
    """Handed over at the first attempt, of all first attempts."""
    ok = parts.get("ok", 0)
    return Share(ok, ok + parts.get("failed", 0))


def by_kind(parts: Mapping[str, int]) -> dict[Kind, Fared]:
    """The changes by kind, in the order of `Kind`."""
    found: dict[Kind, Fared] = {}
    for part, many in parts.items():
        kind, became, *bucket = part.split(":")
        fared = found.setdefault(Kind(kind), Fared())
        if became == ANSWERED:
            fared.answered[int(bucket[0])] += many
        else:
            fared.became[became] += many
    return {kind: found[kind] for kind in Kind if kind in found}


def by_channel(parts: Mapping[str, int]) -> dict[str, Counter[str]]:
    """The messages by channel and where they stand."""
    found: dict[str, Counter[str]] = {}
    for part, many in sorted(parts.items(), reverse=True):
        channel, _, standing = part.partition(":")
        found.setdefault(channel, Counter())[standing] += many
    return found


def arrived(standings: Mapping[str, int]) -> Share:
    """Delivered, of those whose end is known."""
    delivered = standings.get("delivered", 0)
    return Share(delivered, delivered + standings.get("failed", 0))
