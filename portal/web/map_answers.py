"""How maps are answered: each with its own policy, and not again while the browser has it."""

import hashlib
from base64 import b64encode
from urllib.parse import urlsplit

from flask import Response, request
from markupsafe import escape

from portal.web.assets import asset
from portal.web.brand import Brand
from portal.web.headers import csp_nonce
from portal.web.language import N_, words
from portal.web.map_drawing import NONCE, NUMBERS
from portal.web.poll import FRESH

ZOOM_IN, ZOOM_OUT = N_("Zoom in"), N_("Zoom out")


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


def filled(page: str, language: str, brand: Brand, title: str, data: str = "") -> str:
    """A drawn page with this answer's language, colors, labels and data; texts are our own, the nonce still absent."""
    _ = words(language)
    icon = f'<link rel="icon" href="{asset("img/icon.svg")}" type="image/svg+xml">'
    head = f'{icon}<title>{escape(title)}</title><style nonce="{NONCE}">{brand.css}</style></head>'
    labels = f'data-zoom-in="{escape(_(ZOOM_IN))}" data-zoom-out="{escape(_(ZOOM_OUT))}"'
    page = page.replace("<html>", f'<html lang="{language}" {labels}>', 1).replace("</head>", head, 1)
    return page.replace(NUMBERS, data)


def frame_answer(page: str, tiles: str) -> Response:
    """A filled page with this answer's nonce and policy, or 304: the browser then keeps both as they were."""
    if same := _same(page):
        return same
    response = _fresh(page.replace(NONCE, csp_nonce()), page, "text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy(tiles)
    return response


def words_answer(html: str) -> Response:
    """A page of words where a map would be, which may stand in a frame of ours."""
    response = Response(html)
    response.headers["Content-Security-Policy"] = policy("")
    return response


def picture_answer(svg: str) -> Response:
    """An SVG that may do nothing but show itself in its one style."""
    if same := _same(svg):
        return same
    style = svg.partition("<style>")[2].partition("</style>")[0]
    allowed = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    response = _fresh(svg, svg, "image/svg+xml")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{allowed}'; frame-ancestors 'none'"
    )
    return response


def _same(content: str) -> Response | None:
    etag = _etag(content)
    if not request.if_none_match.contains_weak(etag):
        return None
    return _marked(Response(status=304), etag)


def _fresh(body: str, content: str, content_type: str) -> Response:
    return _marked(Response(body, content_type=content_type), _etag(content))


def _marked(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = FRESH
    return response


def _etag(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:24]
