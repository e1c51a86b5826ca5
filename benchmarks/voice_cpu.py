"""Messages a worker sends per CPU second, beside the same clients in a bare loop; the provider answers in 50 ms.

The messages lie on the shelf in PostgreSQL; a real `doorstep worker` is woken and empties it. The bare loop makes
the same calls from as many threads: for texts Twilio's SDK, for emails SendGrid's body over a pooled session.
"""

import json
import pickle
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial

from celery import Celery

from benchmarks import cores, databases, seeds
from benchmarks.compare import alternately
from benchmarks.figures import Figures
from benchmarks.houses import broker_of_our_own
from benchmarks.parts import cpu_seconds, environment, postgres_of, running
from benchmarks.provider import Provider
from benchmarks.server import PROJECT
from benchmarks.shelf import PATTERNS, STEPS, Shelf
from notifications.message import Channel, Standing
from portal import jobs
from portal.tasks import DELIVER

ANSWERS_IN_MS = 50
COUNT = 2_000
ROUNDS = 3
PATIENCE_SECONDS = 120


def run(figures: Figures) -> None:
    """Goal: at least half as many as the bare loop, for each channel."""
    seed = partial(seeds.seed, count=PATTERNS, steps=STEPS)
    with (
        cores.on(cores.LOAD),
        databases.fresh("postgresql", seed) as url,
        broker_of_our_own() as valkey,
        Provider(ANSWERS_IN_MS) as provider,
    ):
        settings = environment(url, provider, 8000, valkey.url)
        with running(settings, {"worker": "worker --concurrency 1"}, cores.SERVER) as pids:
            worker = Worker(Shelf(url), provider, Celery(broker=valkey.url), pids["worker"])
            for channel in (Channel.SMS, Channel.EMAIL):
                measure(figures, worker, channel)
            worker.shelf.close()


def measure(figures: Figures, worker: "Worker", channel: Channel) -> None:
    worker.empty(channel, COUNT // 4)
    worker.rates.clear()
    worker.database_ms.clear()
    found = alternately(
        partial(worker.empty, channel, COUNT), partial(bare, worker.shelf, worker.provider, channel), ROUNDS
    )
    figures.add(
        f"voice_cpu_{channel}",
        found.ratio,
        "of a bare loop's messages per CPU second",
        ">= 0.5",
        messages_per_cpu_second=found.ours,
        bare_per_cpu_second=found.ceiling,
        cpu_ms_each=1000 / found.ours,
        database_cpu_ms_each=statistics.median(worker.database_ms),
        messages_per_second=statistics.median(worker.rates),
        lowest=found.lowest,
        highest=found.highest,
        calls_at_once=jobs.CALLS_AT_ONCE,
    )


@dataclass
class Worker:
    """A running worker with all around it; what each round cost the database, and how fast it was."""

    shelf: Shelf
    provider: Provider
    celery: Celery
    pid: int
    rates: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)

    def empty(self, channel: Channel, count: int) -> float:
        """Messages per CPU second: fill the shelf, wake the worker, wait until all is sent and written down."""
        self.shelf.fill(channel, count)
        before, sent = self.provider.count(), self.shelf.standing(channel, Standing.SENT)
        database = postgres_of(self.shelf.database.engine)
        cpu, database_cpu = cpu_seconds(self.pid), cpu_seconds(database)
        began = time.perf_counter()
        self.celery.send_task(DELIVER, [channel.value])
        self.provider.wait_for(before + count, PATIENCE_SECONDS)
        took = time.perf_counter() - began
        while self.shelf.standing(channel, Standing.SENT) < sent + count:
            time.sleep(0.1)
        self.rates.append(count / took)
        self.database_ms.append((cpu_seconds(database) - database_cpu) * 1000 / count)
        return count / (cpu_seconds(self.pid) - cpu)


def bare(shelf: Shelf, provider: Provider, channel: Channel) -> float:
    """Messages per CPU second in the bare loop, a process of its own."""
    some = [one for one in shelf.patterns if one.channel is channel]
    words = [channel.value, provider.url, str(jobs.CALLS_AT_ONCE), str(COUNT)]
    with cores.on(cores.SERVER):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.bare_calls", *words],
            cwd=PROJECT,
            input=pickle.dumps(some),
            stdout=subprocess.PIPE,
            check=True,
        )
    return COUNT / float(json.loads(done.stdout)["cpu"])
