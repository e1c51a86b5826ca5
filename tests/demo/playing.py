"""Plays a part of the demo's day against a portal behind a real socket, as fast as the portal takes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from portal import jobs
from portal.clock import ManualClock
from portal.demo import seed
from portal.demo.day import Player
from portal.demo.depot import Depot
from portal.demo.dispatch import Dispatch
from portal.demo.inbox import Inbox
from portal.demo.papers import Paper
from portal.demo.phone import Phone

REAL_STEP_SECONDS = 10


@dataclass
class Played:
    """What is left of the day: the office, what the terminal said, and what the portal answered by reference."""

    depot: Depot
    dispatch: Dispatch
    secrets: seed.Secrets
    said: list[str] = field(default_factory=list)
    told: dict[str, Paper] = field(default_factory=dict)

    def shipment(self, name: str) -> Paper:
        """A person's shipment as the portal knows it."""
        one = self.depot.named(name)
        return self.dispatch.shipment(one.reference, one.brand.slug)

    def reference(self, name: str) -> str:
        """The reference of a person's parcel, which a caller may read out."""
        return self.depot.named(name).reference


@contextmanager
def played(
    app: Any, address: str, clock: ManualClock, url: str, depot: Depot, until: datetime, step: timedelta
) -> Iterator[Played]:
    """The day from where `clock` stands until then; the portal's ticks run on while the block does."""
    secrets = seed.seed(url, clock())
    left = Played(depot, Dispatch(address, secrets.key), secrets)
    real, stop = ManualClock(clock()), Event()
    phone = Phone(address, left.told, stop)
    player = Player(
        depot=depot,
        dispatch=left.dispatch,
        inbox=Inbox(real, margin=timedelta(minutes=4)),
        now=clock,
        say=lambda at, says, about: left.said.append(says),
        ask=phone.ask,
        look_up_pin=phone.pin,
        told_shipments=lambda answers: left.told.update({one["reference"]: one for one in answers}),
        rang=Event(),
        stop=stop,
    )
    scheduler = jobs.start(app)
    try:
        while clock() < until:
            before = clock()
            clock.forward(seconds=step.total_seconds())
            real.forward(seconds=REAL_STEP_SECONDS)
            player.step(before, clock())
            # minutes pass in milliseconds here: a text must leave before the clock makes it untrue
            with app.app_context():
                jobs.outbox(app.extensions["doorstep"])
            for one in player.phones:
                one.join()
        yield left
    finally:
        stop.set()
        scheduler.shutdown(wait=True)
