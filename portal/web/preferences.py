"""The recipient's page of preferences: how, in which language, of what and at what hours they are told."""

from flask import Blueprint, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.flows import announce
from portal.flows import preferences as choosing
from portal.web import guard
from portal.web.brand import brand_of
from portal.web.language import N_, choose, known, words
from portal.web.preferring import Preferring, mask, preferring, wished
from portal.web.present import local_of
from portal.web.tracking import frame, render
from portal.wiring import kit

bp = Blueprint("preferences", __name__)

SAVED, STOPPED = "saved", "stopped"
SORRY = N_("Something in the form was not clear. Please choose once more; nothing was changed.")


def _here(code: str) -> tuple[Preferring, dict[str, object]]:
    """The page as things stand, and what its template needs besides."""
    with kit().reading() as session:
        shipper = kit().shippers(session)[g.shipment.shipper_id]
        contact = announce.contacts_of(session, kit().voice, [g.shipment], kit().now())[g.shipment.id]
    language = choose(request.args.get("lang", ""), g.shipment.recipient.language, shipper.language)
    local = local_of(g.shipment.address, language, kit().now())
    page = preferring(g.shipment, contact, shipper.name, local)
    brand = brand_of(shipper.name, shipper.brand)
    return page, frame(code, language, brand=brand, page=page, masked=mask(g.shipment))


@bp.get("/t/<code>/preferences")
@guard.recipient
def show(code: str) -> ResponseReturnValue:
    """How it stands, to be changed."""
    done = request.args.get("done", "")
    _, context = _here(code)
    context["done"] = done if done in (SAVED, STOPPED) else ""
    return render("pages/tracking/preferences.html", context)


@bp.post("/t/<code>/preferences")
@guard.recipient
def save(code: str) -> ResponseReturnValue:
    """Keep what was chosen."""
    page, context = _here(code)
    chosen = wished(request.form, page)
    if chosen is None:
        context["sorry"] = words(str(context["language"]))(SORRY)
        return render("pages/tracking/preferences.html", context), 422
    with kit().transaction() as session:
        choosing.choose(session, kit().voice, g.shipment, chosen, kit().now())
    return _back(code, SAVED)


@bp.post("/t/<code>/preferences/stop")
@guard.recipient
def stop(code: str) -> ResponseReturnValue:
    """No more texts to the number on file."""
    with kit().transaction() as session:
        choosing.stop_texts(session, kit().voice, g.shipment, kit().now())
    return _back(code, STOPPED)


def _back(code: str, done: str) -> ResponseReturnValue:
    asked = known(request.args.get("lang", ""))
    return redirect(f"/t/{code}/preferences?done={done}" + (f"&lang={asked}" if asked else ""), 303)


@bp.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """A form open for too long, or a browser without cookies: nothing was changed, and here is the way on."""
    language = choose(request.args.get("lang", ""))
    code = (request.view_args or {}).get("code", "")
    return render("pages/tracking/stale.html", frame(code, language, again="preferences")), 400
