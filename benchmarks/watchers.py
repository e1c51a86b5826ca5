"""5,000 watchers who look at their pages at the server's own pace, while 200 vans report every ten seconds."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from benchmarks import cores, vans
from benchmarks.agenda import Agenda, Answer, at_most
from benchmarks.figures import Figures
from benchmarks.houses import EMBEDDED, SCALED_OUT, House, opened, used
from benchmarks.load import get, post

WATCHERS = 5_000
SECONDS = 30.0
# Opening 5,000 pages in a few seconds would be another question: they open over most of this time, then it is calm.
WARM_UP_SECONDS = 70.0
GOAL_MS = 300
# Of a hundred watchers: the van comes to them next or soon, is near, is far; by their places on the round.
MIX = ((5, range(3)), (15, range(3, 10)), (80, range(10, vans.STOPS)))


def run(figures: Figures) -> None:
    """Goal: 99 of 100 looks are answered within 300 ms, embedded and scaled out, from the moment they are due."""
    for kind in (EMBEDDED, SCALED_OUT):
        with opened(kind, 0, 1, put=partial(vans.seed, vans=vans.VANS, stops=vans.STOPS)) as house:
            measure(figures, kind, house)


@dataclass(slots=True)
class Watcher:
    """One open page: what it saw last."""

    path: str
    etag: str = ""
    pace: float = 0.0
    looked: bool = False

    def asks(self) -> bytes:
        return get(f"{self.path}/live", **({"If_None_Match": self.etag} if self.etag else {}))

    def hears(self, answer: Answer) -> None:
        if answer.status == 200:
            self.etag = answer.header(b"etag").decode()
        self.pace = float(answer.header(b"doorstep-interval"))


@dataclass(slots=True)
class Seen:
    """What was answered since the measuring began."""

    began: float = float("inf")
    looks: list[float] = field(default_factory=list)
    reports: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    paces: Counter[float] = field(default_factory=Counter)


def measure(figures: Figures, kind: str, house: House) -> None:
    cores.pin(set(cores.ALL))
    agenda, seen = Agenda(house.port), Seen()
    watchers = chosen(WATCHERS)
    drive(agenda, house, seen)
    opens_at, dice = time.monotonic(), random.Random(7)
    for number, watcher in enumerate(watchers):
        look(agenda, watcher, opens_at + WARM_UP_SECONDS * 0.8 * number / len(watchers), seen, dice)
    agenda.run(opens_at + WARM_UP_SECONDS)
    seen.began, before = time.monotonic(), used(house)
    share = agenda.run(seen.began + SECONDS)
    took, after = time.monotonic() - seen.began, used(house)
    agenda.close()
    figures.add(
        f"watchers_{kind}",
        at_most(seen.looks, 0.99),
        "ms at most for 99 of 100 looks",
        f"<= {GOAL_MS}",
        watchers=len(watchers),
        looks_per_second=len(seen.looks) / took,
        p50_ms=at_most(seen.looks, 0.5),
        unchanged=seen.statuses[304] / max(seen.statuses.total(), 1),
        usual_pace_s=sum(pace * count for pace, count in seen.paces.items()) / max(seen.paces.total(), 1),
        positions_per_second=len(seen.reports) / took,
        positions_p99_ms=at_most(seen.reports, 0.99),
        generator_cores=share,
        **{f"{name}_cores": (after[name] - before[name]) / took for name in after if name != "provider"},
    )


def chosen(count: int) -> list[Watcher]:
    """Watchers spread over all rounds, in the mix above."""
    rounds = list(vans.pages(vans.VANS, vans.STOPS))
    found = []
    for share, places in MIX:
        doors = (paths[place] for place in places for paths in rounds)
        found += [Watcher(path) for path in islice(doors, count * share // 100)]
    random.Random(5).shuffle(found)
    return found


def look(agenda: Agenda, watcher: Watcher, due: float, seen: Seen, dice: random.Random) -> None:
    def then(answer: Answer) -> None:
        if answer.status not in (200, 304):
            raise RuntimeError(f"{watcher.path} answered {answer.status}")
        watcher.hears(answer)
        if answer.due >= seen.began:
            seen.looks.append(answer.delay)
            seen.statuses[answer.status] += 1
            seen.paces[watcher.pace] += 1
        if watcher.pace:
            # pages were opened at any time before, and from then on keep the pace
            part = dice.uniform(0.9, 1.1) if watcher.looked else dice.random()
            watcher.looked = True
            look(agenda, watcher, answer.at + watcher.pace * part, seen, dice)

    agenda.add(due, watcher.asks, then)


def drive(agenda: Agenda, house: House, seen: Seen) -> None:
    """Every van reports every ten seconds, all of them evenly."""
    began = time.monotonic()
    for number in range(vans.VANS):
        due = began + vans.EVERY_SECONDS * number / vans.VANS
        report(agenda, house, vans.Van(number), due, began, lambda answer: note(answer, seen))


def note(answer: Answer, seen: Seen) -> None:
    if answer.due >= seen.began:
        seen.reports.append(answer.delay)


def report(
    agenda: Agenda,
    house: House,
    van: vans.Van,
    due: float,
    began: float,
    heard: Callable[[Answer], None],
) -> None:
    """One position at its time, and the next one ten seconds later."""

    def ask() -> bytes:
        meters = vans.SPEED_MPS * (time.monotonic() - began)
        body = json.dumps({"positions": [van.fix(meters, house.now().isoformat())]}).encode()
        headers = {"Authorization": f"Bearer {vans.KEY}", "Content_Type": "application/json"}
        return post("/api/v1/positions", body, **headers)

    def then(answer: Answer) -> None:
        if answer.status != 200 or b'"taken"' not in answer.body:
            raise RuntimeError(f"a position was not taken: {answer.body[:200].decode()}")
        heard(answer)
        report(agenda, house, van, due + vans.EVERY_SECONDS, began, heard)

    agenda.add(due, ask, then)
