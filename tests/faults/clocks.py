"""Reminders by two clocks and two workers that disagree by an hour, jump and die, at both ends of daylight saving."""

import os
import random
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import sleep

from sqlalchemy import create_engine, text

from benchmarks.figures import Figures
from portal.app import create_app
from portal.clock import ManualClock, wall_clock
from portal.db import db
from tests.dispatch import Dispatch, event, new_dispatch
from tests.doubles.weather import Weather
from tests.faults.calendar import SEASONS, Season, Visit, visits
from tests.faults.guard import Guard, end
from tests.faults.house import settings_of, short_folder
from tests.faults.outside import Outside
from tests.faults.servers import Durable
from tests.servers.databases import migrate
from tests.servers.run import PROJECT

SEED = 35
PEOPLE = 10
STEP = timedelta(minutes=20)
KILLS = 6
# of a process's rounds, those before which its clock jumps; and how soon in a round a process dies
JUMPS = 0.03
DIES_WITHIN_SECONDS = 0.1
HOUR = timedelta(hours=1)
CLOCKS, WORKERS = ("clock1", "clock2"), ("worker1", "worker2")
WORK = dict.fromkeys(CLOCKS, ("reminders", "fallback", "settle")) | dict.fromkeys(WORKERS, ("sms", "email"))
# Answers are lost while clocks disagree: what is asked about then must still be found. Nothing is reported.
WEATHER = Weather(
    too_many=0, error=0, taken_then_error=0.05, taken_then_silent=0, taken_then_cut=0.1, slow=0,
    never_reported=1, of_nobody=0, forged=0, answers_in_seconds=0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tick:
    """A clock ticked in a round, at a moment by its own reckoning; `finished`: it was not killed over it."""

    round: int
    at: datetime
    finished: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a season's reminders."""

    expected: int
    told: int
    missing: int
    twice: int
    unwanted: int
    early: int
    late: int
    ticks: int
    kills: int
    jumps: int


def run(figures: Figures) -> None:
    """Goals: each reminder exactly once, none before its time and none later than the first tick after it."""
    totals: Counter[str] = Counter()
    for season in SEASONS:
        counted = play(season, PEOPLE, STEP, KILLS, SEED)
        print(f"  {season.name}: {counted}")
        totals.update({name: getattr(counted, name) for name in Counted.__slots__})
    told = {name: totals[name] for name in ("expected", "told", "ticks", "kills", "jumps")}
    figures.add("clocks_reminders_missing", totals["missing"], "reminders", "== 0", **told, seed=SEED)
    figures.add("clocks_reminders_twice", totals["twice"], "reminders", "== 0")
    figures.add("clocks_reminders_unwanted", totals["unwanted"], "reminders", "== 0")
    figures.add("clocks_reminders_at_a_wrong_time", totals["early"] + totals["late"], "reminders", "== 0")


class Ticker:
    """One process that is told the time; it is started again when it was killed."""

    def __init__(self, name: str, settings: Mapping[str, str], guard: Guard) -> None:
        self.name, self._settings, self._guard = name, settings, guard
        self.offset = timedelta()
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.ticker", *WORK[self.name]],
            cwd=PROJECT, env=os.environ | dict(self._settings), start_new_session=True, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.killed = False
        self._guard.group(self.process.pid)
        self._hear()

    def say(self, at: datetime) -> None:
        """Tell it the time, which on its clock may be another one."""
        assert self.process.stdin
        self.process.stdin.write(f"{(at + self.offset).isoformat()}\n")
        self.process.stdin.flush()

    def done(self) -> bool:
        """Wait until it has worked; False: it died over it. Who died is started again."""
        worked = self._hear()
        if not worked or self.killed:
            self.process.wait()
            self._start()
        return worked

    def kill(self) -> None:
        """SIGKILL."""
        self.killed = True
        end(self.process.pid)

    def _hear(self) -> bool:
        assert self.process.stdout
        return bool(self.process.stdout.readline())


def play(season: Season, people: int, step: timedelta, kills: int, seed: int, place: str = "/tmp") -> Counted:
    """One season on a PostgreSQL of its own."""
    dice = random.Random(f"{seed}:{season.name}")
    everybody = list(visits(season, people))
    with ExitStack() as stack:
        guard = stack.enter_context(Guard())
        folder = stack.enter_context(short_folder("clocks", guard, place))
        settings = {
            "DATABASE_URL": stack.enter_context(Durable(folder, guard)).place.url(),
            "SECRET_KEY": secrets.token_urlsafe(40),
            "LOG_LEVEL": "ERROR",
        }
        clock = {"starts_at": season.begins.isoformat(), "real_start": wall_clock().isoformat(), "speed": 1.0}
        outside = stack.enter_context(Outside(replace(WEATHER, seed=seed), "http://127.0.0.1:9", clock))
        settings |= outside.settings
        migrate(settings["DATABASE_URL"])
        dispatch, time = _dispatch(settings, season)
        tickers = {name: Ticker(name, settings, guard) for name in WORK}
        _tell(dispatch, [one.shipment() for one in everybody])
        ticks, jumps, dead = _days(season, everybody, step, kills, dice, tickers, dispatch, time, outside)
        told = _told(settings["DATABASE_URL"])
        taken = Counter(one.to for one in outside.record().taken)
    return _count(everybody, told, taken, ticks, dead, jumps)


def _days(
    season: Season, everybody: list[Visit], step: timedelta, kills: int, dice: random.Random,
    tickers: dict[str, Ticker], dispatch: Dispatch, time: ManualClock, outside: Outside,
) -> tuple[list[Tick], int, int]:  # fmt: skip
    """Walk through the season; the ticks of both clocks, how often a process's clock jumped, how many died."""
    moments = list(_moments(season, step))
    busy = sorted({-((season.begins - at) // step) for one in everybody if (at := one.reminded_at)})
    doomed = set(dice.sample(busy, min(kills, len(busy))))
    changes = {timedelta(hours=1) // step: "moved", timedelta(hours=2) // step: "cancelled"}
    ticks: list[Tick] = []
    jumps = dead = 0
    for number, at in enumerate(moments):
        time.at = at
        outside.tell(at)
        if number in changes:
            _change(dispatch, everybody, changes[number], at)
        for ticker in tickers.values():
            if dice.random() < JUMPS:
                ticker.offset = dice.choice((-HOUR, timedelta(), HOUR))
                jumps += 1
        victim = tickers[dice.choice(list(tickers))] if number in doomed else None
        # the clocks race each other, then the workers do
        for names in (CLOCKS, WORKERS):
            for name in names:
                tickers[name].say(at)
            if victim and victim.name in names:
                sleep(dice.uniform(0, DIES_WITHIN_SECONDS))
                victim.kill()
                dead += 1
            for name in names:
                finished = tickers[name].done()
                if name in CLOCKS:
                    ticks.append(Tick(number, at + tickers[name].offset, finished))
    return ticks, jumps, dead


def _moments(season: Season, step: timedelta) -> Iterator[datetime]:
    at = season.begins
    while at < season.ends + 2 * HOUR:
        yield at
        at += step


def _dispatch(settings: dict[str, str], season: Season) -> tuple[Dispatch, ManualClock]:
    time = ManualClock(season.begins)
    app = create_app(settings_of(settings), clock=time)
    dispatch = new_dispatch(app, "Acme", country="DE")
    with app.app_context():
        db.session.remove()
    return dispatch, time


def _tell(dispatch: Dispatch, shipments: list[dict[str, object]]) -> None:
    for first in range(0, len(shipments), 100):
        dispatch.ships(*shipments[first : first + 100])


def _change(dispatch: Dispatch, everybody: list[Visit], fate: str, at: datetime) -> None:
    """Some visits move to the next day, or are called off, while their reminder is still ahead."""
    some = [one for one in everybody if one.fate == fate]
    if fate == "moved":
        _tell(dispatch, [one.shipment(moved=True) for one in some])
    elif some:
        dispatch.reports(*(event(f"off-{one.number}", one.reference, "cancelled", at) for one in some))


def _told(url: str) -> dict[str, list[datetime]]:
    """When each number's reminders were made, by the clock of who made them."""
    engine = create_engine(url)
    found: dict[str, list[datetime]] = {}
    with engine.connect() as connection:
        asked = "SELECT \"to\", created_at FROM messages WHERE notice = 'reminder' ORDER BY seq"
        for to, at in connection.execute(text(asked)):
            found.setdefault(to, []).append(at)
    engine.dispose()
    return found


def _count(
    everybody: list[Visit], told: dict[str, list[datetime]], taken: Counter[str], ticks: list[Tick],
    kills: int, jumps: int,
) -> Counted:  # fmt: skip
    due = {one.phone: at for one in everybody if (at := one.reminded_at)}
    latest = {at: _latest(ticks, at) for at in set(due.values())}
    called_off = {one.phone for one in everybody if one.reminded_at is None}
    made = {to: times[0] for to, times in told.items() if to in due}
    return Counted(
        expected=len(due),
        told=sum(taken[to] for to in due),
        missing=sum(not taken[to] for to in due),
        twice=sum(max(0, max(taken[to], len(told.get(to, ()))) - 1) for to in due),
        unwanted=sum(len(told.get(to, ())) for to in called_off),
        early=sum(at < due[to] for to, at in made.items()),
        late=sum(at > latest[due[to]] for to, at in made.items()),
        ticks=len(ticks),
        kills=kills,
        jumps=jumps,
    )


def _latest(ticks: list[Tick], due: datetime) -> datetime:
    """What a clock may show at most when a reminder is told: both race in the first round that shows its time."""
    # what a dying clock held in its hands is told in the next round
    lost = {tick.round for tick in ticks if not tick.finished}
    told_in = next(tick.round for tick in ticks if tick.round not in lost and tick.at >= due)
    return max(tick.at for tick in ticks if tick.round <= told_in)
