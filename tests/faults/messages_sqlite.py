"""20,000 texts and emails through bad providers, embedded on SQLite, the process killed 20 times."""

from benchmarks.figures import Figures
from tests.faults.counted import count
from tests.faults.plan import Plan
from tests.faults.storm import play

PLAN = Plan("sqlite", messages=20_000, kills=20, speed=6, seed=31, twins=100)


def run(figures: Figures) -> None:
    """Goals: nothing lost, nothing twice, nothing unknown after five minutes of calm."""
    count(figures, "messages_sqlite", PLAN, play(PLAN))
