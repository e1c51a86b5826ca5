"""Figures: printed as they come, kept in build/figures.jsonl, and held against their goals.

The long fault runs use it too: a count has a goal as a ratio has.
"""

import json
import operator
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BUILD = Path(__file__).resolve().parent.parent / "build"
FILE = BUILD / "figures.jsonl"
HOLDS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le, "==": operator.eq}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the file; `goal` reads such as `>= 0.5`, empty when the figure is only told."""

    run: str
    name: str
    value: float
    unit: str
    goal: str
    ok: bool
    at: str
    details: dict[str, Any]


@dataclass
class Figures:
    """The figures of one run; `kind` is `bench` or `faults`."""

    kind: str
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    file: Path = FILE
    taken: list[Figure] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, goal: str = "", **details: Any) -> Figure:
        """Take a figure: print it and append it to the file."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        run = f"{self.kind}-{self.began_at:%Y%m%dT%H%M%SZ}"
        figure = Figure(run, name, round(value, 4), unit, goal, holds(value, goal), now, details)
        self.taken.append(figure)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a") as file:
            file.write(json.dumps(asdict(figure)) + "\n")
        print(line(figure), flush=True)
        return figure

    @property
    def missed(self) -> list[Figure]:
        """Those below their goal."""
        return [figure for figure in self.taken if not figure.ok]


def holds(value: float, goal: str) -> bool:
    """Whether `value` reaches `goal`; an empty goal is always reached."""
    if not goal:
        return True
    sign, number = goal.split()
    return HOLDS[sign](value, float(number))


def line(figure: Figure) -> str:
    """A figure for people."""
    verdict = ("ok" if figure.ok else "MISSED") + f", goal {figure.goal}" if figure.goal else "no goal"
    told = ", ".join(f"{name.replace('_', ' ')} {short(value)}" for name, value in figure.details.items())
    return f"  {figure.name}: {short(figure.value)} {figure.unit} ({verdict}){'; ' + told if told else ''}"


def short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
