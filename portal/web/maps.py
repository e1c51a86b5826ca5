"""The frame with the recipient's map, and the same as a picture: own policy, own files, only numbers.

The page says it in words.
"""

import json
from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from markupsafe import escape

from portal.domain.geo import Point
from portal.domain.visibility import View
from portal.web import guard, map_picture
from portal.web.brand import Brand, brand_of
from portal.web.language import N_, words
from portal.web.map_answers import filled, frame_answer, picture_answer, words_answer
from portal.web.map_drawing import drawn, part_of_town
from portal.web.nearby import why_hidden
from portal.web.present import local_of
from portal.web.tracking import frame, language_of, look_at, render
from portal.wiring import kit

bp = Blueprint("maps", __name__)

VAN_AND_DOOR, SHOW_BOTH = N_("Map with the van and your door"), N_("Show van and door")


def show(code: str) -> ResponseReturnValue:
    """The map, or one sentence that says why there is none."""
    settings, now = kit().settings, kit().now()
    look = look_at(code, now)
    language = language_of(look)
    brand = brand_of(look.shipper.name, look.shipper.brand)
    links = frame(code, language, brand=brand)
    if look.view.van is None or look.door is None:
        why = why_hidden(look.view, local_of(look.shipment.address, language, now))
        return words_answer(render("pages/tracking/no_map.html", links | {"why": why}))
    page = van_page(look.view, look.door, look.rough_m, f"{links['base']}/map.svg", language, brand)
    return frame_answer(page, settings.map_tiles_url)


def van_page(view: View, door: Point, rough_m: float, still: str, language: str, brand: Brand) -> str:
    """The frame's page with a van; `still` is its picture's address, for browsers without scripts."""
    settings, _ = kit().settings, words(language)
    box = part_of_town(door, view.van)
    page = drawn(door, box, settings.streets, settings.map_tiles_url, settings.map_credit)
    title = _(VAN_AND_DOOR)
    numbers = json.dumps(told(view, rough_m) | {"door": [door.lat, door.lng]})
    data = (
        f'<script type="application/json" id="numbers" data-again="{escape(_(SHOW_BOTH))}">{numbers}</script>'
        f'<noscript><img class="still" src="{still}" alt="{escape(title)}"></noscript>'
    )
    return filled(page, language, brand, title, data)


def told(view: View, rough_m: float) -> dict[str, Any]:
    """What a frame draws of the van, at first and with each later look."""
    van = [view.van.lat, view.van.lng] if view.van else None
    return {"van": van, "line": view.route_ahead, "rough_m": round(rough_m)}


def picture(code: str) -> ResponseReturnValue:
    """The map as a picture, by the same rules; the door alone while there is no van on it."""
    look = look_at(code, kit().now())
    if look.door is None or not look.view.comes_to_the_map:
        abort(404)
    return picture_answer(
        still(look.view, look.door, look.rough_m, brand_of(look.shipper.name, look.shipper.brand))
    )


def still(view: View, door: Point, rough_m: float, brand: Brand) -> str:
    """An SVG of the door, and of the van as far as it may be shown."""
    settings = kit().settings
    credit = map_picture.plain(settings.map_credit)
    return map_picture.drawn(
        door, view.van, view.route_ahead, rough_m, settings.streets, credit, str(brand.css)
    )


bp.add_url_rule("/t/<code>/map", view_func=guard.mark(show, "recipient"))
bp.add_url_rule("/t/<code>/map.svg", view_func=guard.mark(picture, "recipient"))
