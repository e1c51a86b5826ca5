"""Draws the map as a picture, for browsers without scripts and while no van is on it: numbers become pixels."""

import re
from html import escape, unescape
from math import cos, radians
from pathlib import Path

from portal.domain.geo import METERS_PER_DEGREE, Point, between
from portal.web.map_drawing import DOOR, VAN, WEIGHTS, in_sight
from portal.web.once import once
from portal.web.streets import AREAS, LINES, Box, Place

WIDTH, HEIGHT = 720, 480
# A page crops the picture to its room: what matters stays within this part round the middle.
SAFE_WIDTH, SAFE_HEIGHT = 320, 280
CLOSEST_M_PER_PIXEL = 1.4
STYLE = (
    ".paper{fill:#eceae4}.water{fill:#bcd8e6}.green{fill:#d5e6cc}"
    ".street,.main,.edge{fill:none;stroke:#fff;stroke-linejoin:round;stroke-linecap:round}.edge{stroke:#d6d2c8}"
    ".rough{fill:var(--accent);fill-opacity:.16}"
    ".way{fill:none;stroke:var(--accent);stroke-width:4;stroke-linecap:round;stroke-dasharray:2 9}"
    ".door{fill:#15181c}.van{fill:var(--accent)}.ring{stroke:#fff;stroke-width:3}.sign{fill:#fff}"
    ".van-sign{fill:var(--accent-ink)}.van-sign circle{stroke:var(--accent);stroke-width:1.6}"
    ".number{font:700 15px system-ui,sans-serif;fill:var(--accent-ink);text-anchor:middle}"
    ".credit{font:12px system-ui,sans-serif;fill:#545b64;text-anchor:middle}"
    "@media(prefers-color-scheme:dark){.paper{fill:#14181c}.water{fill:#17303c}.green{fill:#192a20}"
    ".street,.main{stroke:#343b43}.edge{stroke:#0f1215}.ring{stroke:#14181c}.door{fill:#eef0f2}.sign{fill:#14181c}"
    ".credit{fill:#a8b0b9}}"
)
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>")
TAGS = re.compile(r"<[^>]*>")


class _Paper:
    """Where places of the earth lie on the picture: these round its middle, as large as they and a margin allow."""

    def __init__(self, places: list[Point], margin_m: float) -> None:
        south_west = Point(min(place.lat for place in places), min(place.lng for place in places))
        north_east = Point(max(place.lat for place in places), max(place.lng for place in places))
        self.middle = between(south_west, north_east, 0.5)
        east_m = METERS_PER_DEGREE * max(cos(radians(self.middle.lat)), 0.01)
        wide = (north_east.lng - south_west.lng) * east_m + margin_m
        high = (north_east.lat - south_west.lat) * METERS_PER_DEGREE + margin_m
        self.m_per_pixel = max(CLOSEST_M_PER_PIXEL, wide / SAFE_WIDTH, high / SAFE_HEIGHT)
        self._x, self._y = east_m / self.m_per_pixel, METERS_PER_DEGREE / self.m_per_pixel

    @property
    def thin(self) -> float:
        """Streets are drawn thinner where more of them are seen."""
        return min(1.0, max(0.4, 2 / self.m_per_pixel))

    @property
    def box(self) -> Box:
        """The part of the town on the picture."""
        half_lat, half_lng = HEIGHT / 2 / self._y, WIDTH / 2 / self._x
        lat, lng = self.middle.lat, self.middle.lng
        return Box(lat - half_lat, lng - half_lng, lat + half_lat, lng + half_lng)

    def at(self, lat: float, lng: float) -> str:
        """The pixel of a place."""
        x, y = WIDTH / 2 + (lng - self.middle.lng) * self._x, HEIGHT / 2 - (lat - self.middle.lat) * self._y
        return f"{x:.1f} {y:.1f}"

    def path(self, shapes: list[tuple[Place, ...]], end: str = "") -> str:
        """Lines or outlines as one path's data."""
        return "".join("M" + "L".join(self.at(*place) for place in shape) + end for shape in shapes)


@once(512)
def drawn(
    door: Point, van: Point | None, line: bool, rough_m: float, streets: Path | None, credit: str, colors: str
) -> str:
    """The van and the door; `rough_m` is how far off the van may be, `colors` are the rules that set the accent."""
    paper = _Paper([door, van] if van else [door], rough_m if van else 0)
    marks = _way(paper, door, van, line, rough_m)
    marks.append(_sign("door", DOOR, "sign", paper.at(door.lat, door.lng)))
    if van:
        marks.append(_sign("van", VAN, "van-sign", paper.at(van.lat, van.lng)))
    return _svg(paper, marks, streets, credit, colors)


@once(128)
def numbered(origin: Point, stands: tuple[Point, ...], streets: Path | None, credit: str, colors: str) -> str:
    """Lockers by their numbers round the place they were looked for; the nearest is drawn last and lies on top."""
    paper = _Paper([origin, *stands], 0)
    marks = [_sign("door", DOOR, "sign", paper.at(origin.lat, origin.lng))]
    for number, stand in reversed(list(enumerate(stands, 1))):
        at = paper.at(stand.lat, stand.lng)
        ring = f'<circle class="van ring" r="16"/><text class="number" y="5">{number}</text>'
        marks.append(f'<g transform="translate({at})">{ring}</g>')
    return _svg(paper, marks, streets, credit, colors)


def _svg(paper: _Paper, marks: list[str], streets: Path | None, credit: str, colors: str) -> str:
    parts = [*_ground(paper, streets), *marks]
    if credit and streets:
        parts.append(f'<text class="credit" x="{WIDTH // 2}" y="{HEIGHT - 44}">{escape(credit)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"<style>{colors}{STYLE}</style>{''.join(parts)}</svg>"
    )


def _ground(paper: _Paper, streets: Path | None) -> list[str]:
    found = in_sight(streets, paper.box)
    parts = [f'<path class="paper" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>']
    parts += [f'<path class="{kind}" d="{paper.path(found[kind], "Z")}"/>' for kind in AREAS if kind in found]
    for edge in (2, 0):
        for kind in (kind for kind in LINES if kind in found):
            name, width = ("edge" if edge else kind), WEIGHTS[kind] * paper.thin + edge
            parts.append(f'<path class="{name}" stroke-width="{width:.1f}" d="{paper.path(found[kind])}"/>')
    return parts


def _way(paper: _Paper, door: Point, van: Point | None, line: bool, rough_m: float) -> list[str]:
    if van is None:
        return []
    x, y = paper.at(van.lat, van.lng).split()
    parts = [f'<circle class="rough" cx="{x}" cy="{y}" r="{rough_m / paper.m_per_pixel:.1f}"/>']
    if line:
        parts.append(f'<path class="way" d="{paper.path([((van.lat, van.lng), (door.lat, door.lng))])}"/>')
    return parts


def _sign(name: str, picture: str, ink: str, at: str) -> str:
    found = DRAWING.search(picture)
    drawing = found[1] if found else ""
    return (
        f'<g transform="translate({at})"><circle class="{name} ring" r="18.5"/>'
        f'<g class="{ink}" transform="translate(-10 -10) scale(.833)">{drawing}</g></g>'
    )


def plain(attribution: str) -> str:
    """An attribution without its links: a picture has none."""
    return unescape(TAGS.sub("", attribution)).strip()
