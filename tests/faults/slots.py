"""200 people at once want one of 50 places, 100 rounds on each database; one call in ten is left and made again."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, text

from benchmarks.figures import Figures
from portal.clock import wall_clock
from tests.faults.callers import Caller, Line, Visitor
from tests.faults.ground import ENGINES, Ground, ground

ROUNDS, PEOPLE, PLACES, LEFT_SHARE, SEED = 100, 200, 50, 0.1, 41


@dataclass(frozen=True, slots=True)
class Counted:
    """`oversold`: places booked beyond capacity; `double`: shipments with more than one booking; `wrong`: answers
    that said another thing than what is kept; `leaked`: places that count as taken though nobody has them."""

    rounds: int
    booked: int
    refused: int
    oversold: int
    double: int
    unsold: int
    wrong: int
    leaked: int
    left: int
    told_dispatch: int
    seconds: float


def run(figures: Figures) -> None:
    """Goals: never oversold, nobody has two, exactly the rest is refused, nothing leaks."""
    for engine in ENGINES:
        found = play(engine, ROUNDS, PEOPLE, PLACES, SEED)
        told = {"rounds": found.rounds, "booked": found.booked, "refused": found.refused}
        told |= {"calls_left": found.left, "seconds": found.seconds}
        figures.add(f"slots_{engine}_oversold", found.oversold, "places", "== 0", **told)
        figures.add(f"slots_{engine}_double", found.double, "shipments", "== 0")
        figures.add(f"slots_{engine}_unsold", found.unsold, "places", "== 0")
        figures.add(f"slots_{engine}_leaked", found.leaked, "places", "== 0")
        figures.add(f"slots_{engine}_wrong_answers", found.wrong, "answers", "== 0")


def play(engine: str, rounds: int, people: int, places: int, seed: int, place: str = "/tmp") -> Counted:
    """Every round has a slot of its own, in the zone of its people; each of them holds a place, then books it."""
    began = wall_clock()
    with ground("slots", engine, place) as where, where.house(where.web()):
        links = _prepare(where, rounds, people, places, began)
        answers: Counter[str] = Counter()
        said: dict[str, str] = {}
        with ThreadPoolExecutor(people) as pool:
            lines = [Line(where.url) for _ in range(people)]
            # one open form serves all: what is counted are bookings, not looks
            form = Visitor(Line(where.url), links[0][1])
            form.opens("/change?kind=new_window")
            for number in range(rounds):
                start, dice = Barrier(people), [random.Random(f"{seed}:{number}:{n}") for n in range(people)]
                some = links[number * people : (number + 1) * people]
                who = [
                    replace(form, line=line, path=path) for line, (_, path) in zip(lines, some, strict=True)
                ]
                told = pool.map(_one, who, dice, [start] * people, [f"slot-{number}"] * people)
                for link, (answer, left) in zip(some, told, strict=True):
                    said[link[0]] = answer
                    answers["left"] += left
        return _judge(where.tables(), said, rounds, places, answers["left"], wall_clock() - began)


def _prepare(where: Ground, rounds: int, people: int, places: int, now: datetime) -> list[tuple[str, str]]:
    """Slots and shipments on demand; (reference, path) of every recipient."""
    dispatch, start = Caller(where.url, where.key), now + timedelta(hours=30)
    slots: list[dict[str, Any]] = [
        {
            "slot": f"slot-{number}", "zone": f"zone-{number}", "capacity": places,
            "start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat(),
            "closes_at": (start - timedelta(hours=4)).isoformat(),
        }
        for number in range(rounds)
    ]  # fmt: skip
    dispatch.tell("slots", slots, "PUT")
    told = [
        _shipment(f"S-{number}-{person}", f"zone-{number}")
        for number in range(rounds)
        for person in range(people)
    ]
    kept = dispatch.tell("shipments", told)
    return [(one["reference"], urlsplit(one["link"]).path) for one in kept]


def _shipment(reference: str, depot: str) -> dict[str, Any]:
    door = {"lines": ["1 Mill Lane"], "locality": "Harbourton", "postcode": "12345", "country": "DE"}
    return {
        "reference": reference, "service": "on_demand", "depot": depot,
        "parcels": [{"code": f"P-{reference}"}],
        "recipient": {"name": "Ann Archer", "email": f"{reference.lower()}@example.org", "language": "en"},
        "address": door | {"timezone": "UTC"},
    }  # fmt: skip


def _one(visitor: Visitor, dice: random.Random, start: Barrier, slot: str) -> tuple[str, int]:
    """What one person was told in the end (booked, full, or else), and how many calls they left."""
    left = 0
    start.wait()
    for page, fields in (("/change", {"kind": "new_window", "slot": slot}), ("/confirm", {})):
        if dice.random() < LEFT_SHARE:
            visitor.sends(page, leaves=True, **fields)
            left += 1
        said = visitor.sends(page, **fields)
        assert said is not None
        if said.status >= 500:
            return f"failed with {said.status}", left
        if said.status in (409, 422):
            return (
                "full"
                if "just taken" in said.text
                else "booked"
                if "already your time" in said.text
                else said.text,
                left,
            )
    # whoever left a call that was done meanwhile is asked for a code before the time may be changed again
    return "booked" if "done=accepted" in said.location or said.location.endswith(
        "/verify"
    ) else said.location, left


def _judge(
    tables: Engine, said: dict[str, str], rounds: int, places: int, left: int, took: timedelta
) -> Counted:
    with tables.connect() as connection:

        def count(sql: str) -> int:
            return int(connection.execute(text(sql)).scalar_one() or 0)

        live = "SELECT slot_id, count(*) AS n FROM slot_bookings WHERE released_at IS NULL GROUP BY slot_id"
        accepted = (
            "SELECT shipment_id, count(*) AS n FROM changes WHERE life = 'accepted' GROUP BY shipment_id"
        )
        booked = {
            row[0]
            for row in connection.execute(
                text("SELECT s.reference FROM changes c JOIN shipments s ON s.id = c.shipment_id")
            )
        }
        kept = f"SELECT coalesce(sum(n), 0) FROM ({live}) AS live"
        return Counted(
            rounds=rounds,
            booked=count(kept),
            refused=sum(answer == "full" for answer in said.values()),
            oversold=count(
                f"SELECT coalesce(sum(n - capacity), 0) FROM ({live}) AS live"
                " JOIN slots ON slots.id = live.slot_id WHERE n > capacity"
            ),
            double=count(f"SELECT count(*) FROM ({accepted}) AS held WHERE n > 1"),
            unsold=rounds * places - count(kept),
            wrong=sum((answer == "booked") != (who in booked) for who, answer in said.items())
            + sum(answer not in ("booked", "full") for answer in said.values()),
            leaked=count("SELECT sum(taken) FROM slots")
            - count(kept)
            + count("SELECT count(*) FROM slot_holds"),
            left=left,
            told_dispatch=count("SELECT count(*) FROM change_feed"),
            seconds=took.total_seconds(),
        )
