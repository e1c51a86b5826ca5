"""What the clock ticks, and how often. Every tick is safe to run twice and in two processes."""

import os
import platform
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from notifications.delivery import deliver_due
from notifications.message import Channel, Message
from notifications.provider import Permanent
from notifications.reconcile import reconcile
from portal.clock import wall_clock
from portal.flows import change as changing
from portal.flows import dispatch_out, housekeeping, live
from portal.store import audit
from portal.wiring import Kit

log = structlog.get_logger()

BATCH = 50
CALLS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Tick:
    """A piece of work and how often it runs, in seconds."""

    name: str
    seconds: float
    work: Callable[[Kit], Any]


def deliver(kit: Kit, channel: Channel) -> int:
    """Empty what is due on one channel, several calls at a time. Returns how many were tried."""
    tried = 0
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        while count := deliver_due(
            kit.outbox,
            kit.carriers,
            channel,
            kit.now,
            BATCH,
            worker=f"{platform.node()}:{os.getpid()}",
            on_answer=partial(_answered, kit),
            on_failure=partial(_failed, kit),
            spread=pool.map,
        ):
            tried += count
            if count < BATCH:
                break
    return tried


def _answered(kit: Kit, message: Message, answer: Mapping[str, Any]) -> None:
    with kit.transaction() as session:
        dispatch_out.answered(session, kit.voice, message, answer, kit.now())


def _failed(kit: Kit, message: Message, failure: Permanent) -> None:
    with kit.transaction() as session:
        dispatch_out.refused_for_good(session, message, failure, kit.now())


def feed(kit: Kit) -> int:
    """Number what is new for dispatch and plan its webhooks."""
    with kit.transaction() as session:
        return dispatch_out.number_and_send(session, kit.voice, kit.now())


def settle(kit: Kit) -> None:
    """Find out what became of sends nobody finished."""
    for channel in Channel:
        reconcile(kit.outbox, kit.carriers, channel, kit.now)


def lapse(kit: Kit) -> int:
    """Close changes that nobody answered in time."""
    with kit.transaction() as session:
        return changing.lapse_overdue(session, kit.voice, kit.now())


def outbox(kit: Kit) -> None:
    """Sweep every channel, and show that the ticks are alive."""
    for channel in Channel:
        deliver(kit, channel)
    with kit.transaction() as session:
        audit.beat(session, "outbox", kit.now())


def windows(kit: Kit) -> None:
    """Windows run out also while a van is silent."""
    with kit.transaction() as session:
        live.time_passed(session, kit.voice, kit.now())


TICKS = (
    Tick("outbox", 1, outbox),
    Tick("feed", 1, feed),
    Tick("lapse", 5, lapse),
    Tick("windows", 20, windows),
    Tick("settle", 10, settle),
    Tick("page_views", 5, housekeeping.flush_views),
    Tick("housekeeping", 300, housekeeping.tidy),
)


def start(app: Flask) -> BackgroundScheduler:
    """Start the ticks in this process and let commits nudge them."""
    kit: Kit = app.extensions["doorstep"]
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": {"type": "threadpool", "max_workers": 8}},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    def run(work: Callable[[Kit], Any]) -> None:
        with app.app_context():
            work(kit)

    for tick in TICKS:
        scheduler.add_job(run, "interval", [tick.work], seconds=tick.seconds, id=tick.name)
    for channel in Channel:
        scheduler.add_job(run, "interval", [_deliverer(channel)], seconds=3600, id=f"nudge:{channel}")
    scheduler.add_listener(_log_failure, EVENT_JOB_ERROR)
    scheduler.start()

    def now_please(job_id: str) -> None:
        scheduler.modify_job(job_id, next_run_time=wall_clock())

    kit.nudges.channel = lambda channel: now_please(f"nudge:{channel}")
    kit.nudges.feed = lambda: now_please("feed")
    return scheduler


def _deliverer(channel: Channel) -> Callable[[Kit], int]:
    return lambda kit: deliver(kit, channel)


def _log_failure(event: JobExecutionEvent) -> None:
    log.error(
        "tick_failed", tick=event.job_id, kind=type(event.exception).__name__, exception=event.traceback
    )
