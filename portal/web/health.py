"""For those who watch: alive, ready, and figures."""

import hmac
from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.flows import day_figures, figures, redirect_figures, unreached, window_record, work
from portal.store import audit, erasures, outbox, senders
from portal.web import figures_view, guard, guard_view, map_drawing, record_view, rights_view, senders_view
from portal.web.matters_view import gauges as waiting_gauges
from portal.web.quality_view import gauges
from portal.web.redirects_view import gauges as redirect_gauges
from portal.wiring import kit

bp = Blueprint("health", __name__)
log = structlog.get_logger()

# What reverse proxies add to what they pass on.
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
# Within how many seconds the ticks must run to their end; a slow carrier or endpoint may take its minutes.
MUST_BEAT = {"feed": 60, "lapse": 60, "windows": 60, "sms": 300, "email": 300, "webhook": 300}
WAITING_IS_TOO_LONG = timedelta(minutes=5)


@bp.get("/healthz")
@guard.open_door("says only that the process answers")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@guard.open_door("says only whether parts work, holds no data of anybody")
def readyz() -> tuple[Response, int]:
    """Database, ticks, the oldest waiting message and the senders; 503 when one of them is not well."""
    try:
        found = _parts()
    except (DBAPIError, PoolTimeout) as error:
        log.error("database_unavailable", kind=type(error).__name__)
        found = {"database": {"ok": False}}
    ready = all(part["ok"] for part in found.values())
    answer = jsonify(ready=ready, **found)
    if not ready:
        answer.headers["Retry-After"] = "5"
    return answer, 200 if ready else 503


def _parts() -> dict[str, Any]:
    now, speed = kit().now(), kit().settings.clock_speed
    kit().database.answers()
    with kit().reading() as session:
        beats = audit.heartbeats(session)
        oldest = outbox.oldest_waiting(session, now)
        reports = senders.reports(session)
    late = [
        name
        for name, seconds in MUST_BEAT.items()
        if name not in beats or (now - beats[name]).total_seconds() > seconds * speed
    ]
    last_at = max(beats.values()).isoformat() if beats else None
    waiting_seconds = (now - oldest).total_seconds() if oldest else 0.0
    not_long = waiting_seconds < speed * WAITING_IS_TOO_LONG.total_seconds()
    return {
        "database": {"ok": True},
        "ticks": {"ok": not late, "last_at": last_at, "late": late},
        "outbox": {"ok": not_long, "oldest_waiting_seconds": round(waiting_seconds, 1)},
        "senders": senders_view.part(kit().senders.watched, reports, now),
    }


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
    up = Gauge("doorstep_database_up", "Whether the database answers", registry=registry)
    messages = Gauge(
        "doorstep_messages", "Messages by channel and standing", ["channel", "standing"], registry=registry
    )
    beats = Gauge("doorstep_tick_age_seconds", "Seconds since each tick ran", ["tick"], registry=registry)
    forged = Gauge(
        "doorstep_forged_callbacks_total",
        "Callbacks refused for their signature",
        ["provider"],
        registry=registry,
    )
    untold = Gauge(
        "doorstep_oldest_untold_change_seconds",
        "Age of the oldest change that dispatch is not known to have; over 120 is an alarm",
        registry=registry,
    )
    frames = Gauge(
        "doorstep_map_frames_built_total",
        "Frames of maps drawn by this process; pages that are only looked at draw none",
        registry=registry,
    )
    frames.set(map_drawing.drawn.built)
    now = kit().now()
    try:
        with kit().reading() as session:
            since = unreached.untold(session, None, now).since
            untold.set((now - since).total_seconds() if since else 0)
            for (channel, standing), count in outbox.counts(session).items():
                messages.labels(channel, standing).set(count)
            oldest = outbox.oldest_waiting(session, now)
            waiting = Gauge(
                "doorstep_outbox_oldest_waiting_seconds", "Age of the oldest due message", registry=registry
            )
            waiting.set((now - oldest).total_seconds() if oldest else 0)
            slugs = {one.id: one.slug for one in kit().shippers(session).values()}
            gauges(figures.of_today(session, now), slugs, registry)
            guard_view.gauges(session, now, registry)
            redirect_gauges(redirect_figures.of_today(session, slugs, now), slugs, registry)
            figures_view.gauges(day_figures.of_today(session, slugs, now), slugs, registry)
            record_view.gauges(window_record.of_today(session, now), registry)
            waiting_gauges(work.ages(session, None, now), registry)
            rights_view.gauges(erasures.copies(session), registry)
            senders_view.gauge(kit().senders.watched, senders.reports(session), now, registry)
            for tick, at in audit.heartbeats(session).items():
                beats.labels(tick).set((now - at).total_seconds())
        up.set(1)
    except (DBAPIError, PoolTimeout):
        up.set(0)
    for name, count in kit().counts.items():
        forged.labels(name).set(count)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
