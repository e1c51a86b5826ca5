"""A phone in a van for tests: it speaks as OwnTracks, Traccar Client or a Traccar server do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.flows.operate_devices import add_device


@dataclass
class Phone:
    """A phone with its secret; each call is one request, as the app makes it."""

    client: FlaskClient
    secret: str

    def tells(self, app: str, body: Any = None, **more: Any) -> TestResponse:
        """A POST of JSON."""
        return self.client.post(f"/devices/{self.secret}/{app}", json=body, **more)

    def owntracks(self, lat: float, lng: float, at: datetime, **more: Any) -> TestResponse:
        """A location, as the app for Android sends it."""
        usual = {
            "_type": "location",
            "BSSID": "02:00:00:00:00:00",
            "acc": 12,
            "alt": 480,
            "batt": 81,
            "bs": 1,
        }
        usual |= {"conn": "m", "created_at": int(at.timestamp()), "lat": lat, "lon": lng, "m": 2, "t": "u"}
        usual |= {"tid": "v1", "topic": "owntracks/user/v1", "tst": int(at.timestamp()), "vac": 4, "vel": 36}
        return self.tells("owntracks", usual | more)

    def asks(self, **query: Any) -> TestResponse:
        """Traccar Client as it was: everything in the query."""
        return self.client.get(f"/devices/{self.secret}/osmand", query_string=query)

    def traccar_client(self, lat: float, lng: float, at: datetime, **more: Any) -> TestResponse:
        """Traccar Client 9."""
        coords = {
            "latitude": lat,
            "longitude": lng,
            "accuracy": 5,
            "speed": 10.0,
            "heading": 90,
            "altitude": 480,
        }
        location = {
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "coords": coords | more,
            "is_moving": True,
            "odometer": 12034.5,
            "event": "",
            "battery": {"level": 0.81, "is_charging": False},
            "activity": {"type": "in_vehicle"},
            "extras": {},
            "_": f"&id=van&lat={lat}&lon={lng}&timestamp={at.isoformat()}&",
        }
        return self.tells("osmand", {"location": location, "device_id": "48241179"})

    def traccar_server(self, lat: float, lng: float, at: datetime, **more: Any) -> TestResponse:
        """A Traccar server with `forward.type` json."""
        said = at.isoformat(timespec="milliseconds")
        position = {"id": 7, "deviceId": 1, "protocol": "teltonika", "serverTime": said, "deviceTime": said}
        position |= {"fixTime": said, "outdated": False, "valid": True, "latitude": lat, "longitude": lng}
        position |= {"altitude": 480.0, "speed": 20.0, "course": 90.0, "address": None, "accuracy": 0.0}
        position |= {"attributes": {"ignition": True}, "network": None, "geofenceIds": None}
        device = {
            "id": 1,
            "uniqueId": "352093081452251",
            "name": "van 1",
            "status": "online",
            "attributes": {},
        }
        return self.tells("traccar", {"position": position | more, "device": device})


def new_phone(app: Flask, van: str = "van 1", slug: str = "acme-books", label: str = "") -> Phone:
    """A new phone of a van."""
    kit = app.extensions["doorstep"]
    with app.app_context():
        _, address = add_device(kit, van, slug, label, kit.now())
    return Phone(app.test_client(), address.of["osmand"].split("/")[-2])
