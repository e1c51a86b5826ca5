"""Other systems for tests: each signs a body as its own documentation says, written from that and not from our code."""

import base64
import hashlib
import hmac
import json
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.flows import operate_sources

SECRETS = {
    "onfleet": "00112233445566778899aabbccddeeff",
    "easypost": "sécret – clé",
    "aftership": "after-secret",
    "karrio": "karrio-secret",
}


def signed(kind: str, secret: str, body: bytes) -> dict[str, str]:
    """The header that the system adds."""
    match kind:
        case "onfleet":
            mark = hmac.new(bytes.fromhex(secret), body, hashlib.sha512).hexdigest()
            return {"X-Onfleet-Signature": mark}
        case "easypost":
            key = unicodedata.normalize("NFKD", secret).encode()
            return {"X-Hmac-Signature": "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()}
        case "aftership":
            mark = hmac.new(secret.encode(), body, hashlib.sha256).digest()
            return {"aftership-hmac-sha256": base64.b64encode(mark).decode()}
        case _:
            return {"X-Event-Id": secret}


@dataclass
class System:
    """A system with its address."""

    kind: str
    path: str
    client: FlaskClient
    secret: str

    def says(self, told: Any, **more: Any) -> TestResponse:
        """Call with this body, signed unless other `headers` are given."""
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        headers = more.pop("headers", signed(self.kind, self.secret, body))
        return self.client.post(
            self.path, data=body, headers=headers, content_type="application/json", **more
        )


def system(app: Flask, kind: str, shipper: str = "acme-books") -> System:
    """A source of this kind with a fresh address."""
    kit = app.extensions["doorstep"]
    with app.app_context():
        lines = operate_sources.add_source(kit, kind, shipper, SECRETS[kind], "", kit.now())
    return System(kind, urlsplit(lines[1]).path, app.test_client(), SECRETS[kind])


def onfleet(trigger: str, at_ms: int, name: str = "A-1", **details: Any) -> dict[str, Any]:
    task = {"shortId": "c77ff497", "metadata": [{"name": "reference", "type": "string", "value": name}]}
    if details:
        task["completionDetails"] = details
    return {
        "time": at_ms,
        "triggerName": trigger,
        "taskId": "11z1BbsQUZFHD1XAd",
        "workerId": "w",
        "data": {"task": task, "worker": {"name": "Never kept", "phone": "+15550001"}},
    }


def easypost(*details: tuple[str, str, str], code: str = "P-A-1") -> dict[str, Any]:
    listed = [
        {
            "datetime": at,
            "status": status,
            "status_detail": detail,
            "message": "Scan",
            "tracking_location": None,
        }
        for at, status, detail in details
    ]
    tracker = {"object": "Tracker", "tracking_code": code, "status": "x", "tracking_details": listed}
    return {"object": "Event", "description": "tracker.updated", "result": tracker}


def aftership(*points: tuple[str, str, str], number: str = "P-A-1") -> dict[str, Any]:
    listed = [
        {"checkpoint_time": at, "tag": tag, "subtag": subtag, "message": "Scan", "city": "Harbourton"}
        for at, tag, subtag in points
    ]
    return {
        "event": "tracking_update",
        "msg": {"tracking_number": number, "slug": "dpd", "checkpoints": listed},
    }


def karrio(*events: dict[str, str], number: str = "P-A-1", status: str = "") -> dict[str, Any]:
    data = {"tracking_number": number, "carrier_name": "dpd", "status": status, "events": list(events)}
    return {"event": "tracker_updated", "data": data}
