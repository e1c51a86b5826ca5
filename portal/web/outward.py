"""What a recipient's link gives to other programs: a calendar to follow, facts as JSON, a frame for a shop's page."""

import hashlib
import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal.web import feeds, guard
from portal.web.headers import csp_nonce
from portal.web.poll import FRESH
from portal.web.tracking import language_of, look_at
from portal.web.widget import framed_policy, origins_of, widget_of
from portal.wiring import kit

bp = Blueprint("outward", __name__)

# The code in the address is the whole right to read it, and no cookie is looked at: a page of another origin that
# knows the address learns no more than by any other way.
FROM_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def calendar(code: str) -> ResponseReturnValue:
    """The window as a calendar that can be followed."""
    now, voice = kit().now(), kit().voice
    look = look_at(code, now)
    words = voice.renderer.visit_words(language_of(look), look.shipper.name)
    body = feeds.calendar(look.shipment, voice.page(code), words, now)
    return _file(body.encode(), "text/calendar; charset=utf-8")


def feed(code: str) -> ResponseReturnValue:
    """Planned and live window as data, for people who build."""
    now = kit().now()
    look = look_at(code, now)
    told = feeds.facts(look.shipment, look.view, kit().record(), now)
    response = _file(json.dumps(told).encode(), "application/json")
    response.headers.update(FROM_ANYWHERE)
    return response


def widget(code: str) -> ResponseReturnValue:
    """When, in a frame of a shop's order page; a shop that is not named by the shipper's rules gets a closed door."""
    look = look_at(code, kit().now())
    origins = origins_of(look.shipper)
    html = widget_of(look, code, language_of(look), kit().now(), framed=bool(origins))
    response = Response(html, status=200 if origins else 403, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = framed_policy(origins, csp_nonce())
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# These ask for the link in the same look as for everything else.
for path, view in (("window.ics", calendar), ("feed.json", feed), ("widget", widget)):
    bp.add_url_rule(f"/t/<code>/{path}", view_func=guard.mark(view, "recipient"))


def _file(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = FRESH
    response.set_etag(hashlib.sha256(body).hexdigest()[:24])
    response.make_conditional(request)
    return response
