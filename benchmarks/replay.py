"""Finished rounds through the public doors: how long that takes, and how it grows with twice the rounds.

`REPLAY_FILE` names a file of real rounds; without it 29 rounds of some 20 deliveries are made up.
"""

import math
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.figures import Figures
from portal.app import create_app
from portal.demo.replay import play
from portal.demo.replay_file import Delivery, Rounds, read
from portal.demo.replay_report import table

ROUNDS = 29
MORNING = datetime(2024, 5, 7, 1, tzinfo=UTC)


def run(figures: Figures) -> None:
    """Once, and twice the rounds on the same day; each in a house of its own."""
    given = os.environ.get("REPLAY_FILE", "")
    once = read(Path(given)) if given else made_up(ROUNDS)
    first, first_cpu = timed(once)
    for line in table(first):
        print(f"  {line}".rstrip())
    told = {
        "rounds": first["rounds"],
        "deliveries": first["deliveries"],
        "kind": "real" if given else "made up",
    }
    figures.add("replay_seconds", first["seconds"], "s", "<= 120", **told)
    if given:
        held = {row["minutes_left"]: row["held"] for row in first["buckets"]}
        figures.add("replay_held_least", min(held.values()), "share", ">= 0.87", **_named(held))
    again, again_cpu = timed(doubled(once))
    # By processor time: a neighbor's load would make one of the two look slow.
    growth = again_cpu / first_cpu / 2
    figures.add("replay_growth", growth, "of linear", "<= 1.1", deliveries=again["deliveries"])


def timed(rounds: Rounds) -> tuple[dict[str, Any], float]:
    """The report of a replay and the processor seconds it took."""
    begun = time.process_time()
    return play(create_app, rounds), time.process_time() - begun


def _named(held: dict[str, float]) -> dict[str, Any]:
    return {f"held_{name.replace('-', '_').replace(' ', '_')}": share for name, share in held.items()}


def doubled(rounds: Rounds) -> Rounds:
    """Each round and its twin, a minute later, so that nothing falls together."""
    minute = timedelta(minutes=1)
    twins = {
        f"{name}b": tuple(
            Delivery(
                f"{name}b", one.seq, one.stop_id, one.lat, one.lng, one.accepted_at + minute,
                one.delivered_at + minute, one.service_seconds,
            )
            for one in stops
        )
        for name, stops in rounds.items()
    }  # fmt: skip
    return {**rounds, **twins}


def made_up(count: int) -> Rounds:
    """Rounds of a small town: 8 to 32 stops, a third of a kilometer apart, with a long pause now and then."""
    rng = Random(5)
    return {f"B{number}": tuple(_round(f"B{number}", rng)) for number in range(count)}


def _round(name: str, rng: Random) -> Iterator[Delivery]:
    at = MORNING + timedelta(minutes=rng.randint(60, 360))
    accepted = at - timedelta(hours=1)
    lat, lng, way = 37.4 + rng.random() / 10, 121.4 + rng.random() / 10, rng.random() * 6.28
    for seq in range(1, rng.randint(8, 32) + 1):
        yield Delivery(name, seq, f"{name}-{seq}", round(lat, 5), round(lng, 5), accepted, at)
        km = rng.lognormvariate(math.log(0.34), 0.8)
        way += rng.gauss(0, 1)
        lat, lng = lat + km * math.cos(way) / 111, lng + km * math.sin(way) / 88
        minutes = (8 + 11 * km) * rng.lognormvariate(0, 0.45) + (rng.random() < 0.05) * rng.uniform(40, 120)
        at += timedelta(minutes=round(minutes) or 1)
