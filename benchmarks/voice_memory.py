"""Memory of a worker that sends 100,000 messages: what it holds after them, beside after the first 20,000."""

import time
from functools import partial

from celery import Celery

from benchmarks import databases, seeds
from benchmarks.figures import Figures
from benchmarks.houses import broker_of_our_own
from benchmarks.parts import environment, memory_bytes, running
from benchmarks.provider import Provider
from benchmarks.shelf import PATTERNS, STEPS, Shelf
from notifications.message import Channel, Standing
from portal.tasks import DELIVER

TOLD = (Channel.SMS, Channel.EMAIL)
A_TURN = 10_000
TURNS = 10
SETTLED = 2
PATIENCE_SECONDS = 120
MIB = 2**20


def run(figures: Figures) -> None:
    """Goal: less than 5 % more. Half of them texts, half emails; the provider answers at once."""
    seed = partial(seeds.seed, count=PATTERNS, steps=STEPS)
    with (
        databases.fresh("postgresql", seed) as url,
        broker_of_our_own() as valkey,
        Provider(0) as provider,
        running(environment(url, provider, 8000, valkey.url), {"worker": "worker --concurrency 2"}) as pids,
    ):
        shelf, celery = Shelf(url), Celery(broker=valkey.url)
        began = time.perf_counter()
        held = []
        for turn in range(1, TURNS + 1):
            for channel in TOLD:
                shelf.fill(channel, A_TURN // len(TOLD))
                celery.send_task(DELIVER, [channel.value])
            provider.wait_for(turn * A_TURN, PATIENCE_SECONDS)
            until_written_down(shelf, turn * A_TURN)
            held.append(memory_bytes(pids["worker"]))
        took = time.perf_counter() - began
        shelf.close()
    figures.add(
        "voice_memory",
        held[-1] / held[SETTLED - 1],
        f"of its memory after {SETTLED * A_TURN:,} messages",
        "<= 1.05",
        messages=TURNS * A_TURN,
        mib=held[-1] / MIB,
        mib_after=", ".join(f"{one / MIB:.0f}" for one in held),
        processes=3,
        messages_per_second=TURNS * A_TURN / took,
    )


def until_written_down(shelf: Shelf, count: int) -> None:
    """Until the database knows it too."""
    while sum(shelf.standing(channel, Standing.SENT) for channel in TOLD) < count:
        time.sleep(0.1)
