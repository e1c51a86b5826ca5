"""10,000 webhooks to a dispatch that fails, is slow, is down and comes back, while workers are killed.

Dispatch's retries last for days, so days pass: whenever nothing more arrives, all processes are killed and started
again on a clock that stands where the next call is due. In between the clock runs as in the other runs.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.figures import Figures
from portal.clock import wall_clock
from portal.db import Database
from portal.store import changes
from tests.doubles.dispatch import OLD_SECRET, SECRET
from tests.faults.callers import Caller
from tests.faults.ground import MORNING, Ground, ground, until
from tests.faults.house import House, wait_until_it_answers
from tests.faults.outside import clock_settings
from tests.faults.plan import Plan, parts_of
from tests.faults.receiver import FINE, Mood, Receiver

TYPE = "shipment.contact_changed"
PER_SHIPMENT = 20
SPEED = 6.0
STORM = Mood(error=0.12, taken_then_error=0.05, taken_then_cut=0.05, slow=0.03, too_many=0.03)
SLOW = Mood(slow=0.3)
# so many real seconds without a call, and the clock is moved on
QUIET_SECONDS = 3.0
DOWN_SECONDS = 6.0
PATIENCE_SECONDS = 600.0
DAYS = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Counted:
    """`missing`: entries that never arrived; `astray`: those whose first arrival was before an earlier one's of the
    same shipment; `renamed`: entries that came under several ids; `shared`: ids that several entries bore."""

    webhooks: int
    missing: int
    astray: int
    renamed: int
    shared: int
    unsigned: int
    signed_twice: int
    parked: int
    repeated: int
    calls: dict[str, int]
    kills: int
    moves: int
    hours: float
    seconds: float


RUNS = (
    Plan("postgresql", messages=10_000, kills=10, speed=SPEED, seed=45),
    Plan("sqlite", messages=10_000, kills=10, speed=SPEED, seed=46),
)


def run(figures: Figures) -> None:
    """Goals: all arrive, in order per shipment, each under one id, signed as the public library checks it."""
    for plan in RUNS:
        found = play(plan)
        told = {"webhooks": found.webhooks, "repeated": found.repeated, "kills": found.kills}
        told |= {"hours_played": found.hours, "clock_moves": found.moves, "seconds": found.seconds}
        told |= {f"calls_{name}": count for name, count in sorted(found.calls.items())}
        name = f"webhooks_{plan.engine}"
        figures.add(f"{name}_missing", found.missing, "webhooks", "== 0", **told)
        figures.add(f"{name}_out_of_order", found.astray, "webhooks", "== 0")
        figures.add(f"{name}_other_id", found.renamed + found.shared, "webhooks", "== 0")
        figures.add(f"{name}_unsigned", found.unsigned, "calls", "== 0", both_secrets=found.signed_twice)
        figures.add(f"{name}_parked", found.parked, "webhooks", "== 0")


def play(plan: Plan) -> Counted:
    """`plan.messages` entries of the feed, brought in while the storm goes on."""
    with ground("hooks", plan.engine, plan.place) as where, Receiver(plan.seed) as receiver:
        return _Run(plan, where, receiver).play()


class _Run:
    def __init__(self, plan: Plan, where: Ground, receiver: Receiver) -> None:
        self.plan, self.where, self.receiver = plan, where, receiver
        self.dice = random.Random(plan.seed)
        self.began, self.stands_at = wall_clock(), MORNING
        self.moves = 0
        self._set_clock(MORNING)
        self.tables = where.tables(4)

    def play(self) -> Counted:
        where, plan, receiver = self.where, self.plan, self.receiver
        began = time.monotonic()
        with where.house(parts_of(plan, where.url)) as house:
            dispatch = Caller(where.url, where.key)
            for secret in (OLD_SECRET, SECRET):
                dispatch.call("PUT", "/webhook", {"url": receiver.url, "secret": secret, "events": []})
            shipments = _shipments(dispatch, self.tables, plan.messages // PER_SHIPMENT)
            bringing = threading.Thread(
                target=_bring, args=(where.database(2), where.shipper_id, shipments, plan, self.now)
            )
            receiver.mood = STORM
            bringing.start()
            self._weather(house)
            bringing.join()
            self._days(house)
        return self._judge(house.kills, time.monotonic() - began)

    def now(self) -> datetime:
        """The time of the house's processes."""
        return self.stands_at + (wall_clock() - self.set_at) * SPEED

    def _weather(self, house: House) -> None:
        """Kills all along; the receiver fails at first, then is slow, then gone, then back."""
        receiver, plan = self.receiver, self.plan
        for number in range(plan.kills):
            share = 0.8 * plan.messages * (number + 1) / (plan.kills + 1)
            self._wait_for(share)
            house.kill(self._victim(house), self.dice)
            if number == plan.kills // 3:
                receiver.mood = SLOW
            elif number == 2 * plan.kills // 3:
                receiver.goes_down()
                time.sleep(DOWN_SECONDS)
                receiver.mood = STORM
                receiver.comes_back()
        receiver.mood = FINE

    def _victim(self, house: House) -> str:
        names = [name for name in house.parts if name.startswith(("serve", "worker", "clock"))]
        return self.dice.choice(names)

    def _wait_for(self, share: float) -> None:
        """Until so many calls were taken, or none comes any more."""
        until(lambda: len(self.receiver.arrivals) >= share or self._quiet(), "no call comes", 120)

    def _quiet(self) -> bool:
        calls = self.receiver.counts["calls"]
        if calls != self._last[0]:
            self._last = calls, time.monotonic()
        return time.monotonic() - self._last[1] > QUIET_SECONDS

    _last = (-1, 0.0)

    def _days(self, house: House) -> None:
        """Until nothing waits: whenever it is quiet, on to the moment at which the next call is due."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while self._open() and time.monotonic() < give_up_at:
            self._last = (-1, time.monotonic())
            until(lambda: self._quiet() or not self._open(), "calls never end", PATIENCE_SECONDS)
            due = self._next_due()
            if due is None or due - MORNING > DAYS:
                continue
            if due > self.now() + timedelta(seconds=60):
                self._move(house, due)

    def _move(self, house: House, to: datetime) -> None:
        """All processes die, and come up again later."""
        self.moves += 1
        self._set_clock(to)
        house.settings.update(self.where.settings)
        for name in house.parts:
            house.kill(name, self.dice)
            house.kills -= 1
        wait_until_it_answers(self.where.url)

    def _set_clock(self, at: datetime) -> None:
        self.stands_at, self.set_at = at, wall_clock()
        self.where.settings |= clock_settings(at, self.set_at, SPEED)

    def _open(self) -> int:
        unnumbered = "SELECT count(*) FROM change_feed WHERE seq IS NULL"
        waiting = (
            "SELECT count(*) FROM messages WHERE channel = 'webhook'"
            " AND standing IN ('queued', 'sending', 'unknown')"
        )
        with self.tables.connect() as connection:
            return sum(int(connection.execute(text(sql)).scalar_one()) for sql in (unnumbered, waiting))

    def _next_due(self) -> datetime | None:
        """When the first call that may be made is due: that of each shipment's oldest waiting entry."""
        asked = text(
            "SELECT min(m.not_before) FROM messages m WHERE m.channel = 'webhook' AND m.standing = 'queued'"
            " AND m.attempts > 0"
        )
        with self.tables.connect() as connection:
            due: Any = connection.execute(asked).scalar_one()
        if isinstance(due, str):
            due = datetime.fromisoformat(due)
        return due.replace(tzinfo=MORNING.tzinfo) if due and due.tzinfo is None else due

    def _judge(self, kills: int, seconds: float) -> Counted:
        receiver, plan = self.receiver, self.plan
        first: dict[int, int] = {}
        ids: dict[int, set[str]] = {}
        bearers: dict[str, set[int]] = {}
        last_of: dict[str, int] = {}
        astray = 0
        for place, one in enumerate(receiver.arrivals):
            ids.setdefault(one.number, set()).add(one.webhook_id)
            bearers.setdefault(one.webhook_id, set()).add(one.number)
            if one.number in first:
                continue
            first[one.number] = place
            astray += one.seq < last_of.get(one.shipment, 0)
            last_of[one.shipment] = max(one.seq, last_of.get(one.shipment, 0))
        with self.tables.connect() as connection:
            parked = connection.execute(
                text("SELECT count(*) FROM messages WHERE channel = 'webhook' AND standing <> 'delivered'")
            ).scalar_one()
        counts = Counter(receiver.counts)
        unsigned, twice = counts.pop("unsigned", 0), counts.pop("signed_twice", 0)
        return Counted(
            webhooks=plan.messages,
            missing=sum(number not in first for number in range(plan.messages)),
            astray=astray,
            renamed=sum(len(some) > 1 for some in ids.values()),
            shared=sum(len(some) > 1 for some in bearers.values()),
            unsigned=unsigned,
            signed_twice=twice,
            parked=int(parked),
            repeated=len(receiver.arrivals) - len(first),
            calls=dict(counts),
            kills=kills,
            moves=self.moves,
            hours=(self.now() - MORNING).total_seconds() / 3600,
            seconds=seconds,
        )


def _shipments(dispatch: Caller, tables: Engine, number: int) -> list[tuple[int, str]]:
    door = {"lines": ["1 Mill Lane"], "locality": "Harbourton", "postcode": "12345", "country": "DE"}
    told: list[dict[str, Any]] = [
        {
            "reference": f"W-{n}", "parcels": [{"code": f"B-{n}"}], "recipient": {"name": "Ann Archer"},
            "address": door | {"timezone": "UTC"},
        }
        for n in range(number)
    ]  # fmt: skip
    dispatch.tell("shipments", told)
    with tables.connect() as connection:
        rows = connection.execute(text("SELECT id, reference FROM shipments ORDER BY id"))
        return [(row.id, row.reference) for row in rows]


def _bring(
    database: Database,
    shipper_id: int,
    shipments: list[tuple[int, str]],
    plan: Plan,
    now: Callable[[], datetime],
) -> None:
    """Entry after entry, each shipment's in turn, a few in a transaction."""
    for first in range(0, plan.messages, 20):
        with database.transaction() as session:
            for number in range(first, min(first + 20, plan.messages)):
                shipment_id, reference = shipments[number % len(shipments)]
                data = {"n": number, "shipment": reference}
                changes.tell_dispatch(session, shipper_id, shipment_id, TYPE, now(), data)
        time.sleep(0.02)
