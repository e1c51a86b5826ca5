"""Commands that run the house: embedded in one process, or web, worker and clock apart."""

import ipaddress
import signal
import socket
from threading import Event
from typing import Any

import click

from portal.cli.asking import PORT, House, settings_or_stop, stop
from portal.config import Settings
from portal.flows import doctor

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="address to listen at")
port_option = click.option("--port", type=PORT, default=8000, show_default=True)
# How long a request that runs may still take once the end was asked for.
KILL_AFTER_SECONDS = 3


@click.command()
@host_option
@port_option
def serve(host: str, port: int) -> None:
    """Embedded: web and ticks in one process."""
    settings = settings_or_stop()
    _serve("portal.app:embedded", settings, host, port, 1)


@click.command()
@host_option
@port_option
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="processes")
def web(host: str, port: int, workers: int) -> None:
    """Scaled out: stateless web. Needs REDIS_URL and PostgreSQL."""
    _serve("portal.app:stateless", _scaled_out(), host, port, workers)


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="processes")
@click.pass_obj
def worker(house: House, concurrency: int) -> None:
    """Scaled out: a Celery worker that sends messages."""
    from portal import tasks

    _ready(_scaled_out())
    app = house.app()
    celery = tasks.celery_of(app)
    # what a worker numbers for dispatch is sent at once, too
    tasks.nudge_from(app, celery)
    celery.worker_main(["worker", "--loglevel=WARNING", f"--concurrency={concurrency}", "--without-gossip"])


@click.command()
@click.pass_obj
def clock(house: House) -> None:
    """Scaled out: the ticking clock. Two may run; nothing happens twice."""
    from portal import jobs

    _ready(_scaled_out())
    ended = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    scheduler = jobs.start(house.app())
    click.echo("The clock ticks.")
    ended.wait()
    scheduler.shutdown(wait=True)


def _scaled_out() -> Settings:
    settings = settings_or_stop()
    if settings.embedded:
        stop("REDIS_URL is not set; use `doorstep serve` for one process, or set it.")
    return settings


def _ready(settings: Settings) -> None:
    """Stop at once when the database does not answer or has other tables; who restarts us tries again."""
    if finding := doctor.trouble(settings.database):
        stop(finding)


def _serve(target: str, settings: Settings, host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    _ready(settings)
    address = _free(host, port)
    server = Granian(
        target,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.threads,
        factory=True,
        log_access=False,
        log_dictconfig=_json_lines(),
        websockets=False,
        respawn_failed_workers=workers > 1,
        workers_kill_timeout=KILL_AFTER_SECONDS,
    )
    server.serve()


def _free(host: str, port: int) -> str:
    """The address to listen at. The server would share a port that is in use without a word."""
    try:
        address = str(ipaddress.ip_address(_address(host)))
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        socket.create_server((address, port), family=family).close()
    except OSError as error:
        stop(f"{host}:{port} cannot be used: {_why(error)}; choose with --host and --port.")
    return address


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).partition(" (")[0].lower()


def _address(host: str) -> str:
    return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])


def _json_lines() -> dict[str, Any]:
    """The server's own lines, like ours: JSON on standard error."""
    handler = {"formatter": "ours", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": "portal.logs.Struck"}, "generic": {"()": "portal.logs.Struck"}},
        "handlers": {"console": handler},
        "loggers": {"_granian": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    }
