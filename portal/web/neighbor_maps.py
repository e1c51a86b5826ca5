"""The map of what comes to a neighbor who said yes: drawn as its recipient's, by the same rules."""

from flask import Blueprint, abort, g
from flask.typing import ResponseReturnValue

from portal.flows import neighbors
from portal.flows.track import OnTheMap, on_the_map
from portal.web import guard
from portal.web.map_answers import frame_answer, picture_answer, words_answer
from portal.web.maps import still, van_page
from portal.web.neighbors import language_now, neighbor_frame
from portal.web.tracking import render
from portal.wiring import kit

bp = Blueprint("neighbor_maps", __name__)


@bp.get("/n/<code>/map")
@guard.neighbor
def show(code: str) -> ResponseReturnValue:
    """The van that comes to them, or one sentence."""
    seen, language = _its_map(), language_now()
    context = neighbor_frame(code, language)
    if seen is None or seen.door is None or seen.view.van is None:
        return words_answer(render("pages/tracking/no_map.html", context))
    picture = f"{context['base']}/map.svg"
    page = van_page(seen.view, seen.door, seen.rough_m, picture, language, context["brand"])
    return frame_answer(page, kit().settings.map_tiles_url)


@bp.get("/n/<code>/map.svg")
@guard.neighbor
def picture(code: str) -> ResponseReturnValue:
    """The same as a picture; the door alone while there is no van on it."""
    seen = _its_map()
    if seen is None or seen.door is None or not seen.view.comes_to_the_map:
        abort(404)
    brand = neighbor_frame(code, language_now())["brand"]
    return picture_answer(still(seen.view, seen.door, seen.rough_m, brand))


def _its_map() -> OnTheMap | None:
    house, now = kit(), kit().now()
    with house.reading() as session:
        parcel = neighbors.coming(neighbors.open_page(session, house.voice, g.ask, now))
        return (
            on_the_map(session, house.shippers(session)[parcel.shipper_id], parcel, now) if parcel else None
        )
