"""The frame with the recipient's map: own policy, own files, only numbers. The page says it in words."""

import json
from urllib.parse import urlsplit

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from markupsafe import escape

from portal.web import guard
from portal.web.assets import asset
from portal.web.brand import Brand, brand_of
from portal.web.headers import csp_nonce
from portal.web.language import N_, words
from portal.web.map_drawing import NONCE, NUMBERS, drawn, part_of_town
from portal.web.tracking import frame, language_of, look_at, render
from portal.wiring import kit

bp = Blueprint("maps", __name__)

VAN_AND_DOOR, SHOW_BOTH = N_("Map with the van and your door"), N_("Show van and door")


def policy(tiles: str) -> str:
    """The frame's own policy: our files, folium's scripts by nonce, pictures of the operator's tiles."""
    pictures = " ".join(filter(None, ("'self' data:", tile_origin(tiles))))
    nonce = csp_nonce()
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        f"img-src {pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def tile_origin(tiles: str) -> str:
    """The origin of a tile template, with a star for `{s}`; empty for our own."""
    parts = urlsplit(tiles.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def show(code: str) -> ResponseReturnValue:
    """The map, or one sentence when it is not time for one."""
    settings, now = kit().settings, kit().now()
    look = look_at(code, now)
    language = language_of(look)
    brand = brand_of(look.shipper.name, look.shipper.brand)
    if look.view.van is None or look.door is None:
        response = Response(render("pages/tracking/no_map.html", frame(code, language, brand=brand)))
    else:
        van = look.view.van
        numbers = {
            "door": [look.door.lat, look.door.lng],
            "van": [van.lat, van.lng],
            "near": look.view.near,
            "line": look.view.route_ahead,
            "rough_m": look.rough_m,
        }
        box = part_of_town(look.door, van)
        page = drawn(look.door, box, settings.map_streets, settings.map_tiles_url, settings.map_attribution)
        title, again = words(language)(VAN_AND_DOOR), escape(words(language)(SHOW_BOTH))
        data = f'<script type="application/json" id="numbers" data-again="{again}">{json.dumps(numbers)}</script>'
        response = Response(filled(page, language, brand, title, data))
    response.headers["Content-Security-Policy"] = policy(settings.map_tiles_url)
    return response


def filled(page: str, language: str, brand: Brand, title: str, data: str = "") -> str:
    """A drawn page with this answer's language, colors, data and nonce; texts are our own."""
    nonce = csp_nonce()
    icon = f'<link rel="icon" href="{asset("img/icon.svg")}" type="image/svg+xml">'
    head = f'{icon}<title>{escape(title)}</title><style nonce="{nonce}">{brand.css}</style></head>'
    page = page.replace("<html>", f'<html lang="{language}">', 1).replace("</head>", head, 1)
    return page.replace(NUMBERS, data).replace(NONCE, nonce)


bp.add_url_rule("/t/<code>/map", view_func=guard.mark(show, "recipient"))
