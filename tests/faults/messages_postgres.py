"""20,000 texts and emails through bad providers, scaled out; workers killed 50 times, PostgreSQL 5 times."""

from benchmarks.figures import Figures
from tests.faults.counted import count
from tests.faults.plan import Plan
from tests.faults.storm import play

PLAN = Plan(
    "postgresql", messages=20_000, kills=50, other_kills=14, database_kills=5, speed=6, seed=32, twins=100
)


def run(figures: Figures) -> None:
    """Goals: nothing lost, nothing twice, nothing unknown after five minutes of calm."""
    count(figures, "messages_postgres", PLAN, play(PLAN))
