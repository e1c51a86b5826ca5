"""From an event's call to the provider's yes, at 50 single events a second, each a text and an email.

Embedded on SQLite, and scaled out; the provider answers in 50 ms, and these are counted. An event's clock begins
when its call was due, so that a portal that keeps callers waiting cannot hide it.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import local

from benchmarks.dispatch import Dispatch
from benchmarks.figures import Figures
from benchmarks.houses import EMBEDDED, SCALED_OUT, House, opened, used
from benchmarks.provider import Taken
from benchmarks.seeds import email_of, phone_of
from notifications.message import Channel

ANSWERS_IN_MS = 50
EVENTS_A_SECOND = 50
SECONDS = 60
WARM_SECONDS = 5
CALLERS = 16
PATIENCE_SECONDS = 60


def run(figures: Figures) -> None:
    """Goals: 95 of 100 messages within 1 s, 99 within 3 s."""
    for kind in (EMBEDDED, SCALED_OUT):
        events = EVENTS_A_SECOND * (WARM_SECONDS + SECONDS)
        with opened(kind, events, ANSWERS_IN_MS) as house:
            measure(figures, kind, house)


def measure(figures: Figures, kind: str, house: House) -> None:
    warm = EVENTS_A_SECOND * WARM_SECONDS
    tell(house, range(warm))
    house.provider.wait_for(2 * warm, PATIENCE_SECONDS)
    before = used(house)
    begun = tell(house, range(warm, warm + EVENTS_A_SECOND * SECONDS))
    house.provider.wait_for(2 * (warm + len(begun)), PATIENCE_SECONDS)
    delays = sorted(latencies(begun, house.provider.taken(2 * warm)))
    p50, p95, p99 = (delays[len(delays) * share // 100] for share in (50, 95, 99))
    busy = {f"{name}_cores": (cpu - before[name]) / SECONDS for name, cpu in used(house).items()}
    told = {"messages": len(delays), "events_per_second": EVENTS_A_SECOND}
    figures.add(
        f"voice_latency_{kind}_p95",
        p95,
        "s",
        "<= 1",
        p50=p50,
        longest=delays[-1],
        **busy,
        **told,
    )
    figures.add(f"voice_latency_{kind}_p99", p99, "s", "<= 3", **told)


def tell(house: House, numbers: range) -> dict[int, float]:
    """Send each door's event in its turn, at an even pace; when each was due, by the monotonic clock."""
    mine = local()

    def one(number: int) -> None:
        if not hasattr(mine, "dispatch"):
            mine.dispatch = Dispatch(house.port)
        mine.dispatch.tell([number])

    began, calls, begun = time.monotonic(), [], {}
    with ThreadPoolExecutor(CALLERS) as callers:
        for turn, number in enumerate(numbers):
            begun[number] = began + turn / EVENTS_A_SECOND
            time.sleep(max(0.0, begun[number] - time.monotonic()))
            calls.append(callers.submit(one, number))
    for call in calls:
        call.result()
    return begun


def latencies(begun: dict[int, float], taken: list[Taken]) -> list[float]:
    """Seconds to each message's yes; raises when a message is missing or came twice."""
    due = {(Channel.SMS, phone_of(number)): at for number, at in begun.items()}
    due |= {(Channel.EMAIL, email_of(number)): at for number, at in begun.items()}
    found = {(one.channel, one.to): one.at - due[one.channel, one.to] for one in taken}
    if len(found) != len(taken) or found.keys() != due.keys():
        raise RuntimeError(f"{len(taken)} messages for {len(found)} addresses, {len(due)} expected")
    return list(found.values())
