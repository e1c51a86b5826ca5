"""The frame with a list's lockers on a map: own policy, own files, only numbers. The list says it in words."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from portal.domain.geo import Point
from portal.web import guard
from portal.web.asking import context, listed_now
from portal.web.language import N_, words
from portal.web.locker_drawing import drawn
from portal.web.maps import filled, policy
from portal.web.tracking import render
from portal.wiring import kit

bp = Blueprint("locker_maps", __name__)

TITLE = N_("Map with the lockers of this list by their numbers")


def show(code: str) -> ResponseReturnValue:
    """The lockers that the list shows, by their numbers; one sentence where there is nothing to draw."""
    settings = kit().settings
    local, found = context(code)
    with kit().reading() as session:
        listed = listed_now(session, local.now)
    points = [Point(one.lat, one.lng) for one in listed.lockers]
    if listed.origin is None or not points:
        return render("pages/tracking/no_locker_map.html", found)
    page = drawn(
        listed.origin,
        tuple(points),
        settings.map_streets,
        settings.map_tiles_url,
        settings.map_attribution,
    )
    response = Response(filled(page, local.language, found["brand"], words(local.language)(TITLE)))
    response.headers["Content-Security-Policy"] = policy(settings.map_tiles_url)
    return response


bp.add_url_rule("/t/<code>/change/map", view_func=guard.recipient(show))
