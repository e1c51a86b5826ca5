"""What the clock ticks, and how often. Every tick is safe to run twice and in two processes."""

import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from functools import cache, partial
from threading import Lock
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor as SchedulerThreads
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from notifications.delivery import deliver_due
from notifications.message import Channel, Message
from notifications.provider import Permanent
from notifications.reconcile import reconcile
from portal.clock import wall_clock
from portal.flows import (
    approvals,
    day_figures,
    desk_answers,
    dispatch_out,
    erasing,
    fallback,
    figures,
    files,
    heading,
    holds,
    housekeeping,
    learning,
    live,
    lookout,
    neighbors,
    pickup,
    provider_copies,
    receipts,
    remind,
    retention,
    stages,
    unreached,
    window_record,
)
from portal.flows import change as changing
from portal.store import audit, compartments, desk
from portal.store.changes import NUMBERED_AT_ONCE
from portal.wiring import Kit

log = structlog.get_logger()

THREADS = 10
# misfire_grace_time None: a tick that comes late is still wanted
MANNERS: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

# Measured at a provider that answers in 50 ms: with more calls at once a process sends no faster, its core is full.
# Of what is in hand, more than half may come back before more is taken, and all callers are still busy; with much
# more in hand, more would have to be asked about when the process dies.
CALLS_AT_ONCE, BATCH = 32, 80
QUESTIONS_AT_ONCE = 8
# A run ends before a broker takes its task for lost and before anybody misses its heartbeat; the next tick goes on.
ROUTES_AT_ONCE = 5
PATIENCE_SECONDS = 45.0
LONGEST_PAUSE_SECONDS = 1.0
ASKED_AT_ONCE = 50

BEAT_SECONDS = 10.0
# However fast a demo's day goes, whoever watches it sees no more than this.
QUICKEST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A piece of work and how often it runs, in seconds."""

    name: str
    seconds: float
    work: Callable[[Kit], Any]


def deliver(kit: Kit, channel: Channel) -> int:
    """Empty what is due on one channel, several calls at a time. Returns how many were tried."""
    return deliver_due(
        kit.outbox,
        kit.senders,
        channel,
        kit.now,
        BATCH,
        worker=f"{platform.node()}:{os.getpid()}",
        on_answer=partial(_answered, kit),
        on_failure=partial(_failed, kit),
        pool=_callers(channel, os.getpid()),
        pause=lambda seconds: time.sleep(min(seconds / kit.settings.clock_speed, LONGEST_PAUSE_SECONDS)),
        patience_seconds=PATIENCE_SECONDS,
    )


@cache
def _callers(channel: Channel, process: int) -> ThreadPoolExecutor:
    """The threads that call the carriers of a channel; a forked process has its own."""
    return ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix=channel)


def _answered(kit: Kit, message: Message, answer: Mapping[str, Any]) -> None:
    def keep() -> None:
        with kit.transaction() as session:
            dispatch_out.answered(session, kit.voice, message, answer, kit.now())

    kit.database.played(keep)


def _failed(kit: Kit, message: Message, failure: Permanent) -> None:
    with kit.transaction() as session:
        dispatch_out.refused_for_good(session, message, failure, kit.now())


def feed(kit: Kit) -> int:
    """Number what is new for dispatch and plan its webhooks; note what it has read by itself."""
    with kit.transaction() as session:
        unreached.note_pulls(session, kit.now())
    numbered, until = 0, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with kit.transaction() as session:
            some = dispatch_out.number_and_send(session, kit.voice, kit.now())
        numbered += some
        if some < NUMBERED_AT_ONCE:
            # a full batch says that more waits: a backlog is not left to the next tick
            break
    return numbered


def settle(kit: Kit) -> None:
    """Find out what became of sends nobody finished."""
    with ThreadPoolExecutor(QUESTIONS_AT_ONCE) as pool:
        for channel in Channel:
            while reconcile(kit.outbox, kit.senders, channel, kit.now, BATCH, spread=pool.map) == BATCH:
                pass


def confirm(kit: Kit) -> int:
    """Ask what became of texts that nobody ever reported on. Returns how many were asked about."""
    asked = kit.outbox.unconfirmed(Channel.SMS, ASKED_AT_ONCE, kit.now())
    told = [(one, receipt) for one in asked if (receipt := kit.senders.status(one, kit.now()))]
    if told:
        with kit.transaction() as session:
            receipts.confirmed(session, told, kit.now())
    return len(asked)


def answers(kit: Kit) -> int:
    """Let answers of the desk count that nobody has undone; each by itself, so that one does not hold up the others."""
    with kit.reading() as session:
        due = desk.due(session, kit.now())
    counted, broken = 0, None
    for waiting in due:
        try:
            counted += kit.database.played(partial(_count_answer, kit, waiting))
        except Exception as error:
            broken = broken or error
    if broken:
        raise broken
    return counted


def _count_answer(kit: Kit, waiting: desk.DeskAnswer) -> bool:
    with kit.transaction() as session:
        return desk_answers.count(session, kit.voice, waiting, kit.now())


def lapse(kit: Kit) -> int:
    """Close what nobody answered in time: no neighbor, no second person, and not dispatch."""
    return kit.database.played(partial(_lapse, kit))


def _lapse(kit: Kit) -> int:
    with kit.transaction() as session:
        neighbors.pass_on_unreached(session, kit.now())
        silent = neighbors.lapse_silent(session, kit.voice, kit.now())
        silent += approvals.lapse_overdue(session, kit.now())
        return silent + changing.lapse_overdue(session, kit.voice, kit.now())


def lapse_holds(kit: Kit) -> int:
    """Free the places that somebody looked at and left."""
    with kit.transaction() as session:
        return holds.lapse(session, kit.now())


def free_compartments(kit: Kit) -> None:
    """Free what was held for minutes, one compartment a transaction: nobody who takes some waits in a ring."""
    with kit.reading() as session:
        left = compartments.with_expired_holds(session, kit.now())
    for compartment_id in left:
        with kit.transaction() as session:
            compartments.free_expired(session, compartment_id, kit.now())


def end_stays(kit: Kit) -> int:
    """Tell dispatch what was not collected in time."""
    with kit.transaction() as session:
        return pickup.expire_overdue(session, kit.voice, kit.now())


def outbox(kit: Kit) -> None:
    """Sweep every channel."""
    for channel in Channel:
        deliver(kit, channel)


def fall_back(kit: Kit) -> int:
    """Say on the other channel what did not get through."""
    with kit.transaction() as session:
        return fallback.take_over(session, kit.voice, kit.now())


def reminders(kit: Kit) -> int:
    """Tell the reminders whose time has come."""
    with kit.transaction() as session:
        return remind.remind(session, kit.voice, kit.now())


def count_figures(kit: Kit) -> int:
    """Count how today's messages fare, and the days of the lead's figures that still change."""
    with kit.transaction() as session:
        days = figures.count(session, kit.now(), kit.settings.clock_speed)
    with kit.transaction() as session:
        return days + day_figures.count(session, kit.now())


def windows(kit: Kit) -> None:
    """Windows run out also while a van is silent; doors that yesterday's vans never reached are told."""
    with kit.transaction() as session:
        heading.gone_home(session, kit.voice, kit.now())
    with kit.transaction() as session:
        silent = live.silent(session, kit.now())
    # a few at a time: when all vans fall silent nobody else waits long for his turn to write
    for start in range(0, len(silent), ROUTES_AT_ONCE):
        with kit.transaction() as session:
            live.time_passed(session, kit.voice, silent[start : start + ROUTES_AT_ONCE], kit.now())


def count_windows(kit: Kit) -> int:
    """Count the windows that were judged; a batch a transaction, so that no door waits long."""
    counted, until = 0, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with kit.transaction() as session:
            some = window_record.count(session)
        counted += some
        if some < window_record.COUNTED_AT_ONCE:
            break
    return counted


def look_out(kit: Kit) -> int:
    """Find what needs an agent before anybody calls, and settle what does not any more."""
    return kit.database.played(partial(lookout.look, kit))


def learn(kit: Kit) -> int:
    """At night, learn from the rounds of late; how many tables were learned."""
    lessons, _failed = learning.tonight(kit)
    if lessons:
        kit.spreads.forget()
    return len(lessons)


def stages_reached(kit: Kit) -> int:
    """Rounds of tomorrow and today become dates, half days and hours of their doors."""
    with kit.transaction() as session:
        return stages.time_passed(session, kit.voice, kit.now())


def sweep_files(kit: Kit) -> int:
    """Erase pictures that no row knows."""
    return files.sweep(kit, wall_clock())


def _deliverer(channel: Channel) -> Callable[[Kit], int]:
    return lambda kit: deliver(kit, channel)


PAGE_VIEWS = Tick("page_views", 5, housekeeping.flush_views)
# A tick a channel: an endpoint that answers slowly must not keep the texts waiting.
TICKS = (
    *(Tick(channel.value, 1, _deliverer(channel)) for channel in Channel),
    Tick("feed", 1, feed),
    Tick("answers", 1, answers),
    Tick("lapse", 5, lapse),
    Tick("holds", 15, lapse_holds),
    Tick("compartments", 15, free_compartments),
    Tick("stays", 30, end_stays),
    Tick("fallback", 2, fall_back),
    Tick("reminders", 15, reminders),
    Tick("figures", 60, count_figures),
    Tick("windows", 20, windows),
    Tick("stages", 60, stages_reached),
    Tick("window_record", 30, count_windows),
    Tick("work", 30, look_out),
    Tick("learning", 3600, learn),
    Tick("settle", 10, settle),
    Tick("confirm", 15, confirm),
    PAGE_VIEWS,
    Tick("housekeeping", 300, housekeeping.tidy),
    Tick("trail", 60, housekeeping.forget_trail),
    Tick("pictures", 300, files.tidy),
    Tick("lost_pictures", 3600, sweep_files),
    Tick("erasures", 30, erasing.go_on),
    Tick("provider_copies", 10, provider_copies.erase_some),
    Tick("retention", 3600, retention.tidy),
)


class Pulse:
    """Writes down that a tick ran to its end, at most every few seconds."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._next: dict[str, float] = {}

    def __call__(self, name: str) -> None:
        if time.monotonic() < self._next.get(name, 0.0):
            return
        self._kit.database.played(lambda: self._beat(name))
        self._next[name] = time.monotonic() + BEAT_SECONDS

    def _beat(self, name: str) -> None:
        with self._kit.transaction() as session:
            audit.beat(session, name, self._kit.now())


def start(app: Flask) -> BackgroundScheduler:
    """Start the ticks in this process and let commits nudge them."""
    kit: Kit = app.extensions["doorstep"]
    with suppress(DBAPIError, PoolTimeout):
        kit.senders.try_again()
    scheduler = _scheduler(app, TICKS)

    def run(work: Callable[[Kit], Any]) -> None:
        with app.app_context():
            work(kit)

    wakes = {
        channel: Wake(scheduler, partial(run, _deliverer(channel)), f"wake:{channel}") for channel in Channel
    }
    kit.nudges.channel = lambda channel: wakes[channel]()
    kit.nudges.feed = Wake(scheduler, partial(run, feed), "wake:feed")
    return scheduler


def start_counting(app: Flask) -> BackgroundScheduler:
    """For a process that shows pages and ticks nothing else: its page views are written down."""
    return _scheduler(app, (PAGE_VIEWS,))


def pause_seconds(tick: Tick, speed: float) -> float:
    """Real seconds between two runs: where a day is played faster, its ticks are, too, as far as is of use."""
    return max(tick.seconds / speed, min(tick.seconds, QUICKEST_SECONDS))


def _scheduler(app: Flask, ticks: Iterable[Tick]) -> BackgroundScheduler:
    kit: Kit = app.extensions["doorstep"]
    scheduler = BackgroundScheduler(
        timezone=UTC, executors={"default": SchedulerThreads(THREADS)}, job_defaults=MANNERS
    )
    pulse, speed = Pulse(kit), kit.settings.clock_speed

    def run(tick: Tick) -> None:
        with app.app_context():
            tick.work(kit)
            pulse(tick.name)

    for tick in ticks:
        scheduler.add_job(
            run,
            "interval",
            [tick],
            seconds=pause_seconds(tick, speed),
            id=tick.name,
            next_run_time=wall_clock(),
        )
    scheduler.add_listener(_log_failure, EVENT_JOB_ERROR)
    scheduler.start()
    return scheduler


class Wake:
    """Runs work at once in the scheduler's threads; calls that come while it runs make it run once more."""

    def __init__(self, scheduler: BackgroundScheduler, work: Callable[[], Any], name: str) -> None:
        self._scheduler, self._work, self._name = scheduler, work, name
        self._lock = Lock()
        self._running = self._again = False

    def __call__(self) -> None:
        with self._lock:
            if self._running:
                self._again = True
                return
            self._running = True
        self._scheduler.add_job(self._run, name=self._name)

    def _run(self) -> None:
        try:
            self._work()
        finally:
            with self._lock:
                self._running, more = False, self._again
                self._again = False
        if more:
            self()


def _log_failure(event: JobExecutionEvent) -> None:
    kind = type(event.exception).__name__
    if isinstance(event.exception, (OperationalError, PoolTimeout)):
        # while the database is away this is said every second: no trace
        log.error("tick_failed", tick=event.job_id, kind=kind, problem="the database is not available")
    else:
        log.error("tick_failed", tick=event.job_id, kind=kind, exception=event.traceback)
