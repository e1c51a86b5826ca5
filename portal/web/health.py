"""For those who watch: alive, ready, and figures."""

import hmac
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from portal.store import audit, outbox
from portal.web import guard
from portal.wiring import kit

bp = Blueprint("health", __name__)

# What reverse proxies add to what they pass on.
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
TICKS_MUST_BEAT = timedelta(seconds=60)
WAITING_IS_TOO_LONG = timedelta(minutes=5)


@bp.get("/healthz")
@guard.open_door("says only that the process answers")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@guard.open_door("says only whether parts work, holds no data of anybody")
def readyz() -> tuple[Response, int]:
    """Database, ticks and the oldest waiting message; 503 when one of them is not well."""
    now = kit().now()
    found: dict[str, Any] = {}
    kit().database.answers()
    found["database"] = {"ok": True}
    with kit().reading() as session:
        beats = audit.heartbeats(session)
        oldest = outbox.oldest_waiting(session, now)
    age = kit().settings.clock_speed * TICKS_MUST_BEAT
    beat = beats.get("outbox")
    found["ticks"] = {"ok": beat is not None and now - beat < age, "last_at": beat and beat.isoformat()}
    waiting_seconds = (now - oldest).total_seconds() if oldest else 0.0
    limit = kit().settings.clock_speed * WAITING_IS_TOO_LONG.total_seconds()
    found["outbox"] = {"ok": waiting_seconds < limit, "oldest_waiting_seconds": round(waiting_seconds, 1)}
    ready = all(part["ok"] for part in found.values())
    return jsonify(ready=ready, **found), 200 if ready else 503


def _is_local() -> bool:
    """Whether somebody on this machine asks; through a proxy beside us, everybody comes from here."""
    passed_on = any(name in request.headers for name in PASSED_ON)
    return request.remote_addr in ("127.0.0.1", "::1") and not passed_on


@bp.get("/metrics")
@guard.open_door("asks for METRICS_TOKEN, or answers local addresses only")
def metrics() -> Response:
    """Figures for Prometheus."""
    token = kit().settings.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(given.encode(), token.encode()):
        abort(403)
    if not token and not _is_local():
        abort(403)
    registry = CollectorRegistry()
    messages = Gauge(
        "doorstep_messages", "Messages by channel and standing", ["channel", "standing"], registry=registry
    )
    waiting = Gauge(
        "doorstep_outbox_oldest_waiting_seconds", "Age of the oldest due message", registry=registry
    )
    beats = Gauge("doorstep_tick_age_seconds", "Seconds since each tick ran", ["tick"], registry=registry)
    forged = Gauge(
        "doorstep_forged_callbacks_total",
        "Callbacks refused for their signature",
        ["provider"],
        registry=registry,
    )
    now = kit().now()
    with kit().reading() as session:
        for (channel, standing), count in outbox.counts(session).items():
            messages.labels(channel, standing).set(count)
        oldest = outbox.oldest_waiting(session, now)
        waiting.set((now - oldest).total_seconds() if oldest else 0)
        for tick, at in audit.heartbeats(session).items():
            beats.labels(tick).set((now - at).total_seconds())
    for name, count in kit().counts.items():
        forged.labels(name).set(count)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
