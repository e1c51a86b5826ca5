"""The frame with the desk's route: own policy, own files, stops as numbers only. The list beside it says the same."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, g
from flask.typing import ResponseReturnValue

from portal.domain.change import Life
from portal.domain.geo import Point
from portal.flows import desk
from portal.store.desk_routes import RouteShown
from portal.web import guard
from portal.web.assets import asset
from portal.web.headers import csp_nonce
from portal.web.map_answers import policy
from portal.web.map_drawing import NONCE, NUMBERS, ground, ours, part_of_town
from portal.web.streets import Box
from portal.wiring import kit

bp = Blueprint("desk_map", __name__, url_prefix="/desk")

MARKS = {Life.ASKED: "waits", Life.ACCEPTED: "agreed"}
NOTHING = (
    '<!doctype html><html lang="en"><title>Map of the route</title>'
    "<p>No stop of this route has a place on the map.</p></html>"
)


def numbers(route: RouteShown) -> dict[str, Any]:
    """What the map draws: each stop's place, number and state, and where the van is. No name and no word of anybody."""
    stops = [
        {
            "at": [stop.lat, stop.lng],
            "seq": stop.seq,
            "done": stop.done_at is not None,
            "mark": MARKS.get(stop.life, "") if stop.life else "",
        }
        for stop in route.stops
        if stop.lat is not None and stop.lng is not None
    ]
    return {"stops": stops, "van": list(route.fix) if route.fix else None}


@bp.get("/routes/<int(max=2147483647):route_id>/map")
@guard.agent()
def show(route_id: int) -> ResponseReturnValue:
    """The map of a route; of an agent of one shipper only that shipper's stops."""
    with kit().reading() as session:
        route = desk.route_of(session, g.agent, route_id)
    if route is None:
        abort(404)
    told, settings = numbers(route), kit().settings
    places = [Point(*stop["at"]) for stop in told["stops"]]
    if places:
        south_west = Point(min(place.lat for place in places), min(place.lng for place in places))
        north_east = Point(max(place.lat for place in places), max(place.lng for place in places))
        box = part_of_town(south_west, north_east)
        page = _drawn(box, settings.streets, settings.map_tiles_url, settings.map_credit)
        response = Response(_filled(page, told))
    else:
        response = Response(NOTHING)
    response.headers["Content-Security-Policy"] = policy(settings.map_tiles_url)
    return response


@lru_cache(maxsize=64)
def _drawn(box: Box, streets: Path | None, tiles: str, attribution: str) -> str:
    middle = Point((box.south + box.north) / 2, (box.west + box.east) / 2)
    town = ground(middle, box, streets, tiles, attribution, styles=("css/desk-map.css",))
    return ours(town, "js/desk-map.js")


def _filled(page: str, told: dict[str, Any]) -> str:
    """The drawn page with this answer's numbers and nonce."""
    data = f'<script type="application/json" id="numbers">{json.dumps(told)}</script>'
    icon = f'<link rel="icon" href="{asset("img/icon.svg")}" type="image/svg+xml">'
    page = page.replace("<html>", '<html lang="en">', 1)
    page = page.replace("</head>", f"{icon}<title>Map of the route</title></head>", 1)
    return page.replace(NUMBERS, data).replace(NONCE, csp_nonce())
