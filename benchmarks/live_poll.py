"""The poll of /t/<code>/live when nothing changed (304), beside a bare Flask text answer; embedded and scaled out."""

from functools import partial

from benchmarks import cores, databases, links, seeds
from benchmarks.compare import alternately
from benchmarks.databases import sqlite_with
from benchmarks.figures import Figures
from benchmarks.houses import broker_of_our_own
from benchmarks.load import get, one, spell
from benchmarks.parts import cpu_seconds
from benchmarks.portal_app import settings
from benchmarks.server import granian

SECONDS = 2.0
DOORS = 2_000
SHIPMENTS_SCALED_OUT = 20_000


def run(figures: Figures) -> None:
    """Goals: 1.5 times as many polls a second from one process's memory, 0.7 times from Redis; all of them 304."""
    url = sqlite_with(seeds.ALL)
    measure(figures, "live_poll", settings(url), seeds.ALL, links.on_vans(url, seeds.ALL, DOORS), ">= 1.5")
    put = partial(seeds.seed, count=SHIPMENTS_SCALED_OUT)
    with databases.fresh("postgresql", put) as url, cores.on(cores.LOAD), broker_of_our_own() as valkey:
        pages = links.on_vans(url, SHIPMENTS_SCALED_OUT, DOORS)
        ours = settings(url) | {"REDIS_URL": valkey.url}
        asked = cpu_seconds(valkey.process.pid) if valkey.process else 0.0
        measure(figures, "live_poll_scaled_out", ours, SHIPMENTS_SCALED_OUT, pages, ">= 0.7")
        used = cpu_seconds(valkey.process.pid) - asked if valkey.process else 0.0
        figures.add("live_poll_valkey", used, "CPU seconds in all", polled_for_seconds=SECONDS * 6)


def measure(
    figures: Figures, name: str, ours: dict[str, str], shipments: int, pages: list[str], goal: str
) -> None:
    with granian("benchmarks.portal_app:make", ours) as port, cores.on(cores.LOAD):
        polls = [poll(port, f"{path}/live") for path in pages]
        looked = spell(port, polls, SECONDS, status=304)
        with granian("benchmarks.bare:text", {}) as ceiling:
            texts = [get("/text")]
            spell(ceiling, texts, SECONDS)
            result = alternately(
                lambda: spell(port, polls, SECONDS, status=304).per_second,
                lambda: spell(ceiling, texts, SECONDS).per_second,
            )
            busiest = spell(ceiling, texts, SECONDS).busy
    figures.add(
        name,
        result.ratio,
        "of a bare Flask text answer",
        goal,
        polls_per_second=result.ours,
        bare_per_second=result.ceiling,
        lowest=result.lowest,
        highest=result.highest,
        p50_ms=looked.p50_ms,
        p99_ms=looked.p99_ms,
        shipments=shipments,
        doors=len(polls),
        generator_busy=busiest,
        polling_generator_busy=looked.busy,
    )


def poll(port: int, path: str) -> bytes:
    """The request of a page that saw this answer before."""
    status, headers, _ = one(port, path)
    if status != 200 or "etag" not in headers:
        raise RuntimeError(f"{path} answered {status} {'with' if 'etag' in headers else 'without'} ETag")
    return get(path, If_None_Match=headers["etag"])
