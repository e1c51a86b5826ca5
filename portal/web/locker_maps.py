"""The frame with a list's lockers on a map, and the same as a picture: only numbers. The list says it in words."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from markupsafe import escape

from portal.domain.geo import Point
from portal.web import guard, map_picture
from portal.web.asking import context, listed_now
from portal.web.language import N_, words
from portal.web.locker_drawing import drawn
from portal.web.map_answers import filled, frame_answer, picture_answer, words_answer
from portal.web.tracking import render
from portal.wiring import kit

bp = Blueprint("locker_maps", __name__)

TITLE = N_("Map with the lockers of this list by their numbers")


def show(code: str) -> ResponseReturnValue:
    """The lockers that the list shows, by their numbers; one sentence where there is nothing to draw."""
    settings = kit().settings
    local, found = context(code)
    origin, stands = _places()
    if origin is None or not stands:
        return words_answer(render("pages/tracking/no_locker_map.html", found))
    page = drawn(origin, stands, settings.streets, settings.map_tiles_url, settings.map_credit)
    title = words(local.language)(TITLE)
    address = f"/t/{code}/change/map.svg?{request.query_string.decode('latin-1')}"
    still = f'<noscript><img class="still" src="{escape(address)}" alt="{escape(title)}"></noscript>'
    return frame_answer(filled(page, local.language, found["brand"], title, still), settings.map_tiles_url)


def picture(code: str) -> ResponseReturnValue:
    """The same as a picture, for browsers without scripts."""
    settings = kit().settings
    _local, found = context(code)
    origin, stands = _places()
    if origin is None or not stands:
        abort(404)
    credit = map_picture.plain(settings.map_credit)
    return picture_answer(
        map_picture.numbered(origin, stands, settings.streets, credit, str(found["brand"].css))
    )


def _places() -> tuple[Point | None, tuple[Point, ...]]:
    """Where the search began, and the lockers it found, nearest first."""
    with kit().reading() as session:
        listed = listed_now(session, kit().now())
    return listed.origin, tuple(Point(one.lat, one.lng) for one in listed.lockers)


bp.add_url_rule("/t/<code>/change/map", view_func=guard.recipient(show))
bp.add_url_rule("/t/<code>/change/map.svg", view_func=guard.recipient(picture))
