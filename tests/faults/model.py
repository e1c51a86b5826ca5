"""50,000 random steps of recipients, a neighbor, dispatch, the van and the clock against a small model, on SQLite."""

import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.figures import Figures
from portal.app import create_app
from portal.clock import ManualClock
from portal.config import Settings
from portal.db import db
from tests.faults.ground import MORNING
from tests.model.machine import Machine, machine
from tests.servers.databases import migrate

STEPS, STEPS_A_DAY, DAYS_AT_ONCE = 50_000, 50, 40
# Two at once, each with days of its own.
PLAYERS, SEEDS = 2, (43, 1_000_043)


def run(figures: Figures) -> None:
    """Goals: as many steps as that, and not one after which house and model disagree."""
    began = time.monotonic()
    counted: Counter[str] = Counter()
    differences = 0
    with ProcessPoolExecutor(PLAYERS, mp_context=get_context("spawn")) as pool:
        for one, wrong in pool.map(play, [STEPS // PLAYERS] * PLAYERS, SEEDS):
            counted += one
            differences += wrong
    told = dict(sorted(counted.items()))
    seconds = time.monotonic() - began
    figures.add("model_steps", counted["steps"], "steps", f">= {STEPS}", seconds=seconds, **told)
    figures.add("model_differences", differences, "days", "== 0", seeds=list(SEEDS))
    for name, times in told.items():
        print(f"    {name}: {times:,}")


def play(steps: int, seed: int, place: str = "/tmp") -> tuple[Counter[str], int]:
    """Days of one shipper each, until so many steps were taken; how often which, and how many days went wrong."""
    counted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="doorstep-model-", dir=place) as folder:
        url = f"sqlite:///{folder}/doorstep.db"
        migrate(url)
        clock = ManualClock(MORNING)
        app = create_app(_settings(url, Path(folder)), clock=clock)
        app.testing = True
        try:
            while counted["steps"] < steps:
                seed += 1
                _some_days(machine(app, clock, counted), seed)
        except AssertionError as difference:
            print(f"    seed {seed}: {difference}")
            return counted, 1
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    return counted, 0


def _some_days(steps: type[Machine], seed: int) -> None:
    """Hypothesis grows slow over long runs, so it begins anew every few days."""
    usual = settings(
        max_examples=DAYS_AT_ONCE,
        stateful_step_count=STEPS_A_DAY,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seeded(seed)(steps), settings=usual)


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=url,
        instance_path=folder,
        secret_key="model-" + "k" * 40,
        public_url="http://localhost",
        webhook_allow_private=True,
    )
