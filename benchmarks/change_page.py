"""The page of changes with 5,000 lockers and 500 slots in the depot, beside a bare Flask + Jinja page as large.

Who changes a delivery opens the options, one form, looks at the options again, and at the form again: that is a visit,
and the goal is for visits. Half of them choose among lockers, half among times. Every door visits once, in turns of 100
people who are there at the same time, so that the first look at each page reads the database and renders, and the
second may come from memory. First looks alone, each at a door that nobody looked at for long, are told beside it.

Doors are ten to fifty in a block of 100 m, as in a town, and all served tomorrow, so that everything is open. Browsers
bring no cookie: each form gets a token and a session of its own.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import count, islice

from sqlalchemy.orm import Session

from benchmarks import bare, cores, databases, seeds
from benchmarks.compare import alternately
from benchmarks.figures import Figures
from benchmarks.load import get, one
from benchmarks.portal_app import settings
from benchmarks.server import granian
from benchmarks.tracking_page import look, turned
from portal.domain.lockers import Compartment, Locker
from portal.domain.slots import Slot
from portal.store import lockers, shippers, slots

DOORS, LOCKERS, SLOTS = 10_000, 5_000, 500
AT_DEPOT = 5
CHUNK = 500
AT_ONCE = 100
FORMS = ("?kind=locker", "?kind=new_window")
FIRST = {"": "options", "?kind=locker": "locker", "?kind=new_window": "window"}


def run(figures: Figures) -> None:
    """Goal: visits reach at least 0.4 as many pages a second as the bare page."""
    with databases.fresh("sqlite", put) as url:
        doors = [f"{path}/change" for path in links(url)]
        with granian("benchmarks.portal_app:make", settings(url)) as ours, cores.on(cores.LOAD):
            for view, name in FIRST.items():
                measure(figures, ours, f"change_page_first_{name}", [f"{door}{view}" for door in doors])
            measure(figures, ours, "change_page", visits(doors), ">= 0.4")


def visits(doors: Sequence[str]) -> list[str]:
    """What they ask for, in the order of time: options, a form, the options, the form, by so many at once."""
    asked: list[str] = []
    each = iter(doors)
    while those := list(islice(each, AT_ONCE)):
        forms = [f"{door}{FORMS[number % 2]}" for number, door in enumerate(those)]
        asked += [*those, *forms, *those, *forms]
    return asked


def measure(figures: Figures, ours: int, name: str, paths: list[str], goal: str = "") -> None:
    """Beside a bare page of as many bytes as these have on average."""
    sizes = [len(one(ours, path)[2]) for path in paths[: 4 * AT_ONCE : 4]]
    html = sum(sizes) // len(sizes)
    with granian("benchmarks.bare:page", {"BARE_BYTES": str(html)}) as ceiling:
        pages, theirs, turns = (
            [get(path) for path in paths],
            partial(look, ceiling, [get(bare.PATH)]),
            count(1),
        )
        theirs()
        result = alternately(lambda: look(ours, turned(pages, next(turns))), theirs)
    figures.add(
        name,
        result.ratio,
        "of a bare Flask + Jinja page",
        goal,
        pages_per_second=result.ours,
        bare_per_second=result.ceiling,
        lowest=result.lowest,
        highest=result.highest,
        html_bytes=html,
        lockers=LOCKERS,
        slots=SLOTS,
        doors=DOORS,
    )


def put(session: Session) -> None:
    """A depot that has everything."""
    seeds.seed(session, DOORS, steps=AT_DEPOT)
    seeds.promise_tomorrow(session)
    put_lockers(session)
    put_slots(session)


def put_lockers(session: Session) -> None:
    """All over the town in which the doors are."""
    boxes = tuple(
        Compartment(0, size, 400, height, 600, 4, 4) for size, height in (("S", 120), ("M", 260), ("L", 460))
    )
    for start in range(0, LOCKERS, CHUNK):
        numbers = range(start, min(start + CHUNK, LOCKERS))
        lockers.put(session, 0, (locker(number, boxes) for number in numbers))


def locker(number: int, boxes: tuple[Compartment, ...]) -> Locker:
    """One every few steps, on a grid over the doors."""
    return Locker(
        id=0,
        key=f"L{number:05}",
        name=f"Locker {number}",
        address=f"{number % 190 + 1} Mill Lane, Lindenau",
        lat=52.5 + (number % 100) / 1_000,
        lng=13.4 + (number // 100) / 1_000,
        hours="day and night",
        reachable=number % 2 == 0,
        compartments=boxes,
        hold_hours=72,
    )


def put_slots(session: Session) -> None:
    """An hour each, one after the other."""
    made: list[Slot] = []
    for number in range(SLOTS):
        start = seeds.NOW + timedelta(hours=4 + number)
        key, end = f"{start:%m-%d-%H}", start + timedelta(hours=1)
        made.append(Slot(0, key, "North", start, end, 20, 0, start - timedelta(hours=2)))
    slots.put(session, 0, made)


def links(url: str) -> list[str]:
    """The pages of all doors."""
    database = databases.house(url)
    with database.reading() as session:
        brands = sorted(shippers.everyone(session).values(), key=lambda brand: brand.id)
    database.engine.dispose()
    return [f"/t/{door.link}" for door in seeds.doors(DOORS, brands, AT_DEPOT)]
