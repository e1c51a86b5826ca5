"""The tracking page on a database of 100,000 shipments, beside a bare Flask + Jinja page as large."""

from benchmarks import bare, cores, links, seeds
from benchmarks.compare import alternately
from benchmarks.databases import sqlite_with
from benchmarks.figures import Figures
from benchmarks.load import get, one, spell
from benchmarks.portal_app import settings
from benchmarks.server import granian

SECONDS = 2.0


def run(figures: Figures) -> None:
    """Goals: at least half as many pages a second, and at most 15,000 bytes of HTML."""
    url = sqlite_with(seeds.ALL)
    paths = links.on_vans(url, seeds.ALL)
    pages = [get(path) for path in paths]
    with granian("benchmarks.portal_app:make", settings(url)) as ours, cores.on(cores.LOAD):
        looked = spell(ours, pages, SECONDS)
        html = max(len(one(ours, path)[2]) for path in paths[:200])
        figures.add("tracking_page_html", html, "bytes", "<= 15000", largest_of=200)
        with granian("benchmarks.bare:page", {"BARE_BYTES": str(html)}) as ceiling:
            spell(ceiling, [get(bare.PATH)], SECONDS)
            result = alternately(
                lambda: spell(ours, pages, SECONDS).per_second,
                lambda: spell(ceiling, [get(bare.PATH)], SECONDS).per_second,
            )
            busiest = spell(ceiling, [get(bare.PATH)], SECONDS).busy
    figures.add(
        "tracking_page",
        result.ratio,
        "of a bare Flask + Jinja page",
        ">= 0.5",
        pages_per_second=result.ours,
        bare_per_second=result.ceiling,
        lowest=result.lowest,
        highest=result.highest,
        p50_ms=looked.p50_ms,
        p99_ms=looked.p99_ms,
        shipments=seeds.ALL,
        generator_busy=busiest,
    )
