"""A carrier's dispatch under measurement: shipments go out for delivery, and are delivered."""

import json
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import Any

from benchmarks import seeds

HEADERS = {"Authorization": f"Bearer {seeds.KEY}", "Content-Type": "application/json"}


def event(number: int, happening: str = "out_for_delivery") -> dict[str, Any]:
    """The news of the seeded door of that number; a text and an email follow."""
    return {
        "event_id": f"{happening}-{number}",
        "shipper": ("linden", "northwind")[number % 2],
        "shipment": f"S{number:07}",
        "happening": happening,
        "happened_at": seeds.NOW.isoformat(),
    }


class Dispatch:
    """One kept connection to the dispatch API."""

    def __init__(self, port: int) -> None:
        self._caller = HTTPConnection("127.0.0.1", port, timeout=60)

    def tell(self, numbers: Sequence[int], happening: str = "out_for_delivery") -> None:
        """Send these doors' events in one call; every one must be taken."""
        body = json.dumps({"events": [event(number, happening) for number in numbers]})
        self._caller.request("POST", "/api/v1/events", body, HEADERS)
        said = self._caller.getresponse().read()
        outcomes = {result["outcome"] for result in json.loads(said).get("results", [])}
        if outcomes != {"taken"}:
            raise RuntimeError(f"not every event was taken: {said[:300].decode(errors='replace')}")

    def close(self) -> None:
        self._caller.close()
