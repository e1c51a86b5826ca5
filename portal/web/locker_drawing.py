"""Draws the lockers of a list with folium: a door to the block, or the place that was searched, and numbers."""

from pathlib import Path

import folium

from portal.domain.geo import Point
from portal.web.map_drawing import DOOR, MANNERS, ground, named, ours, part_of_town
from portal.web.once import once

PADDING, CLOSEST = (40, 40), 16


@once(128)
def drawn(
    origin: Point, lockers: tuple[Point, ...], streets: Path | None, tiles: str, attribution: str
) -> str:
    """The frame's page with places for nonce and numbers; the first locker has number 1."""
    places = [(point.lat, point.lng) for point in (origin, *lockers)]
    town = ground(origin, part_of_town(origin, *lockers), streets, tiles, attribution)
    icon = named(folium.DivIcon(DOOR, (40, 40), (20, 20), class_name="door"), "door")
    at_door = folium.Marker(places[0], icon=icon, interactive=False, keyboard=False)
    named(at_door, "door").add_to(town)
    # the nearest is drawn last, so that it lies on top
    for number, place in reversed(list(enumerate(places[1:], 1))):
        icon = named(folium.DivIcon(str(number), (34, 34), (17, 17), class_name="stand"), f"stand{number}")
        stand = folium.Marker(place, icon=icon, interactive=False, keyboard=False)
        named(stand, f"stand{number}").add_to(town)
    south_west, north_east = ([pick(one) for one in zip(*places, strict=True)] for pick in (min, max))
    fit = folium.FitBounds([south_west, north_east], padding=PADDING, max_zoom=CLOSEST)
    named(fit, "fit").add_to(town)
    return ours(town, MANNERS)
