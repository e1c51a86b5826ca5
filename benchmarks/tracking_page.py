"""The tracking page on a database of 100,000 shipments, beside a bare Flask + Jinja page as large.

A first look reads the database and renders; a page looked at again may come from the portal's memory. Both
are measured, over different doors: 20,000 in turn, far more than the memory holds, and 2,000 again and again.
"""

from functools import partial
from itertools import count

from benchmarks import bare, cores, links, seeds
from benchmarks.compare import Ratio, alternately
from benchmarks.databases import sqlite_with
from benchmarks.figures import Figures
from benchmarks.load import get, one, spell
from benchmarks.portal_app import settings
from benchmarks.server import granian

SECONDS = 2.0
AGAIN = 2_000


def run(figures: Figures) -> None:
    """Goals: a first look at least half as many pages a second, and at most 15,000 bytes of HTML."""
    url = sqlite_with(seeds.ALL)
    paths = links.on_vans(url, seeds.ALL)
    pages = [get(path) for path in paths]
    with granian("benchmarks.portal_app:make", settings(url)) as ours, cores.on(cores.LOAD):
        html = max(len(one(ours, path)[2]) for path in paths[:200])
        figures.add("tracking_page_html", html, "bytes", "<= 15000", largest_of=200)
        with granian("benchmarks.bare:page", {"BARE_BYTES": str(html)}) as ceiling:
            theirs = partial(look, ceiling, [get(bare.PATH)])
            theirs()
            turns = count()
            first = alternately(lambda: look(ours, turned(pages, next(turns))), theirs)
            tell(figures, "tracking_page", ">= 0.5", first, doors=len(pages))
            again = pages[:: len(pages) // AGAIN][:AGAIN]
            look(ours, again)
            look(ours, again)
            known = alternately(partial(look, ours, again), theirs)
            tell(figures, "tracking_page_again", "", known, doors=len(again))
            looked, busiest = spell(ours, again, SECONDS), spell(ceiling, [get(bare.PATH)], SECONDS).busy
    figures.add("tracking_page_p99", looked.p99_ms, "ms", p50_ms=looked.p50_ms, generator_busy=busiest)


def look(port: int, pages: list[bytes]) -> float:
    """Pages a second."""
    return spell(port, pages, SECONDS).per_second


def turned(pages: list[bytes], turn: int) -> list[bytes]:
    """The same pages begun at another place, so that no round looks where the one before ended."""
    at = turn * len(pages) // 5 % len(pages)
    return pages[at:] + pages[:at]


def tell(figures: Figures, name: str, goal: str, result: Ratio, doors: int) -> None:
    figures.add(
        name,
        result.ratio,
        "of a bare Flask + Jinja page",
        goal,
        pages_per_second=result.ours,
        bare_per_second=result.ceiling,
        lowest=result.lowest,
        highest=result.highest,
        shipments=seeds.ALL,
        doors=doors,
    )
