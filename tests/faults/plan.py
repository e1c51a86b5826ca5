"""What is to happen in a run of the faults, by which processes, and what came of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from tests.doubles.weather import Weather
from tests.faults.judge import Verdict
from tests.faults.outside import Record


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen. `speed` is how much faster the portal's clock runs: leases, waits and timeouts alike.

    `kills` are those of workers (of the one process where there is one), `other_kills` of clocks and web.
    """

    engine: str
    messages: int
    kills: int
    speed: float
    seed: int
    other_kills: int = 0
    database_kills: int = 0
    broker_kills: int = 0
    broker_flushes: int = 0
    twins: int = 0
    workers: int = 2
    calm: timedelta = timedelta(minutes=5)
    patience_seconds: float = 1500
    weather: Weather = field(default_factory=Weather)
    place: str = "/tmp"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came of it."""

    verdict: Verdict
    record: Record
    kills: Counter[str]
    starts: dict[str, int]
    storm_seconds: float
    calm_seconds: float
    asked_again: int


def parts_of(plan: Plan, url: str) -> dict[str, list[str]]:
    """The processes of the house at `url`, and the words each is started with."""
    port = url.rpartition(":")[2]
    if plan.engine == "sqlite":
        return {"serve": ["serve", "--port", port]}
    workers = {f"worker{number + 1}": ["worker", "--concurrency", "2"] for number in range(plan.workers)}
    web = {"web": ["web", "--port", port, "--workers", "1"]}
    return web | workers | {"clock1": ["clock"], "clock2": ["clock"]}
