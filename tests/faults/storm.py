"""One run of messages through a storm: news by the API, bad providers, kills; then calm, then the count.

The portal's clock is hurried, and leases, waits, retries and the timeouts of calls with it. What cannot be hurried is
as much slower against them: ticks, the start of a process, how soon receipts are taken in. So a run is harder than
the real thing, not easier.
"""

import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.request import urlopen

from sqlalchemy import create_engine

from notifications.message import Channel
from portal.app import create_app
from portal.clock import wall_clock
from portal.db import db
from portal.flows import operate
from portal.store import outbox
from tests.faults import judge
from tests.faults.guard import Guard
from tests.faults.house import House, opened, settings_of, short_folder, wait_until_it_answers
from tests.faults.outside import Outside, clock_settings
from tests.faults.people import Dispatch, Person, people
from tests.faults.plan import Aftermath, Plan, parts_of
from tests.faults.servers import Broker, Durable
from tests.faults.twins import alike, twins
from tests.servers.databases import migrate
from tests.servers.valkey import free_port

MORNING = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
LOOK_EVERY_SECONDS = 0.25
# kills go on at this pace when nothing is left to be taken
IDLE_KILL_SECONDS = 15.0
SLUG = "acme"
SENDS = {"sqlite": ("serve",), "postgresql": ("worker1", "worker2", "worker3")}
OTHERS = ("clock1", "clock2", "web")


def play(plan: Plan) -> Aftermath:
    """Play the plan on real processes."""
    with ExitStack() as stack:
        guard = stack.enter_context(Guard())
        folder = stack.enter_context(short_folder("storm", guard, plan.place))
        return _Storm(plan, folder, guard, stack).run()


class _Storm:
    def __init__(self, plan: Plan, folder: Path, guard: Guard, stack: ExitStack) -> None:
        self.plan, self.folder, self.guard = plan, folder, guard
        self.dice = random.Random(plan.seed)
        self.kills: Counter[str] = Counter()
        self.valkey: Broker | None = None
        self.url = f"http://127.0.0.1:{free_port()}"
        self.settings = {
            "SECRET_KEY": secrets.token_urlsafe(40),
            "PUBLIC_URL": self.url,
            "INSTANCE_PATH": str(folder),
            "LOG_LEVEL": "WARNING",
        }
        if plan.engine == "sqlite":
            self.settings["DATABASE_URL"] = f"sqlite:///{folder / 'doorstep.db'}"
        else:
            self.postgres = stack.enter_context(Durable(folder, guard))
            self.valkey = stack.enter_context(Broker(folder, guard))
            self.settings |= {"DATABASE_URL": self.postgres.place.url(), "REDIS_URL": self.valkey.url}
        migrate(self.settings["DATABASE_URL"])
        self.everybody: list[Person] = people(plan.messages - 2 * plan.twins)
        weather = replace(plan.weather, seed=plan.seed)
        self.twins = dict.fromkeys(twins(plan.twins, weather), 2)
        self.key = self._set_up()
        began = wall_clock()
        clock = {"starts_at": MORNING.isoformat(), "real_start": began.isoformat(), "speed": plan.speed}
        self.settings |= clock_settings(MORNING, began, plan.speed)
        self.outside = stack.enter_context(Outside(weather, self.url, clock))
        self.settings |= self.outside.settings

    def run(self) -> Aftermath:
        plan = self.plan
        house = House(self.folder, self.settings, parts_of(plan, self.url), self.guard)
        with opened(house):
            wait_until_it_answers(self.url)
            dispatch = Dispatch(self.url, self.key, self.everybody, MORNING)
            began = time.monotonic()
            dispatch.begin()
            try:
                self._rage(house, dispatch)
                self._until(lambda: self._standing("queued", "sending") == 0, "messages are still waiting")
                storm_seconds = time.monotonic() - began
                calm_seconds = self._calm()
            finally:
                dispatch.end()
            if dispatch.error:
                raise dispatch.error
        engine = create_engine(self.settings["DATABASE_URL"])
        kept = judge.messages(engine)
        engine.dispose()
        record = self.outside.record()
        verdict = judge.judge(self.everybody, self.twins, record, kept)
        starts = {part.name: part.starts for part in house.parts.values()}
        return Aftermath(verdict, record, self.kills, starts, storm_seconds, calm_seconds, dispatch.again)

    def _rage(self, house: House, dispatch: Dispatch) -> None:
        """Every blow at its share of the messages taken; when no more come, at a steady pace."""
        blows = list(self._blows(house))
        self.dice.shuffle(blows)
        expected = self.plan.messages
        for number, blow in enumerate(blows):
            share = expected * (number + 0.5) / len(blows)
            self._until(
                lambda share=share: dispatch.error or self._taken_or_idle(share), "the storm stood still"
            )
            if dispatch.error:
                return
            blow()
        self._until(lambda: dispatch.error or dispatch.told == len(self.everybody), "dispatch was not done")

    def _calm(self) -> float:
        """Nothing goes wrong any more, for as long as planned or until nothing is open; seconds of our clock."""
        self.outside.calm()
        began = time.monotonic()
        while (took := timedelta(seconds=(time.monotonic() - began) * self.plan.speed)) < self.plan.calm:
            if self._standing("queued", "sending", "unknown") == 0:
                break
            time.sleep(LOOK_EVERY_SECONDS)
        return took.total_seconds()

    def _taken_or_idle(self, share: float) -> bool:
        count = self.outside.count()
        if count != self._last[0]:
            self._last = count, time.monotonic()
        return count >= share or time.monotonic() - self._last[1] > IDLE_KILL_SECONDS

    _last = (0, 0.0)

    def _blows(self, house: House) -> Iterator[Callable[[], None]]:
        sends = [name for name in SENDS[self.plan.engine] if name in house.parts]
        for parts, times in ((sends, self.plan.kills), (OTHERS, self.plan.other_kills)):
            for number in range(times):
                yield partial(self._strike, house, parts[number % len(parts)])
        for _ in range(self.plan.database_kills):
            yield partial(self._noted, "postgresql", lambda: self.postgres.cut_power())
        for _ in range(self.plan.broker_kills):
            yield partial(self._noted, "valkey", self._kill_broker)
        for _ in range(self.plan.broker_flushes):
            yield partial(self._noted, "flushall", self._flush_broker)

    def _strike(self, house: House, name: str) -> None:
        """A part that is only just starting is waited for: a kill must hit something."""
        self._until(lambda: house.busy(name), f"{name} did not come up")
        house.kill(name, self.dice)
        self.kills[name.rstrip("123")] += 1

    def _noted(self, name: str, blow: Callable[[], None]) -> None:
        blow()
        self.kills[name] += 1

    def _kill_broker(self) -> None:
        assert self.valkey
        self.valkey.kill()
        time.sleep(self.dice.uniform(0, 2))
        self.valkey.start()

    def _flush_broker(self) -> None:
        assert self.valkey
        self.valkey.flush()

    def _until(self, good: Callable[[], object], why: str) -> None:
        give_up_at = time.monotonic() + self.plan.patience_seconds
        while not good():
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"{why} after {self.plan.patience_seconds:.0f} s")
            time.sleep(LOOK_EVERY_SECONDS)

    def _standing(self, *standings: str) -> int:
        """How many messages to people stand so, as `/metrics` has it; -1 when it cannot tell."""
        try:
            with urlopen(f"{self.url}/metrics", timeout=10) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return -1
        if "doorstep_database_up 1.0" not in lines:
            return -1
        wanted = [
            f'doorstep_messages{{channel="{channel}",standing="{standing}"}} '
            for channel in (Channel.SMS, Channel.EMAIL)
            for standing in standings
        ]
        return sum(int(float(line.split()[-1])) for line in lines if line.startswith(tuple(wanted)))

    def _set_up(self) -> str:
        """A shipper with a key, and the twins on the shelf."""
        app = create_app(settings_of(self.settings))
        kit = app.extensions["doorstep"]
        with app.app_context():
            operate.add_shipper(kit, SLUG, country="DE")
            key = operate.add_key(kit, SLUG, [], "faults", MORNING)[1]
            with kit.transaction() as session:
                shipper_id = next(iter(kit.voice.shippers(session)))
                outbox.put(
                    session, [one for to in self.twins for one in alike(shipper_id, to, MORNING, self.dice)]
                )
            db.session.remove()
            db.engine.dispose()
        return key
