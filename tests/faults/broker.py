"""Texts and emails while the broker is flushed and killed again and again, keeping nothing."""

from benchmarks.figures import Figures
from tests.faults.counted import count
from tests.faults.plan import Plan
from tests.faults.storm import play

PLAN = Plan(
    "postgresql",
    messages=12_000,
    kills=0,
    broker_kills=10,
    broker_flushes=10,
    speed=6,
    seed=33,
    twins=30,
)


def run(figures: Figures) -> None:
    """Goals: the same zeros as without."""
    count(figures, "broker", PLAN, play(PLAN))
