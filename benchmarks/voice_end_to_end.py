"""Events in by the API to the provider's yes, on two cores with everything on them, for a minute.

Web, worker, clock, PostgreSQL, Valkey, the provider's double and the dispatch that sends the events share the two
cores. Dispatch sends 50 events a call and holds back while more than a bounded number of messages is under way, so
the backlog cannot grow: what is counted is what the house keeps up.
"""

import time
from collections import Counter
from dataclasses import dataclass

from benchmarks import cores
from benchmarks.dispatch import Dispatch
from benchmarks.figures import Figures
from benchmarks.houses import SCALED_OUT, House, opened, used
from benchmarks.seeds import email_of, phone_of
from notifications.message import Channel

ANSWERS_IN_MS = 50
A_CALL = 50
SECONDS = 60
WARM_SECONDS = 5
# a second or two of work: enough that nobody waits for dispatch
UNDER_WAY = 1_000
LOOK_EVERY_SECONDS = 0.05
# A round through all doors takes longer than any message waits: the news of the next one replaces nothing.
DOORS, NEWS = 25_000, ("out_for_delivery", "delivered")
PATIENCE_SECONDS = 60
TWO_CORES = cores.ALL[:2]


def run(figures: Figures) -> None:
    """Goal: 300 messages a second."""
    with opened(SCALED_OUT, DOORS, ANSWERS_IN_MS, TWO_CORES) as house, cores.on(set(TWO_CORES)):
        load = Load(house)
        load.keep_up(WARM_SECONDS)
        before, own = used(house), time.process_time()
        load.under_way.clear()
        count, seconds = load.keep_up(SECONDS)
        own = time.process_time() - own
        spent = {name: cpu - before[name] for name, cpu in used(house).items()}
        house.provider.wait_for(2 * load.told, PATIENCE_SECONDS)
        taken = house.provider.taken()
    if Counter((one.channel, one.to) for one in taken) != expected(load.told):
        raise RuntimeError(f"{len(taken)} messages of {load.told} events: some are missing or came twice")
    figures.add(
        "voice_end_to_end",
        count / seconds,
        "messages/s",
        ">= 300",
        messages=count,
        seconds=seconds,
        most_under_way=max(load.under_way),
        under_way_at_end=load.under_way[-1],
        dispatch_cpu_ms_each=own * 1000 / count,
        **{f"{name}_cpu_ms_each": cpu * 1000 / count for name, cpu in spent.items()},
        cores=len(TWO_CORES),
    )


def expected(told: int) -> Counter[tuple[Channel, str]]:
    """How many messages each phone and mailbox gets from so many events."""
    doors = [number % DOORS for number in range(told)]
    return Counter((Channel.SMS, phone_of(door)) for door in doors) + Counter(
        (Channel.EMAIL, email_of(door)) for door in doors
    )


@dataclass
class Load:
    """Dispatch at work: how many events it told, and how many messages it saw under way."""

    house: House

    def __post_init__(self) -> None:
        self.told = 0
        self.under_way: list[int] = []
        self._dispatch = Dispatch(self.house.port)

    def keep_up(self, seconds: float) -> tuple[int, float]:
        """Keep the house busy; the messages that reached the provider meanwhile, and how long it really was."""
        first, began = self.house.provider.count(), time.monotonic()
        taken = first
        while time.monotonic() - began < seconds:
            taken = self.house.provider.count()
            self.under_way.append(2 * self.told - taken)
            if self.under_way[-1] + 2 * A_CALL > UNDER_WAY:
                time.sleep(LOOK_EVERY_SECONDS)
                continue
            again, first_door = divmod(self.told, DOORS)
            self._dispatch.tell(range(first_door, first_door + A_CALL), NEWS[again])
            self.told += A_CALL
        return self.house.provider.count() - first, time.monotonic() - began
