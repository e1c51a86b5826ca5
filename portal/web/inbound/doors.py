"""The doors that other systems call: a secret in the address says whose they are, a signature that it is them."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, abort, jsonify, request

from portal.domain.access import fingerprint
from portal.flows import outside
from portal.store import sources
from portal.store.sources import Source
from portal.web import guard
from portal.web.clean import clean_line
from portal.web.errors import ApiError
from portal.web.inbound import aftership, easypost, karrio, onfleet
from portal.web.inbound.reading import MOST_BYTES
from portal.wiring import kit

log = structlog.get_logger()
bp = Blueprint("inbound", __name__, url_prefix="/callbacks/in")

SYSTEMS: dict[str, ModuleType] = {
    "onfleet": onfleet,
    "easypost": easypost,
    "aftership": aftership,
    "karrio": karrio,
}
SIGNED = "the secret part of the address, and a signature as the system makes it"
LONGEST_CHECK = 200
View = TypeVar("View", bound=Callable[..., Any])


def signed_by_a_source(view: View) -> View:
    """Marks a door of this kind for the list of doors; what it checks is in `_source` and `_checked`."""
    return guard.mark(view, "signature", SIGNED)


@bp.post("/<kind>/<code>")
@signed_by_a_source
def hear(kind: str, code: str) -> Response:
    """A system says what happened. What we do not know is counted and answered with a yes, or it would come again."""
    request.max_content_length = MOST_BYTES
    source, system = _source(kind, code), SYSTEMS[kind]
    body = _checked(source, system)
    told = system.told(body, _zone(source))

    def take() -> list[outside.Heard]:
        with kit().transaction() as session:
            return outside.hear_from(session, kit().voice, source, told, kit().now())

    heard = kit().database.played(take)
    return jsonify(results=[one.outcome.value for one in heard])


@bp.get("/onfleet/<code>")
@signed_by_a_source
def check(code: str) -> Response:
    """Onfleet asks whether somebody is there, and wants its own word back."""
    _source("onfleet", code)
    return Response(clean_line(request.args.get("check", ""))[:LONGEST_CHECK], mimetype="text/plain")


def _source(kind: str, code: str) -> Source:
    """Unknown, revoked and of another kind look the same."""
    with kit().reading() as session:
        source = sources.find(session, kind, fingerprint(code)) if kind in SYSTEMS else None
    if source is None:
        abort(404)
    return source


def _zone(source: Source) -> ZoneInfo:
    """Where a time without an offset is meant."""
    with kit().reading() as session:
        return ZoneInfo(kit().shippers(session)[source.shipper_id].timezone)


def _checked(source: Source, system: ModuleType) -> bytes:
    """The body, if the system's signature holds; a forged call is counted."""
    if source.kind == "karrio" and kit().settings.in_public and not request.is_secure:
        raise ApiError(403, "Karrio sends its secret in clear: it is heard over https only.")
    body = request.get_data(cache=False)
    if not source.secret or not system.is_theirs(source.secret, request.headers, body):
        kit().counts[source.kind] = kit().counts.get(source.kind, 0) + 1
        log.warning("callback_forged", provider=source.kind, source=source.id)
        raise ApiError(403, "The signature does not hold.")
    return body
