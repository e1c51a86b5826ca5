"""Two things measured alternately, so that a noisy machine is noisy for both."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours over the ceiling: the median of the rounds' own ratios, and each side's median rate."""

    ratio: float
    ours: float
    ceiling: float
    lowest: float
    highest: float


def alternately(ours: Callable[[], float], ceiling: Callable[[], float], rounds: int = 5) -> Ratio:
    """Measure both in turn, `rounds` times each, changing who goes first; each call returns a rate."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            theirs = ceiling()
            pairs.append((ours(), theirs))
        else:
            mine = ours()
            pairs.append((mine, ceiling()))
    ratios = [mine / theirs for mine, theirs in pairs]
    return Ratio(
        statistics.median(ratios),
        statistics.median(mine for mine, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        min(ratios),
        max(ratios),
    )
