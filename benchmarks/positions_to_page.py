"""From a position to the new window, and to the moved van, on a recipient's page: 200 vans, 20,000 open stops."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from benchmarks import cores, vans
from benchmarks.agenda import Agenda, Answer, at_most
from benchmarks.figures import Figures
from benchmarks.houses import EMBEDDED, House, opened, used
from benchmarks.watchers import Watcher, report

SECONDS = 30.0
WARM_UP_SECONDS = 8.0
GOAL_S = 2.0


def run(figures: Figures) -> None:
    """Goal: 95 of 100 new windows stand on the page within 2 s of when the position was due, SQLite and PostgreSQL.

    The page is asked as soon as dispatch has its answer. What a recipient's own pace adds is told by `watchers`.
    """
    for engine in ("sqlite", "postgresql"):
        put = partial(vans.seed, vans=vans.VANS, stops=vans.STOPS)
        with opened(EMBEDDED, 0, 1, put=put, engine=engine) as house:
            measure(figures, engine, house)


@dataclass(slots=True)
class Page(Watcher):
    """A page that is asked after each position: the window and the van as it showed them last."""

    window: str = ""
    van: str = ""


@dataclass(slots=True)
class Seen:
    """Delays from a position to what it changed on a page, in seconds."""

    began: float = float("inf")
    windows: list[float] = field(default_factory=list)
    vans: list[float] = field(default_factory=list)
    reports: list[float] = field(default_factory=list)
    asked: int = 0


def measure(figures: Figures, engine: str, house: House) -> None:
    cores.pin(set(cores.ALL))
    agenda, seen, began = Agenda(house.port), Seen(), time.monotonic()
    for number, pages in enumerate(probed()):
        due = began + vans.EVERY_SECONDS * number / vans.VANS
        heard = partial(after, agenda, pages, seen)
        report(agenda, house, vans.Van(number), due, began, heard)
    agenda.run(began + WARM_UP_SECONDS)
    seen.began, before = time.monotonic(), used(house)
    share = agenda.run(seen.began + SECONDS)
    took, spent = time.monotonic() - seen.began, used(house)
    agenda.close()
    figures.add(
        f"positions_to_page_{engine}",
        at_most(seen.windows, 0.95) / 1000,
        "s at most for 95 of 100 new windows",
        f"<= {GOAL_S:g}",
        windows=len(seen.windows),
        window_p50_ms=at_most(seen.windows, 0.5),
        moved_vans=len(seen.vans),
        van_p95_ms=at_most(seen.vans, 0.95),
        position_p95_ms=at_most(seen.reports, 0.95),
        positions_per_second=len(seen.reports) / took,
        looks_per_second=seen.asked / took,
        vans=vans.VANS,
        open_stops=vans.VANS * vans.STOPS,
        generator_cores=share,
        **{f"{name}_cores": (spent[name] - before[name]) / took for name in spent if name != "provider"},
    )


def probed() -> Iterator[list[Page]]:
    """For each van, the pages of the doors it comes to next."""
    for paths in vans.pages(vans.VANS, vans.STOPS):
        yield [Page(path) for path in paths[: vans.NEXT_DOORS]]


def after(agenda: Agenda, pages: list[Page], seen: Seen, answer: Answer) -> None:
    """A position was taken: what do the next doors see?"""
    if answer.due >= seen.began:
        seen.reports.append(answer.delay)
    for page in pages:
        agenda.add(answer.at, page.asks, partial(shown, page, seen, answer.due))


def shown(page: Page, seen: Seen, due: float, answer: Answer) -> None:
    """The page as it is after a position that was due then."""
    page.hears(answer)
    counts = due >= seen.began
    seen.asked += counts
    if answer.status != 200:
        return
    news = json.loads(answer.body)
    window, van = news["say"], json.dumps(news["map"]["van"])
    if counts and page.window and window != page.window:
        seen.windows.append(answer.at - due)
    if counts and page.van and van != page.van:
        seen.vans.append(answer.at - due)
    page.window, page.van = window, van
