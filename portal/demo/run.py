"""`doorstep demo`: a fresh portal in a folder of its own, and a delivery day played before your eyes."""

import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from notifications import signing
from portal.clock import ScaledClock, wall_clock
from portal.demo import cards, depot, drawing, plan, seed, server, town
from portal.demo.cast import ROUNDS
from portal.demo.day import Player
from portal.demo.dispatch import Dispatch
from portal.demo.doorbell import Doorbell, listening
from portal.demo.inbox import Inbox
from portal.demo.notebook import Notebook
from portal.demo.papers import Paper
from portal.demo.phone import Phone
from portal.demo.screen import Screen
from portal.demo.server import NotUp, Times

# Faster, and a van would be told of so seldom that no map could show it.
FASTEST = 600

STARTING_TAKES = timedelta(seconds=4)
# After its end the day goes on at the speed of life, for whoever stays.
STAYS_OPEN = timedelta(hours=24)
MARGIN_REAL_SECONDS = 4


def main(port: int, speed: float, keep: Path | None = None) -> None:
    """Run the demo until Ctrl-C or SIGTERM; exits with one clear sentence when it cannot.

    `keep` is an empty folder in which database and log stay afterwards; else they are gone with the demo.
    """
    if not 1 <= speed <= FASTEST:
        sys.exit(
            f"doorstep: SPEED is how many seconds of the day pass in a real second; choose 1 to {FASTEST}."
        )
    if not _free(port):
        sys.exit(
            f"doorstep: port {port} is taken; choose another one, for example: make demo PORT={port + 1}"
        )
    place = nullcontext(keep) if keep else tempfile.TemporaryDirectory(prefix="doorstep-demo-")
    with _stopping() as stop, place as folder:
        try:
            _run(Path(folder), port, speed, stop)
        except NotUp as problem:
            if stop.is_set():
                return
            sys.exit(f"doorstep: the portal did not start. It said:\n{problem}")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def _stopping() -> Iterator[Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stop = Event()
    before = {name: signal.signal(name, lambda *_: stop.set()) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _run(folder: Path, port: int, speed: float, stop: Event) -> None:
    screen = Screen()
    screen.line("Doorstep demo: setting up a fresh database …")
    place = town.build()
    day = plan.day_of(wall_clock())
    office = depot.open_depot(place, day)
    (folder / "town.geojson").write_text(drawing.text(place), encoding="utf-8")
    first = _times(day, speed)
    env = server.environment(folder, port, first, secrets.token_urlsafe(32))
    server.migrate(folder, env, stop)
    keys = seed.seed(seed.database_url(folder), first.starts_at, speed)
    # The tables are made; only now does the day's clock begin to run.
    times = _times(day, speed)
    env = env | {"CLOCK_REAL_START": times.real_start.isoformat()}
    notebook = _notebook(folder, office, keys, times)
    with server.serving(folder, port, env, stop) as address:
        _play(office, address, keys, times, notebook, screen, stop)
    screen.line("Goodbye.")


def _times(day: plan.Day, speed: float) -> Times:
    return Times(day.at(plan.STARTS), day.at(plan.ENDS), wall_clock() + STARTING_TAKES, speed)


def _notebook(folder: Path, office: depot.Depot, keys: seed.Secrets, times: Times) -> Notebook:
    notebook = Notebook(folder)
    notebook.facts = {
        "town": town.NAME,
        "timezone": town.TIMEZONE,
        "country": town.COUNTRY,
        "agent": {"email": keys.agent, "password": keys.password, "colleague": seed.COLLEAGUE},
        "key": keys.key,
        "vans": sorted({of.van for of in ROUNDS}),
        "frame": drawing.frame(office.town),
        "cards": [asdict(role) for role in cards.CARDS],
        "also": [asdict(role) for role in cards.ALSO],
        "ends_at": times.ends_at.isoformat(),
    }
    notebook.write()
    return notebook


def _play(
    office: depot.Depot,
    address: str,
    keys: seed.Secrets,
    times: Times,
    notebook: Notebook,
    screen: Screen,
    stop: Event,
) -> None:
    """The day over HTTP, with a webhook receiver of our own."""
    clock = ScaledClock(times.starts_at, times.real_start, times.speed, times.ends_at)
    dispatch = Dispatch(address, keys.key)
    doorbell = Doorbell(signing.new_secret(), wall_clock)
    phone = Phone(address, notebook.told, stop)

    def say(at: datetime, says: str, about: str) -> None:
        screen.happened(at, says)
        notebook.note_line(at, says, about)

    def told_shipments(answers: list[Paper]) -> None:
        notebook.note_shipments(office.deliveries, answers)
        screen.links(address, keys, notebook)

    with listening(doorbell) as ear:
        dispatch.be_called_at(ear, doorbell.secret)
        Player(
            depot=office,
            dispatch=dispatch,
            inbox=Inbox(wall_clock, timedelta(seconds=MARGIN_REAL_SECONDS * times.speed)),
            now=clock,
            say=say,
            ask=phone.ask,
            look_up_pin=phone.pin,
            told_shipments=told_shipments,
            rang=doorbell.rang,
            stop=stop,
        ).play(times.starts_at - timedelta(minutes=1), times.ends_at + STAYS_OPEN)
