"""From a recipient's last button to the webhook at dispatch: instructions for the driver, five wishes a second.

Embedded on SQLite, and scaled out. A wish's clock begins when its button was due to be pressed; everything up to the
confirmation was filled in before.
"""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import requests

from benchmarks import seeds
from benchmarks.dispatch import HEADERS
from benchmarks.figures import Figures
from benchmarks.houses import AT_DEPOT, EMBEDDED, SCALED_OUT, House, opened, used
from benchmarks.receiver import Endpoint
from benchmarks.seeds import Door, doors
from portal.db import Database
from portal.store import shippers

ANSWERS_IN_MS = 50
WISHES_A_SECOND = 5
SECONDS, WARM_SECONDS = 40, 4
CALLERS = 16
PATIENCE_SECONDS = 60
TIMEOUT_SECONDS = 30
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def run(figures: Figures) -> None:
    """Goal: 95 of 100 wishes within 1 s at dispatch."""
    for kind in (EMBEDDED, SCALED_OUT):
        count = WISHES_A_SECOND * (WARM_SECONDS + SECONDS)
        with opened(kind, count, ANSWERS_IN_MS) as house, Endpoint() as endpoint:
            subscribe(house, endpoint)
            measure(figures, kind, house, endpoint, recipients(house, count))


def subscribe(house: House, endpoint: Endpoint) -> None:
    """Ask for webhooks."""
    caller = HTTPConnection("127.0.0.1", house.port, timeout=TIMEOUT_SECONDS)
    caller.request("PUT", "/api/v1/webhook", json.dumps({"url": endpoint.url}), HEADERS)
    if (status := caller.getresponse().status) != 200:
        raise RuntimeError(f"the endpoint was not taken: {status}")


def recipients(house: House, count: int) -> list[Door]:
    """The seeded doors, as their recipients know them; there is time to ask."""
    database = Database(house.engine)
    with database.transaction() as session:
        seeds.promise_tomorrow(session)
    with database.reading() as session:
        brands = sorted(shippers.everyone(session).values(), key=lambda brand: brand.id)
    return list(doors(count, brands, AT_DEPOT))


def measure(figures: Figures, kind: str, house: House, endpoint: Endpoint, people: list[Door]) -> None:
    warm = WISHES_A_SECOND * WARM_SECONDS
    with ThreadPoolExecutor(CALLERS) as pool:
        ready = list(pool.map(lambda door: Wish(house.port, door), people))
        press(pool, ready[:warm])
        endpoint.wait_for(warm, PATIENCE_SECONDS)
        before = used(house)
        due = press(pool, ready[warm:])
    endpoint.wait_for(len(people), PATIENCE_SECONDS)
    busy = {f"{name}_cores": (cpu - before[name]) / SECONDS for name, cpu in used(house).items()}
    delays = sorted(endpoint.came[reference] - at for reference, at in due.items())
    p50, p95 = (delays[len(delays) * share // 100] for share in (50, 95))
    figures.add(
        f"change_to_webhook_{kind}_p95",
        p95,
        "s",
        "<= 1",
        p50=p50,
        longest=delays[-1],
        wishes=len(delays),
        wishes_per_second=WISHES_A_SECOND,
        came_again=endpoint.again,
        **busy,
    )


class Wish:
    """A browser that stands before the last button."""

    def __init__(self, port: int, door: Door) -> None:
        self.reference = door.reference
        self._page = f"http://127.0.0.1:{port}/t/{door.link}"
        self._browser = requests.Session()
        form = self._browser.get(f"{self._page}/change?kind=instructions", timeout=TIMEOUT_SECONDS)
        self._last = self._send("/change", form, kind="instructions", words="Second door on the left.")

    def press(self) -> None:
        """The last button."""
        if "done=" not in (asked := self._send("/confirm", self._last)).url:
            raise RuntimeError(f"{self.reference} could not ask: {asked.status_code} {asked.url}")

    def _send(self, where: str, page: requests.Response, **fields: str) -> requests.Response:
        token = CSRF.search(page.text)
        if token is None:
            raise RuntimeError(f"{page.status_code}: there is no form at {page.url}")
        told = {"csrf_token": token[1], **fields}
        return self._browser.post(self._page + where, data=told, timeout=TIMEOUT_SECONDS)


def press(pool: ThreadPoolExecutor, wishes: list[Wish]) -> dict[str, float]:
    """Each button in its turn, at an even pace; when each was due, by the monotonic clock."""
    began, calls, due = time.monotonic(), [], {}
    for turn, wish in enumerate(wishes):
        due[wish.reference] = began + turn / WISHES_A_SECOND
        time.sleep(max(0.0, due[wish.reference] - time.monotonic()))
        calls.append(pool.submit(wish.press))
    for call in calls:
        call.result()
    return due
