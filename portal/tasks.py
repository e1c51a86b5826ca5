"""The Celery app: the same work on many machines. A task is only a hint to look; the database is the record."""

import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any

from celery import Celery, signals
from flask import Flask

from notifications.message import Channel
from portal import jobs
from portal.wiring import Kit

DELIVER, FEED = "doorstep.deliver", "doorstep.feed"
HINT_EXPIRES_SECONDS = 30
# A hint costs web and worker a millisecond each; a worker that is woken takes all there is.
HINTS_APART_SECONDS = 0.03
Hint = tuple[str, ...]

# Measured against `kill -9` of workers and brokers; with Celery's defaults tasks stay parked for an hour.
MANNERS: dict[str, Any] = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_ignore_result": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "worker_prefetch_multiplier": 1,
    # Our logging strikes out personal data; theirs would not.
    "worker_hijack_root_logger": False,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 90,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    },
    "timezone": "UTC",
}


def celery_of(app: Flask) -> Celery:
    """A Celery app that does this house's work."""
    kit: Kit = app.extensions["doorstep"]
    celery = Celery("doorstep", broker=kit.settings.redis_url, set_as_current=False)
    celery.conf.update(MANNERS)

    def deliver(channel: str) -> None:
        with app.app_context():
            jobs.deliver(kit, Channel(channel))

    def feed() -> None:
        with app.app_context():
            jobs.feed(kit)

    celery.task(deliver, name=DELIVER)
    celery.task(feed, name=FEED)

    def own_connections(**_: Any) -> None:
        # A forked worker must not share its parent's database connections.
        kit.database.engine.dispose(close=False)

    signals.worker_process_init.connect(own_connections, weak=False)
    return celery


def nudge_from(app: Flask, celery: Celery) -> None:
    """Commits in this process wake a worker; when the broker is away, the clock's sweep does it a second later."""
    kit: Kit = app.extensions["doorstep"]

    def send(task: str, args: Hint) -> None:
        try:
            celery.send_task(task, args, expires=HINT_EXPIRES_SECONDS, retry=False)
        except Exception:
            kit.nudges.lost += 1

    hints = Hints(send)
    kit.nudges.channel = lambda channel: hints(DELIVER, channel.value)
    kit.nudges.feed = lambda: hints(FEED)


class Hints:
    """Sends hints in a thread of its own: many of a kind become one, and no request waits for the broker."""

    def __init__(self, send: Callable[[str, Hint], None]) -> None:
        self._send = send
        self._lock = Lock()
        self._wanted: dict[tuple[str, Hint], None] = {}
        self._told = Event()
        self._thread: Thread | None = None

    def __call__(self, task: str, *args: str) -> None:
        """Soon, a worker is to look."""
        with self._lock:
            self._wanted[task, args] = None
            if self._thread is None:
                self._thread = Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()
        self._told.set()

    def _run(self) -> None:
        while self._told.wait():
            self._told.clear()
            with self._lock:
                wanted, self._wanted = self._wanted, {}
            for task, args in wanted:
                self._send(task, args)
            time.sleep(HINTS_APART_SECONDS)
