"""The Celery app: the same work on many machines. A task is only a hint to look; the database is the record."""

from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from flask import Flask

from notifications.message import Channel
from portal import jobs
from portal.db import db
from portal.wiring import Kit

celery = Celery("doorstep")
celery.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 90,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    },
    timezone="UTC",
)


def connect(app: Flask) -> Celery:
    """Bind the Celery app to this house's settings."""
    kit: Kit = app.extensions["doorstep"]
    celery.conf.broker_url = kit.settings.redis_url
    celery.flask_app = app
    return celery


def _with_kit(work: Callable[[Kit], Any]) -> None:
    app: Flask = celery.flask_app
    with app.app_context():
        work(app.extensions["doorstep"])


@celery.task(name="doorstep.deliver")
def deliver(channel: str) -> None:
    """Empty what is due on this channel."""
    _with_kit(lambda kit: jobs.deliver(kit, Channel(channel)))


@celery.task(name="doorstep.feed")
def feed() -> None:
    """Number what is new for dispatch."""
    _with_kit(jobs.feed)


@signals.worker_process_init.connect
def _own_connections(**_: Any) -> None:
    # A forked worker must not share its parent's database connections.
    app: Flask = celery.flask_app
    with app.app_context():
        db.engine.dispose(close=False)


def nudge_from(app: Flask) -> None:
    """Commits in this process wake a worker; when the broker is away, the clock's sweep does it a second later."""
    kit: Kit = app.extensions["doorstep"]
    connect(app)

    def send(task: Any, *args: str) -> None:
        try:
            task.apply_async(args, expires=30, retry=False)
        except Exception:  # noqa: BLE001 - the record is safe in the database; only the hint is lost
            kit.counts["nudges_lost"] = kit.counts.get("nudges_lost", 0) + 1

    kit.nudges.channel = lambda channel: send(deliver, channel.value)
    kit.nudges.feed = lambda: send(feed)
