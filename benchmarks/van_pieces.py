"""Pieces of real van days: driving and on-foot runs from GPS, and whole rounds put together from them.

The pieces (Amazon's "goal" set, CC BY 4.0) are about seven minutes each and know nothing of rounds. A stop cycle is a
drive and the walk after it. Walks cut off by the end of their piece go on for as long as a longer one that was seen.
"""

import csv
import io
import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from random import Random

# Published of the same pieces: driving 52 s and on foot 78 s (medians), nine in ten walks under 236 s.
DRIVE_SECONDS, WALK_SECONDS, WALK_SPREAD = 52.0, 78.0, math.log(236 / 78) / 1.2816
MADE_UP_PIECES, MADE_UP_CYCLES = 400, 3
KMH, DETOUR = 20.0, 1.4


@dataclass(frozen=True, slots=True)
class Cycle:
    """One stop: seconds driven and walked, and how far away it lies in straight meters, east and north."""

    drive: float
    walk: float
    east: float
    north: float

    @property
    def seconds(self) -> float:
        """From stop to stop."""
        return self.drive + self.walk


Piece = tuple[Cycle, ...]
_Fix = tuple[float, float, float, str]


def real(path: Path, rng: Random) -> list[Piece]:
    """The pieces of a zip of trajectories that hold a stop cycle."""
    found: list[list[tuple[Cycle, bool]]] = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".csv"):
                found.append(list(_cycles(list(_fixes(archive.read(name).decode())))))
    seen = sorted(cycle.walk for piece in found for cycle, whole in piece if whole)
    return [
        tuple(cycle if whole else _went_on(cycle, seen, rng) for cycle, whole in piece)
        for piece in found
        if piece
    ]


def _fixes(text: str) -> Iterator[_Fix]:
    for row in csv.DictReader(io.StringIO(text)):
        at = datetime.fromisoformat(row["timestamp"][:26]).timestamp()
        yield at, float(row["x"]), float(row["y"]), row["groundtruth"]


def _cycles(fixes: list[_Fix]) -> Iterator[tuple[Cycle, bool]]:
    """Drives that began within the piece, each with its walk, and whether that was seen to its end."""
    runs = [list(run) for _, run in groupby(fixes, key=lambda fix: fix[3])]
    begins = [run[0] for run in runs]
    for place in range(1, len(runs) - 1):
        start, end = begins[place], begins[place + 1]
        if start[3] == "Driving":
            whole = place + 2 < len(runs)
            until = begins[place + 2][0] if whole else runs[place + 1][-1][0]
            yield Cycle(end[0] - start[0], until - end[0], end[1] - start[1], end[2] - start[2]), whole


def _went_on(cycle: Cycle, seen: list[float], rng: Random) -> Cycle:
    longer = [walk for walk in seen if walk > cycle.walk] or [cycle.walk]
    return Cycle(cycle.drive, rng.choice(longer), cycle.east, cycle.north)


def made_up(rng: Random) -> list[Piece]:
    """Pieces with the published medians and no more truth than that."""
    return [tuple(_made_up(rng) for _ in range(MADE_UP_CYCLES)) for _ in range(MADE_UP_PIECES)]


def _made_up(rng: Random) -> Cycle:
    drive = rng.lognormvariate(math.log(DRIVE_SECONDS), 0.7)
    meters, way = drive * KMH / 3.6 / DETOUR, rng.uniform(0, 2 * math.pi)
    walk = rng.lognormvariate(math.log(WALK_SECONDS), WALK_SPREAD)
    return Cycle(drive, walk, meters * math.cos(way), meters * math.sin(way))
