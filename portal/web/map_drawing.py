"""Draws maps with folium, from numbers only: no name and no word ever reaches them, nor another door a recipient's.

folium puts texts into scripts unescaped and loads ten files from five strangers: here it gets no texts,
and our own files in place of theirs. Its ids are random, so they are set, and the bytes repeat.
"""

import re
from pathlib import Path
from typing import Any

import folium

from portal.domain.geo import Point
from portal.web.assets import asset
from portal.web.once import once
from portal.web.streets import AREAS, LINES, Box, Place, box_of, within

NONCE, NUMBERS = "@nonce@", "@numbers@"
MARGIN_DEGREES, GRID = 0.006, 100
WEIGHTS = {"street": 5, "main": 9}
# From how many degrees of latitude on (about 9 km) small streets would only be a gray cloud.
LARGE_DEGREES = 0.08
MANNERS = "js/map-manners.js"
VIEWPORT = re.compile(r'<meta name="viewport".*?/>', re.DOTALL)
VAN = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 6h11v10H2zM14 9h4l4 4v3h-8z"/>'
    '<circle cx="7" cy="17" r="2.200"/><circle cx="18" cy="17" r="2.200"/></svg>'
)
DOOR = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3 2 11h3v10h5v-6h4v6h5V11h3z"/></svg>'


def part_of_town(*points: Point | None) -> Box:
    """What the map shows, rounded outwards so that a moving van rarely asks for another part."""
    places = [(point.lat, point.lng) for point in points if point]
    box = box_of(places, MARGIN_DEGREES)
    south, west = (int(value * GRID // 1) / GRID for value in (box.south, box.west))
    north, east = (int(-(-value * GRID // 1)) / GRID for value in (box.north, box.east))
    return Box(south, west, north, east)


@once(256)
def drawn(door: Point, box: Box, streets: Path | None, tiles: str, attribution: str) -> str:
    """The frame's page with places for nonce and numbers; built once for a door and its part of town."""
    town = ground(door, box, streets, tiles, attribution)
    here = (door.lat, door.lng)
    named(folium.Circle(here, radius=1), "rough", class_name="rough").add_to(town)
    named(folium.PolyLine([here, here]), "way", class_name="way").add_to(town)
    for name, picture in (("door", DOOR), ("van", VAN)):
        icon = named(folium.DivIcon(picture, (40, 40), (20, 20), class_name=name), name)
        named(folium.Marker(here, icon=icon, interactive=False, keyboard=False), name).add_to(town)
    return ours(town, MANNERS, "js/map-frame.js")


def ground(
    middle: Point, box: Box, streets: Path | None, tiles: str, attribution: str, styles: tuple[str, ...] = ()
) -> folium.Map:
    """A map with nothing on it but this part of town, with our own files; `styles` are more of our style sheets."""
    town = folium.Map(location=(middle.lat, middle.lng), zoom_start=15, tiles=None, zoom_control=True)
    town.default_js = [("leaflet", asset("vendor/leaflet-1.9.4/leaflet.js"))]
    town.default_css = [
        ("leaflet_css", asset("vendor/leaflet-1.9.4/leaflet.css")),
        ("tokens", asset("css/tokens.css")),
        ("map", asset("css/map.css")),
        *((style, asset(style)) for style in styles),
    ]
    named(town, "frame")
    if tiles:
        named(folium.TileLayer(tiles, attr=attribution, max_zoom=19), "ground").add_to(town)
    else:
        _draw_streets(town, in_sight(streets, box), attribution)
    return town


def in_sight(streets: Path | None, box: Box) -> dict[str, list[tuple[Place, ...]]]:
    """What to draw in this box, by kind; of a large one without its small streets."""
    found = within(streets, box)
    return {kind: shapes for kind, shapes in found.items() if kind != "street" or not _is_large(box)}


def _is_large(box: Box) -> bool:
    return box.north - box.south > LARGE_DEGREES


def _draw_streets(town: folium.Map, found: dict[str, list[tuple[Place, ...]]], attribution: str) -> None:
    for kind in AREAS:
        if outlines := found.get(kind):
            named(folium.Polygon(outlines, interactive=False), kind, class_name=kind).add_to(town)
    for edge in ("edge", ""):
        for kind in LINES:
            if lines := found.get(kind):
                weight = WEIGHTS[kind] + (2 if edge else 0)
                layer = folium.PolyLine(lines, weight=weight, smooth_factor=1.5)
                layer.options["attribution"] = attribution
                named(layer, kind + edge, class_name=f"{kind} {edge}".strip()).add_to(town)


def named(element: Any, name: str, class_name: str = "") -> Any:
    """The element with a fixed id, and the class that gives it its color in light and in dark."""
    element._id = name
    if class_name:
        element.options = {**element.options, "className": class_name, "interactive": False}
    return element


def ours(town: folium.Map, *scripts: str) -> str:
    """folium's page with our viewport, places for nonce and numbers, and the scripts that draw and move."""
    page = town.get_root().render()
    page = VIEWPORT.sub('<meta name="viewport" content="width=device-width, initial-scale=1">', page, count=1)
    page = page.replace("<script>", f'<script nonce="{NONCE}">').replace(
        "<style>", f'<style nonce="{NONCE}">'
    )
    tags = "".join(f'<script type="module" src="{asset(script)}"></script>' for script in scripts)
    ending = f"{NUMBERS}{tags}\n</html>"
    return page.replace("</html>", ending)
