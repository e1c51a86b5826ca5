"""The doors of a neighbor's page: what is asked, the answer, and what holds for good. Only POST changes anything."""

from typing import Any

from flask import Blueprint, abort, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.domain.neighbors import DAYS, PARTS, Answer
from portal.flows import neighbors
from portal.flows.neighbors import Stands
from portal.flows.track import on_the_map
from portal.web import guard
from portal.web.brand import brand_of
from portal.web.language import N_, choose, known, words
from portal.web.nearby import nearby_view
from portal.web.neighboring import ceiling, neighbor_page
from portal.web.present import local_of
from portal.web.tracking import frame, render
from portal.wiring import kit

bp = Blueprint("neighbors", __name__)

ANSWERS = {"yes": Answer.YES, "no": Answer.NO, "never": Answer.BLOCKED}
SAVED = "saved"
LATE = N_("This was answered in the meantime, or its time is over. Here is how it stands now.")

NO_TIME = N_("Please choose at least one day and one time of day, or choose never to be asked.")


def language_now() -> str:
    """The language of a neighbor's page."""
    return choose(request.args.get("lang", ""), "", g.ask.language)


def _page(code: str, sorry: str = "") -> str:
    house, now, language = kit(), kit().now(), language_now()
    with house.reading() as session:
        seen = neighbors.open_page(session, house.voice, g.ask, now)
        shops = house.shippers(session)
        parcel = neighbors.coming(seen)
        its_map = on_the_map(session, shops[parcel.shipper_id], parcel, now) if parcel else None
    if not seen.shipments:
        abort(404)
    local = local_of(seen.shipments[0].address, language, now)
    shown = its_map and its_map.view.comes_to_the_map
    nearby = nearby_view(its_map.view, its_map.door, local) if its_map and shown else None
    senders = sorted({shops[one.shipper_id].name for one in seen.shipments})
    context = neighbor_frame(code, language, page=neighbor_page(seen, senders, local, nearby))
    context |= {"sorry": words(language)(sorry) if sorry else "", "done": request.args.get("done") == SAVED}
    return render("pages/neighbor/page.html", context)


def neighbor_frame(code: str, language: str, **more: Any) -> dict[str, Any]:
    """What every template of a neighbor needs."""
    # the house's own face: which shop sends it is nobody's business before a yes
    return frame(code, language, brand=brand_of(kit().voice.carrier, {}), **more) | {"base": f"/n/{code}"}


def _back(code: str, done: str = "") -> ResponseReturnValue:
    pairs = {"done": done, "lang": known(request.args.get("lang", ""))}
    query = "&".join(f"{name}={value}" for name, value in pairs.items() if value)
    return redirect(f"/n/{code}" + (f"?{query}" if query else ""), 303)


def _settled(code: str, stands: Stands) -> ResponseReturnValue:
    if stands.done:
        return _back(code)
    g.ask = stands.ask
    return _page(code, LATE), 409


@bp.get("/n/<code>")
@guard.neighbor
def show(code: str) -> ResponseReturnValue:
    """What is asked, or how it stands."""
    return _page(code)


@bp.post("/n/<code>/answer")
@guard.neighbor
def answer(code: str) -> ResponseReturnValue:
    """Yes, no, or never again."""
    said = ANSWERS.get(request.form.get("answer", ""))
    if said is None:
        return _back(code)
    with kit().transaction() as session:
        stands = neighbors.answer(session, kit().voice, g.ask, said, kit().now(), language_now())
    return _settled(code, stands)


@bp.post("/n/<code>/back")
@guard.neighbor
def take_back(code: str) -> ResponseReturnValue:
    """Take the yes back, while the driver still has time."""
    with kit().transaction() as session:
        stands = neighbors.take_back(session, kit().voice, g.ask, kit().now())
    return _settled(code, stands)


@bp.post("/n/<code>/habits")
@guard.neighbor
def habits(code: str) -> ResponseReturnValue:
    """When and how much they take, or never again: kept for good, for every shop."""
    form, days, parts = request.form, request.form.getlist("day"), request.form.getlist("part")
    if not (set(days) & set(DAYS) and set(parts) & PARTS.keys()):
        return _page(code, NO_TIME), 422
    with kit().transaction() as session:
        kept = neighbors.choose(
            session,
            g.ask,
            days,
            parts,
            ceiling(form.get("a_week", "")),
            "never" in form,
            kit().now(),
        )
    return _back(code, SAVED) if kept else _back(code)


@bp.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """A form open for too long, or a browser without cookies: nothing was changed, and here is the way on."""
    code = (request.view_args or {}).get("code", "")
    language = choose(request.args.get("lang", ""))
    return render("pages/neighbor/stale.html", neighbor_frame(code, language)), 400
