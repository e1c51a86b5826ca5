"""The poll of /t/<code>/live when nothing changed (304), beside a bare Flask text answer."""

from benchmarks import cores, links, seeds
from benchmarks.compare import alternately
from benchmarks.databases import sqlite_with
from benchmarks.figures import Figures
from benchmarks.load import get, one, spell
from benchmarks.portal_app import settings
from benchmarks.server import granian

SECONDS = 2.0
DOORS = 2_000


def run(figures: Figures) -> None:
    """Goal: at least 0.6 as many polls a second; every answer is checked to be a 304."""
    url = sqlite_with(seeds.ALL)
    with granian("benchmarks.portal_app:make", settings(url)) as ours, cores.on(cores.LOAD):
        polls = [poll(ours, f"{path}/live") for path in links.on_vans(url, seeds.ALL, DOORS)]
        looked = spell(ours, polls, SECONDS, status=304)
        with granian("benchmarks.bare:text", {}) as ceiling:
            texts = [get("/text")]
            spell(ceiling, texts, SECONDS)
            result = alternately(
                lambda: spell(ours, polls, SECONDS, status=304).per_second,
                lambda: spell(ceiling, texts, SECONDS).per_second,
            )
            busiest = spell(ceiling, texts, SECONDS).busy
    figures.add(
        "live_poll",
        result.ratio,
        "of a bare Flask text answer",
        ">= 0.6",
        polls_per_second=result.ours,
        bare_per_second=result.ceiling,
        lowest=result.lowest,
        highest=result.highest,
        p50_ms=looked.p50_ms,
        p99_ms=looked.p99_ms,
        shipments=seeds.ALL,
        doors=len(polls),
        generator_busy=busiest,
    )


def poll(port: int, path: str) -> bytes:
    """The request of a page that saw this answer before."""
    status, headers, _ = one(port, path)
    if status != 200 or "etag" not in headers:
        raise RuntimeError(f"{path} answered {status} {'with' if 'etag' in headers else 'without'} ETag")
    return get(path, If_None_Match=headers["etag"])
