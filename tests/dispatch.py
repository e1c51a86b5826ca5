"""A carrier's dispatch for tests: it speaks to the portal through the public API only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.flows import operate

AGREED = {"sms": {"given": True, "at": "2026-06-01T09:00:00Z", "source": "checkout"}}
DOOR = {"lines": ["12 Mill Lane"], "locality": "Harbourton", "postcode": "12345", "country": "US"}


def shipment(reference: str = "A-1", **more: Any) -> dict[str, Any]:
    """A shipment as dispatch tells it: Ann, one shoebox, this afternoon from two to four."""
    usual: dict[str, Any] = {
        "reference": reference,
        "parcels": [{"code": f"P-{reference}", "length_mm": 330, "width_mm": 200, "height_mm": 120}],
        "recipient": {
            "name": "Ann Archer",
            "phone": "+12025550123",
            "email": "ann@example.com",
            "language": "en",
            "consent": AGREED,
        },
        "address": DOOR | {"lat": 10.0, "lng": 20.0, "timezone": "UTC"},
        "window": {"start": "2026-06-15T14:00:00Z", "end": "2026-06-15T16:00:00Z"},
        "depot": "north",
    }
    return usual | more


def event(event_id: str, reference: str, happening: str, at: datetime | str, **more: Any) -> dict[str, Any]:
    """An event as dispatch tells it."""
    when = at if isinstance(at, str) else at.isoformat()
    return {"event_id": event_id, "shipment": reference, "happening": happening, "happened_at": when, **more}


@dataclass
class Dispatch:
    """A client with a key. `call` returns the response; the others check that it is a 200 and return its JSON."""

    client: FlaskClient
    key: str
    numbers: list[int] = field(default_factory=lambda: [0])

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        """One request with the key."""
        headers = {"Authorization": f"Bearer {self.key}"} | more.pop("headers", {})
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def _list(self, method: str, name: str, items: list[Any]) -> list[dict[str, Any]]:
        answer = self.call(method, f"/{name}", json={name: items})
        assert answer.status_code == 200, answer.json
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return results

    def ships(self, *shipments: Any) -> list[dict[str, Any]]:
        """Tell shipments."""
        return self._list("POST", "shipments", list(shipments))

    def reports(self, *events: Any) -> list[dict[str, Any]]:
        """Tell events."""
        return self._list("POST", "events", list(events))

    def happens(self, reference: str, happening: str, at: datetime, **more: Any) -> dict[str, Any]:
        """One event with a fresh id, which must be taken."""
        self.numbers[0] += 1
        result = self.reports(event(f"ev-{self.numbers[0]}", reference, happening, at, **more))[0]
        assert result["outcome"] == "taken", result
        return result

    def drives(self, route: str, van: str, departs_at: datetime, *references: str) -> dict[str, Any]:
        """Tell a route with these stops in order, twenty minutes apart."""
        stops = [
            {
                "seq": seq,
                "shipment": ref,
                "planned_at": (departs_at + timedelta(minutes=20 * seq)).isoformat(),
            }
            for seq, ref in enumerate(references, start=1)
        ]
        told = {"route": route, "van": van, "departs_at": departs_at.isoformat(), "stops": stops}
        return self._list("POST", "routes", [told])[0]

    def stands(self, van: str, lat: float, lng: float, at: datetime) -> dict[str, Any]:
        """Tell where a van is."""
        told = {"van": van, "lat": lat, "lng": lng, "recorded_at": at.isoformat()}
        return self._list("POST", "positions", [told])[0]

    def offers(self, slots: list[Any] | None = None, lockers: list[Any] | None = None) -> None:
        """Set slots and lockers."""
        if slots:
            self._list("PUT", "slots", slots)
        if lockers:
            self._list("PUT", "lockers", lockers)

    def reads(self, reference: str) -> dict[str, Any]:
        """Read a shipment back."""
        answer = self.call("GET", f"/shipments/{reference}")
        assert answer.status_code == 200, answer.json
        found: dict[str, Any] = answer.get_json()
        return found


def new_dispatch(
    app: Flask, name: str = "Acme Books", scopes: list[str] | None = None, **more: str
) -> Dispatch:
    """A shipper of this name with a key and a client of its own."""
    kit = app.extensions["doorstep"]
    with app.app_context():
        operate.add_shipper(kit, name, **more)
        key = operate.add_key(kit, operate.slug_of(name), scopes or [], "tests", kit.now())[1]
        kit.shippers.forget()
    return Dispatch(app.test_client(), key)


def slot(key: str = "evening", capacity: int = 1, **more: Any) -> dict[str, Any]:
    """An evening slot for Ann's depot."""
    usual = {"slot": key, "zone": "north", "start": "2026-06-15T18:00:00Z", "end": "2026-06-15T20:00:00Z"}
    return usual | {"capacity": capacity, "closes_at": "2026-06-15T16:00:00Z"} | more


def locker(key: str = "station", count: int = 1, **more: Any) -> dict[str, Any]:
    """A locker round the corner from Ann."""
    box = {"size": "M", "width_mm": 400, "height_mm": 400, "depth_mm": 600, "count": count}
    usual = {"locker": key, "name": "Station", "address": "1 Station Sq", "lat": 10.001, "lng": 20.001}
    return usual | {"compartments": [box], "hold_hours": 48} | more
