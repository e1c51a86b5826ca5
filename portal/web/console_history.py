"""Beside the dossier: the recipient's own page at this moment, to be read and not to be used."""

import hashlib
import re

from flask import Blueprint, Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain import folding
from portal.flows import dossier, track
from portal.flows.track import Look
from portal.web import guard, maps
from portal.web.brand import brand_of
from portal.web.console_ways import SHIPMENT
from portal.web.headers import csp_nonce
from portal.web.map_answers import picture_answer
from portal.web.present import page_of
from portal.web.tracking import frame, language_of, render
from portal.wiring import kit

bp = Blueprint("console_history", __name__, url_prefix="/console")

# Templates of the timeline ask it what to fold away.
bp.record_once(lambda state: state.app.jinja_env.globals.update(folding=folding))

LINK = re.compile(r"(<a\b[^>]*?)\s+href=\"[^\"]*\"")
# An agent who opens the page by itself looks at more than the dossier showed them.
BY_ITSELF = {"", "document"}


def _look(shipment_id: int) -> Look:
    """The page as its recipient would see it now; 404 outside the agent's scope."""
    house = kit()
    with house.database.looking() as connection:
        found = track.as_seen(
            connection, house.shippers(connection), g.agent.shipper_id, shipment_id, house.now()
        )
    if found is None:
        abort(404)
    return found


@bp.get(f"{SHIPMENT}/page")
@guard.agent()
def page(shipment_id: int) -> ResponseReturnValue:
    """What the recipient sees at this moment: nothing in it leads anywhere, and it counts as no view of theirs."""
    look, now = _look(shipment_id), kit().now()
    if request.headers.get("Sec-Fetch-Dest", "") in BY_ITSELF:
        with kit().transaction() as session:
            dossier.note_look(session, g.agent, look.shipment, now, "looked_at_page")
    language = language_of(look)
    seen = page_of(look, language, now, record=kit().record())
    still = url_for("console_history.picture", shipment_id=shipment_id)
    html = inert(
        render("pages/tracking/seen.html", frame("", language, page=seen, brand=seen.brand, still=still))
    )
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = seen_policy(csp_nonce())
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(html.replace(csp_nonce(), "").encode()).hexdigest()[:24])
    return response


def inert(html: str) -> str:
    """The page with its links as words: no address is left in it, and none with the recipient's code ever was."""
    return LINK.sub(r"\1", html)


def seen_policy(nonce: str) -> str:
    """Its own files only, no script and no form at all, and shown by our own pages alone."""
    return (
        f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
    )


@bp.get(f"{SHIPMENT}/page/map.svg")
@guard.agent()
def picture(shipment_id: int) -> ResponseReturnValue:
    """The map of that page as a picture, by the recipient's rules."""
    look = _look(shipment_id)
    if look.door is None or not look.view.comes_to_the_map:
        abort(404)
    brand = brand_of(look.shipper.name, look.shipper.brand)
    return picture_answer(maps.still(look.view, look.door, look.rough_m, brand))
