"""1,000 of 100,000 people are forgotten: no trace in dump, file, pictures and logs, and nobody else is changed."""

import logging
import mmap
import random
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from benchmarks.figures import Figures
from portal.clock import wall_clock
from portal.flows import forgetting, person, replaying
from portal.flows.erasing import Request
from portal.store import sweeping
from tests.faults import crowd
from tests.faults.ground import ENGINES, Ground, ground
from tests.servers.postgres import OWNER, reachable_binaries

PEOPLE, FORGOTTEN, SEED = 100_000, 1_000, 26


@dataclass(frozen=True, slots=True)
class Counted:
    """`left`: traces of the forgotten, by where; `changed`: whether anything of the others is another than before."""

    people: int
    forgotten: int
    before: int
    left: dict[str, int]
    changed: bool
    seconds_each: float


def run(figures: Figures) -> None:
    """Goals: no trace anywhere, everybody else as before."""
    for engine in ENGINES:
        found = play(engine, PEOPLE, FORGOTTEN, SEED)
        told = {
            "people": found.people,
            "forgotten": found.forgotten,
            "seconds_each": round(found.seconds_each, 4),
        }
        for where, number in found.left.items():
            figures.add(f"erase_{engine}_{where}", number, "traces", "== 0", **told)
        figures.add(f"erase_{engine}_others_changed", int(found.changed), "databases", "== 0")


def play(engine: str, people: int, forgotten: int, seed: int, place: str = "/tmp") -> Counted:
    """A crowd, some of it forgotten one by one as they ask, and a look at all that is left."""
    gone = set(random.Random(seed).sample(range(1, people + 1), forgotten))
    with ground("erase", engine, place) as where:
        app, logs = where.app(), where.folder / "erase.log"
        kit = app.extensions["doorstep"]
        with app.app_context(), kit.transaction() as session:
            crowd.gather(session, kit.drawer, where.shipper_id, people)
        before, others = _look(_dump(where), gone, people)
        with app.app_context(), _logged(logs):
            began = wall_clock()
            touched = _forget(kit, gone)
            took = (wall_clock() - began).total_seconds() / max(1, forgotten)
            sweeping.swept(kit.database, touched)
            replaying.replay(kit, None)
        kit.database.engine.dispose()
        in_dump, others_after = _look(_dump(where), gone, people)
        left = {"dump": in_dump, "logs": _traces(logs.read_bytes(), gone)}
        left["pictures"] = sum(_traces(body, gone) for body in crowd.pictures(kit.drawer.folder))
        if engine == "sqlite":
            left["file"] = sum(
                _traces_in_file(path, gone) for path in sorted(where.folder.glob("doorstep.db*"))
            )
        return Counted(people, forgotten, before, left, others != others_after, took)


def _forget(kit: Any, gone: set[int]) -> set[str]:
    """Each asks by number or by address; the tables in which something was."""
    touched: set[str] = set()
    for number, one in enumerate(sorted(gone)):
        by_phone = number % 2 == 0
        with kit.reading() as session:
            phones, emails = ([crowd.phone(one)], []) if by_phone else ([], [crowd.email(one)])
            who = person.read(session, phones, emails)
            found = person.find(session, None, who)
        touched |= forgetting.erase_now(kit, found.who, found, Request(None, "asked", "", "faults")).keys()
    return touched


def _look(lines: Iterator[bytes], gone: set[int], people: int) -> tuple[int, int]:
    """How many lines of a dump name one of them, and a sum over the lines that name only others.

    The keys of search are long numbers: of a million, hundreds hold what looks like the phone of somebody unknown.
    """
    named = others = 0
    for who, line in crowd.traces(lines):
        if who & gone:
            named += 1
        elif any(one <= people for one in who):
            others = (others + crc32(line)) % 2**64
    return named, others


def _dump(where: Ground) -> Iterator[bytes]:
    """Every row, a line each."""
    url = where.settings["DATABASE_URL"]
    if where.engine == "sqlite":
        with sqlite3.connect(where.folder / "doorstep.db") as database:
            yield from (line.encode("utf-8", "surrogatepass") for line in database.iterdump())
        return
    home = where.folder / "postgres"
    command = [str(reachable_binaries(home) / "bin" / "pg_dump"), "-h", str(home), "-U", OWNER, "postgres"]
    password = urlsplit(url).password or ""
    dumping = subprocess.Popen(command, stdout=subprocess.PIPE, env={"PGPASSWORD": password})
    assert dumping.stdout
    yield from dumping.stdout
    assert dumping.wait() == 0


def _traces(body: bytes, gone: set[int]) -> int:
    return sum(bool(who & gone) for who, _ in crowd.traces([body]))


def _traces_in_file(path: Path, gone: set[int]) -> int:
    """How often one of them stands in a file, also where no table knows of it any more."""
    if not path.stat().st_size:
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        return sum(int(found[1] or found[2]) in gone for found in crowd.TRACE.finditer(body))


class _logged:
    """Everything that is logged meanwhile goes to a file, too."""

    def __init__(self, path: Path) -> None:
        self._handler = logging.FileHandler(path)

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self._handler)
        self._level = logging.getLogger().level
        logging.getLogger().setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().setLevel(self._level)
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
