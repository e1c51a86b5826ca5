"""A wish and the driver's scan at the same moment, 10,000 pairs: one of them is first, and both sides read which.

Of every three pairs one asks to keep the parcel back while it is scanned onto the van, one asks for a safe place while
its door becomes the next stop, and one while it is handed over.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import Engine, text

from benchmarks.figures import Figures
from portal.app import create_app
from portal.clock import ManualClock
from portal.db import db
from portal.domain.change_policy import Refused
from portal.domain.events import DispatchEvent, Happening
from portal.domain.kinds.base import No, Wish
from portal.domain.kinds.hold import KeepForAWhile
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.flows import ingest
from portal.flows.ingest import Reported
from portal.store import shipments
from portal.wiring import Kit
from tests.dispatch import Dispatch, shipment
from tests.faults.ground import MORNING, Ground, ground
from tests.faults.house import settings_of

PAIRS = {"postgresql": 10_000, "sqlite": 3_000}
SEED = 47
BATCH = 250
STAGGER_SECONDS = 0.004


@dataclass(frozen=True, slots=True)
class Race:
    """What is asked, what is scanned, what was scanned before, and the noes that say that the scan was first."""

    wish: Wish
    scan: Happening
    before: tuple[Happening, ...]
    noes: frozenset[No]


UNTIL = (MORNING + timedelta(days=4)).date().isoformat()
ON_THE_VAN = (Happening.OUT_FOR_DELIVERY,)
RACES = (
    Race(KeepForAWhile(UNTIL), Happening.OUT_FOR_DELIVERY, (), frozenset({No.LOADED})),
    Race(LeaveInSafePlace("porch"), Happening.NEXT_STOP, ON_THE_VAN, frozenset({No.NEXT_STOP})),
    Race(LeaveInSafePlace("porch"), Happening.DELIVERED, ON_THE_VAN, frozenset({No.FINISHED})),
)


@dataclass
class Counted:
    """`asked` and `scanned`: pairs that the wish, and the scan, won; `torn`: pairs of which recipient, database and
    dispatch do not say the same; `stuck`: wishes that still wait though their delivery is over."""

    pairs: int = 0
    asked: int = 0
    scanned: int = 0
    torn: int = 0
    stuck: int = 0
    failed: int = 0
    others: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def run(figures: Figures) -> None:
    """Goals: each pair has one winner, and nobody is told another."""
    for engine, pairs in PAIRS.items():
        found = play(engine, pairs, SEED)
        told = {"pairs": found.pairs, "wish_first": found.asked, "scan_first": found.scanned}
        figures.add(f"races_{engine}_torn", found.torn, "pairs", "== 0", **told, seconds=found.seconds)
        figures.add(f"races_{engine}_stuck", found.stuck, "wishes", "== 0")
        figures.add(
            f"races_{engine}_without_winner",
            found.failed + found.others.total(),
            "pairs",
            "== 0",
            **found.others,
        )


def play(engine: str, pairs: int, seed: int, place: str = "/tmp") -> Counted:
    """Both through the flows behind their doors, each in a transaction and a thread of its own."""
    began, counted, dice = time.monotonic(), Counted(pairs=pairs), random.Random(seed)
    with ground("races", engine, place) as where:
        clock = ManualClock(MORNING)
        app = create_app(settings_of(where.settings), clock=clock)
        said: dict[str, str] = {}
        with ThreadPoolExecutor(2) as pool:
            for first in range(0, pairs, BATCH):
                numbers = range(first, min(first + BATCH, pairs))
                _prepare(app, where, numbers)
                for number in numbers:
                    name, verdict = _race(app, where, pool, number, dice)
                    said[name] = verdict
        _judge(where.tables(), said, counted)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    counted.seconds = time.monotonic() - began
    return counted


def _name(number: int) -> str:
    return f"R-{number}"


def _prepare(app: Flask, where: Ground, numbers: range) -> None:
    """Shipments whose race is about to begin, each where its scan expects it."""
    dispatch = Dispatch(app.test_client(), where.key)
    dispatch.ships(*(shipment(_name(number), recipient={"name": "Ann Archer"}) for number in numbers))
    before = [
        {
            "event_id": f"b-{number}-{happening}", "shipment": _name(number), "happening": happening.value,
            "happened_at": MORNING.isoformat(),
        }
        for number in numbers for happening in RACES[number % len(RACES)].before
    ]  # fmt: skip
    if before:
        dispatch.reports(*before)


def _race(
    app: Flask, where: Ground, pool: ThreadPoolExecutor, number: int, dice: random.Random
) -> tuple[str, str]:
    """Both at once, now one and now the other a little ahead; what the recipient was told."""
    race, kit, start = RACES[number % len(RACES)], app.extensions["doorstep"], Barrier(2)
    wait = dice.uniform(-STAGGER_SECONDS, STAGGER_SECONDS)

    def at_once(work: Callable[[], Any], after: float) -> Any:
        start.wait()
        time.sleep(max(after, 0.0))
        with app.app_context():
            return kit.database.played(work)

    scan = pool.submit(at_once, lambda: _scan(kit, where.shipper_id, number, race.scan), wait)
    said = pool.submit(at_once, lambda: _ask(kit, where.shipper_id, number, race.wish), -wait).result()
    scan.result()
    if isinstance(said, Refused):
        return _name(number), "scan" if said.because in race.noes else said.because.name
    return _name(number), "asked"


def _ask(kit: Kit, shipper_id: int, number: int, wish: Wish) -> changing.Asked | Refused:
    with kit.transaction() as session:
        ref = (shipper_id, _name(number))
        mine = shipments.by_references(session, [ref])[ref].shipment
        return changing.ask(session, kit.voice, mine, wish, kit.now())


def _scan(kit: Kit, shipper_id: int, number: int, happening: Happening) -> None:
    seen = DispatchEvent(f"s-{number}", happening, kit.now())
    with kit.transaction() as session:
        ingest.ingest(session, kit.voice, [Reported(shipper_id, _name(number), seen)], kit.now())


SIDES = text(
    "SELECT s.reference, s.status,"
    " (SELECT count(*) FROM changes c WHERE c.shipment_id = s.id) AS wishes,"
    " (SELECT count(*) FROM changes c WHERE c.shipment_id = s.id AND c.life = 'asked') AS waiting,"
    " (SELECT count(*) FROM change_feed f WHERE f.shipment_id = s.id"
    "  AND f.type = 'delivery_change.requested') AS requested,"
    " (SELECT count(*) FROM change_feed f WHERE f.shipment_id = s.id"
    "  AND f.type = 'delivery_change.lapsed') AS lapsed,"
    " (SELECT count(*) FROM events e WHERE e.shipment_id = s.id AND e.event_id LIKE 's-%') AS scans"
    " FROM shipments s"
)


def _judge(tables: Engine, said: dict[str, str], counted: Counted) -> None:
    with tables.connect() as connection:
        rows = connection.execute(SIDES).all()
    for row in rows:
        verdict, over = said[row.reference], row.status == "delivered"
        asked = verdict == "asked"
        counted.asked += asked
        counted.scanned += verdict == "scan"
        if verdict not in ("asked", "scan"):
            counted.others[verdict] += 1
        # a wish that was first and then overtaken is told to dispatch as lapsed, once
        told = (row.wishes, row.requested, row.lapsed)
        counted.torn += told != (asked, asked, asked and over) or row.scans != 1
        counted.stuck += over and row.waiting > 0
    counted.failed = counted.pairs - len(rows)
