"""Dispatch's doors for its own endpoint: where we call, with which secret, what was delivered, and again."""

import base64
import secrets as random
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from notifications.endpoint import address_problem
from notifications.message import Message, Standing
from portal.flows.dispatch_out import seq_of
from portal.store import outbox, pulls, webhooks
from portal.store.routes import owner_of
from portal.store.webhooks import Webhook
from portal.web import guard
from portal.web.batches import number, one
from portal.web.errors import ApiError
from portal.web.schemas import WebhookIn
from portal.web.scope import key
from portal.wiring import kit

bp = Blueprint("webhook_api", __name__, url_prefix="/api/v1")

OLD_SECRET_LASTS = timedelta(hours=24)
TYPES = (
    "delivery_change.requested",
    "delivery_change.accepted",
    "delivery_change.refused",
    "delivery_change.withdrawn",
    "delivery_change.lapsed",
    "shipment.contact_changed",
    "shipment.instructions",
    "shipment.pickup_extended",
    "shipment.pickup_expired",
    "shipment.problem_reported",
    "shipment.rated",
)


@bp.put("/webhook")
@guard.api("webhook:write")
def put_webhook() -> Response:
    """Set the endpoint; a new secret leaves the old one valid for a day."""
    told = one(WebhookIn)
    unknown = [place for place, name in enumerate(told.events) if name not in TYPES]
    if unknown:
        detail = f"events are of {', '.join(TYPES)}"
        raise ApiError(
            422, "Some values are not right.", [{"pointer": f"/events/{unknown[0]}", "detail": detail}]
        )
    if problem := address_problem(told.url, allow_private=kit().settings.webhook_allow_private):
        raise ApiError(422, "Some values are not right.", [{"pointer": "/url", "detail": problem}])
    owner, now = owner_of(key().shipper_id), kit().now()
    with kit().transaction() as session:
        before = webhooks.of(session, owner)
        secret = told.secret or (before.secret if before else new_secret())
        old, until = (before.old_secret, before.old_secret_until) if before else ("", None)
        if before and before.secret != secret:
            old, until = before.secret, now + OLD_SECRET_LASTS
        if before and before.url != told.url:
            outbox.call_elsewhere(session, owner, told.url)
        webhooks.put(session, Webhook(owner, told.url, tuple(told.events), secret, old, until, None, ""))
    shown = secret if told.secret is None and before is None else None
    return jsonify(url=told.url, events=told.events, active=True, **({"secret": shown} if shown else {}))


def new_secret() -> str:
    """A fresh Standard Webhooks secret."""
    return "whsec_" + base64.b64encode(random.token_bytes(32)).decode()


@bp.get("/webhook/deliveries")
@guard.api("webhook:read")
def deliveries() -> Response:
    """The last calls to the endpoint and what came of them, newest first."""
    limit, before = max(number("limit", 100, 500), 1), request.args.get("before", "")
    with kit().reading() as session:
        sent = outbox.webhook_deliveries(session, key().shipper_id, limit + 1, before)
        read_to = {owner: pulls.read_to(session, owner) for owner in {one.shipper_id for one in sent}}
    shown = sent[:limit]
    more = shown[-1].id if len(sent) > limit else None
    return jsonify(deliveries=[_delivery(one, read_to[one.shipper_id]) for one in shown], next=more)


def _delivery(message: Message, read_to: int) -> dict[str, Any]:
    seq = seq_of(message)
    waits = message.standing is Standing.QUEUED and message.attempts
    return {
        "id": message.id,
        "seq": seq,
        "type": message.notice,
        "state": message.standing.value,
        "attempts": message.attempts,
        "created_at": message.created_at.isoformat(),
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        "next_at": message.not_before.isoformat() if waits else None,
        "pulled": seq is not None and seq <= read_to,
        "error": message.error_text or None,
    }


@bp.post("/webhook/deliveries/<message_id>/replay")
@guard.api("webhook:write")
def replay(message_id: str) -> Response:
    """Send one of them again, with the same webhook-id."""
    now = kit().now()
    with kit().transaction() as session:
        if not outbox.send_again(session, key().shipper_id, message_id, now):
            raise ApiError(404, "There is no such delivery.")
    return jsonify(id=message_id, state="queued")
