"""The frame with a list's lockers on a map: own policy, own files, only numbers. The list says it in words."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import escape

from portal.domain.geo import Point
from portal.web import guard
from portal.web.asking import context, listed_now
from portal.web.language import N_, words
from portal.web.locker_drawing import drawn
from portal.web.map_answers import filled, frame_answer, words_answer
from portal.web.tracking import render
from portal.wiring import kit

bp = Blueprint("locker_maps", __name__)

TITLE = N_("Map with the lockers of this list by their numbers")
NO_SCRIPTS = N_("The list says all that this map shows.")


def show(code: str) -> ResponseReturnValue:
    """The lockers that the list shows, by their numbers; one sentence where there is nothing to draw."""
    settings = kit().settings
    local, found = context(code)
    with kit().reading() as session:
        listed = listed_now(session, local.now)
    points = [Point(one.lat, one.lng) for one in listed.lockers]
    if listed.origin is None or not points:
        return words_answer(render("pages/tracking/no_locker_map.html", found))
    page = drawn(
        listed.origin,
        tuple(points),
        settings.streets,
        settings.map_tiles_url,
        settings.map_credit,
    )
    _ = words(local.language)
    nothing = f'<noscript><p class="nothing">{escape(_(NO_SCRIPTS))}</p></noscript>'
    page = filled(page, local.language, found["brand"], _(TITLE), nothing)
    return frame_answer(page, settings.map_tiles_url)


bp.add_url_rule("/t/<code>/change/map", view_func=guard.recipient(show))
