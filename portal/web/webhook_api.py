"""Dispatch's doors for its own endpoint: where we call, with which secret, what was delivered, and again."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from notifications.message import Message, Standing
from portal.flows import operate_webhook
from portal.flows.dispatch_out import seq_of
from portal.flows.operate_terms import Wrong
from portal.flows.operate_webhook import TYPES
from portal.store import outbox, pulls
from portal.store.routes import owner_of
from portal.web import guard
from portal.web.batches import number, one
from portal.web.clean import clean_line
from portal.web.errors import ApiError
from portal.web.schemas import WebhookIn
from portal.web.scope import key
from portal.wiring import kit

bp = Blueprint("webhook_api", __name__, url_prefix="/api/v1")


@bp.put("/webhook")
@guard.api("webhook:write")
def put_webhook() -> Response:
    """Set the endpoint; a new secret leaves the old one valid for a day."""
    told = one(WebhookIn)
    owner, who = owner_of(key().shipper_id), f"key:{key().id}"
    try:
        operate_webhook.check(told.url, told.events, kit().settings.webhook_allow_private)
    except Wrong as wrong:
        raise ApiError(422, "Some values are not right.", [_error(wrong, told)]) from wrong
    with kit().transaction() as session:
        secret = told.secret or ""
        put = operate_webhook.put(session, who, owner, told.url, told.events, kit().now(), secret=secret)
    shown = {"secret": put.secret} if put.secret else {}
    return jsonify(url=told.url, events=told.events, active=True, **shown)


def _error(wrong: Wrong, told: WebhookIn) -> dict[str, str]:
    if wrong.field != "events":
        return {"pointer": f"/{wrong.field}", "detail": str(wrong)}
    place = next(place for place, name in enumerate(told.events) if name not in TYPES)
    return {"pointer": f"/events/{place}", "detail": f"events are of {', '.join(TYPES)}"}


@bp.get("/webhook/deliveries")
@guard.api("webhook:read")
def deliveries() -> Response:
    """The last calls to the endpoint and what came of them, newest first."""
    limit, before = max(number("limit", 100, 500), 1), clean_line(request.args.get("before", ""))
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
        if not operate_webhook.put_back(session, key().shipper_id, message_id, now):
            raise ApiError(404, "There is no such delivery.")
    return jsonify(id=message_id, state="queued")
