"""Doors for the providers: receipts and texts come in here, signed by them, whatever order they come in."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import structlog
from flask import Blueprint, Response, request

from notifications.message import Channel
from notifications.provider import Forged
from notifications.receipts import Inbound, Receipt
from portal.flows import receipts, replies
from portal.web import guard
from portal.web.errors import ApiError
from portal.wiring import kit

log = structlog.get_logger()
bp = Blueprint("callbacks", __name__, url_prefix="/callbacks")
View = TypeVar("View", bound=Callable[..., Any])

FORM_BYTES, EVENTS_BYTES = 64 * 1024, 4 * 1024 * 1024


def signed(provider: str, most_bytes: int) -> Callable[[View], View]:
    """Passes if the provider's signature holds over the public URL and the raw body; a forged call is counted."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            request.max_content_length = most_bytes
            try:
                return view(*args, **kwargs)
            except Forged as why:
                kit().counts[provider] = kit().counts.get(provider, 0) + 1
                log.warning("callback_forged", provider=provider, because=str(why))
                raise ApiError(403, "The signature does not hold.") from None

        return guard.mark(guarded, "signature", f"signed by {provider}")  # type: ignore[return-value]

    return decorate


def _public_url() -> str:
    """The URL as the provider called it; never from the Host header, which anybody can set."""
    query = request.query_string.decode("ascii", "replace")
    return kit().settings.public_url + request.path + (f"?{query}" if query else "")


def _settle(found: list[Receipt]) -> Response:
    if found:
        with kit().transaction() as session:
            receipts.settle(session, found, kit().now())
    return Response(status=204)


def _told() -> tuple[str, dict[str, str], bytes, datetime]:
    """The call as a carrier reads it."""
    return _public_url(), dict(request.headers), request.get_data(cache=False), kit().now()


def _read(channel: Channel) -> list[Receipt]:
    told = _told()
    return kit().senders.opened(channel, lambda carrier: carrier.receipts(*told))


def _inbound() -> Inbound:
    told = _told()

    def read(carrier: Any) -> Inbound:
        if not hasattr(carrier, "inbound"):
            raise Forged("No provider is configured for texts.")
        said: Inbound = carrier.inbound(*told)
        return said

    return kit().senders.opened(Channel.SMS, read)


@bp.post("/twilio/status/<message_id>")
@signed("twilio", FORM_BYTES)
def twilio_status(message_id: str) -> Response:
    """What became of a text."""
    return _settle(_read(Channel.SMS))


@bp.post("/twilio/inbound")
@signed("twilio", FORM_BYTES)
def twilio_inbound() -> Response:
    """A text that somebody sent to our number."""
    said = _inbound()

    def hear() -> None:
        with kit().transaction() as session:
            replies.hear(session, kit().voice, said, kit().now())

    # Twilio does not call twice: a text that lost a race in the database is heard again at once
    kit().database.played(hear)
    # an empty answer in TwiML: the reply goes by the outbox like every message
    return Response("<Response/>", content_type="text/xml")


@bp.post("/sendgrid/events")
@signed("sendgrid", EVENTS_BYTES)
def sendgrid_events() -> Response:
    """What became of emails, many at a time."""
    return _settle(_read(Channel.EMAIL))
