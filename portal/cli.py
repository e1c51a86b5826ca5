"""The `doorstep` command: run the house, set it up, and look whether all is well."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

import click
import flask_migrate
from flask import Flask
from pydantic import ValidationError

from portal.config import Settings, SettingsError
from portal.flows import operate

MakeApp = Callable[..., Flask]


def stop(sentence: str) -> NoReturn:
    """End with one clear sentence."""
    click.echo(f"doorstep: {sentence}", err=True)
    sys.exit(1)


def settings_or_stop() -> Settings:
    """The settings, or the end with the name of the one that is wrong."""
    try:
        settings = Settings()
        settings.check()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper() or "a setting"
        stop(f"{name}: {first['msg'].removeprefix('Value error, ')}")
    except SettingsError as error:
        stop(str(error))
    return settings


class House:
    """The roof's maker, so that commands can put up an app when they need one."""

    def __init__(self, make: MakeApp) -> None:
        self.make = make

    def app(self) -> Flask:
        """An app on the settings of the environment."""
        return self.make(settings_or_stop())


@click.group()
@click.pass_context
def doorstep(ctx: click.Context) -> None:
    """Doorstep: customer notification and tracking for last-mile delivery."""
    ctx.obj = House(ctx.obj)


def _serve(target: str, host: str, port: int, workers: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        factory=True,
        log_access=False,
        websockets=False,
        respawn_failed_workers=workers > 1,
        workers_kill_timeout=3,
    )
    server.serve()


@doorstep.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Embedded: web and ticks in one process."""
    settings = settings_or_stop()
    _serve("portal.app:embedded", host, port, 1, settings.threads)


@doorstep.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True)
def web(host: str, port: int, workers: int) -> None:
    """Scaled out: stateless web. Needs REDIS_URL and PostgreSQL."""
    settings = _scaled_out()
    _serve("portal.app:stateless", host, port, workers, settings.threads)


@doorstep.command()
@click.option("--concurrency", default=2, show_default=True)
@click.pass_obj
def worker(house: House, concurrency: int) -> None:
    """Scaled out: a Celery worker that sends messages."""
    from portal import tasks

    _scaled_out()
    celery = tasks.celery_of(house.app())
    celery.worker_main(["worker", "--loglevel=WARNING", f"--concurrency={concurrency}", "--without-gossip"])


@doorstep.command()
@click.pass_obj
def clock(house: House) -> None:
    """Scaled out: the ticking clock. Two may run; nothing happens twice."""
    from portal import jobs

    _scaled_out()
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


@doorstep.group("db")
def database() -> None:
    """The database's history."""


@database.command()
@click.option("--to", "revision", default="head", show_default=True)
@click.pass_obj
def upgrade(house: House, revision: str) -> None:
    """Bring the tables up to this version."""
    with house.app().app_context():
        flask_migrate.upgrade(revision=revision)
    click.echo("The database is up to date.")


@database.command()
@click.option("--to", "revision", default="-1", show_default=True)
@click.pass_obj
def downgrade(house: House, revision: str) -> None:
    """Take the tables one step back."""
    with house.app().app_context():
        flask_migrate.downgrade(revision=revision)
    click.echo("The database is one step back.")


@database.command()
@click.argument("words")
@click.pass_obj
def revision(house: House, words: str) -> None:
    """For developers: write the next migration from the tables as they are."""
    with house.app().app_context():
        flask_migrate.migrate(message=words)


@doorstep.command()
@click.pass_obj
def doctor(house: House) -> None:
    """Check the set-up; names the setting and the fix."""
    findings = operate.examine(house.app(), settings_or_stop())
    for finding in findings:
        click.echo(f"{'ok ' if finding.well else 'FIX'} {finding.sentence}")
    if not all(finding.well for finding in findings):
        sys.exit(1)


@doorstep.group()
def shipper() -> None:
    """The brands in the house."""


@shipper.command("add")
@click.argument("name")
@click.option("--slug", default="", help="short name; made from NAME when absent")
@click.option("--language", default="en", show_default=True)
@click.option("--timezone", default="UTC", show_default=True, help="IANA zone of its doors")
@click.option(
    "--country", default="US", show_default=True, help="two letters, for phone numbers without country code"
)
@click.option("--color", default="", help="brand color, #rrggbb")
@click.option("--support-phone", default="")
@click.option("--support-email", default="")
@click.pass_obj
def shipper_add(house: House, /, name: str, **more: str) -> None:
    """Add a shipper."""
    _say(house, lambda kit, now: operate.add_shipper(kit, name, **more))


@doorstep.group()
def key() -> None:
    """Keys of the dispatch API."""


@key.command("add")
@click.option("--shipper", "slug", default="", help="whose; absent: the operator's, for every shipper")
@click.option(
    "--scope", "scopes", multiple=True, help="may be given several times; absent: all of dispatch's"
)
@click.option("--label", default="", help="what it is for")
@click.pass_obj
def key_add(house: House, slug: str, scopes: tuple[str, ...], label: str) -> None:
    """Make a key; it is printed once."""
    _say(house, lambda kit, now: operate.add_key(kit, slug, list(scopes), label, now))


@key.command("revoke")
@click.argument("key_id", type=int)
@click.pass_obj
def key_revoke(house: House, key_id: int) -> None:
    """End a key by its number."""
    _say(house, lambda kit, now: operate.revoke_key(kit, key_id, now))


@doorstep.group()
def agent() -> None:
    """People who help: console and desk."""


@agent.command("add")
@click.argument("email")
@click.option("--name", default="")
@click.option(
    "--role", type=click.Choice(["viewer", "agent", "lead", "admin"]), default="agent", show_default=True
)
@click.option("--shipper", "slug", default="", help="whose; absent: every shipper's")
@click.pass_obj
def agent_add(house: House, email: str, name: str, role: str, slug: str) -> None:
    """Add an agent; the password is printed once."""
    _say(house, lambda kit, now: operate.add_agent(kit, email, name, role, slug, now))


def _say(house: House, act: Callable[[Any, Any], list[str]]) -> None:
    app = house.app()
    kit = app.extensions["doorstep"]
    try:
        with app.app_context():
            lines = act(kit, kit.now())
    except operate.Wrong as wrong:
        stop(str(wrong))
    for line in lines:
        click.echo(line)


@doorstep.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--speed", default=60.0, show_default=True, help="simulated seconds per real second")
def demo(port: int, speed: float) -> None:
    """A whole delivery day on this computer, no account needed."""
    from portal.demo import run

    run.main(port, speed)


@doorstep.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--speed",
    default=0.0,
    show_default=True,
    help="simulated seconds per real second; 0: as fast as possible",
)
@click.option(
    "--report", type=click.Path(path_type=Path), default=None, help="write the report here, as JSON"
)
@click.option(
    "--calibrate-on", type=click.Path(path_type=Path), default=None, help="learn from these rounds first"
)
@click.option("--level", type=click.Choice(["80", "90"]), default="90", show_default=True)
@click.pass_obj
def replay(
    house: House, file: Path, speed: float, report: Path | None, calibrate_on: Path | None, level: str
) -> None:
    """Play real finished rounds through the public API and score every window shown."""
    from portal.demo import replay as playing

    try:
        playing.main(
            house.make, file, speed=speed, report=report, calibrate_on=calibrate_on, level=int(level)
        )
    except playing.BadFile as bad:
        stop(str(bad))
