"""The demo's town as an SVG: the streets' GeoJSON as paths, and a dot for each van."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from pathlib import Path

from portal.store.routes import Van

WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """The town as SVG paths by kind, in a view box of this width and height."""

    width: float
    height: float
    paths: tuple[tuple[str, str], ...]
    west: float
    north: float
    scale: float
    squeeze: float

    def place(self, lat: float, lng: float) -> tuple[float, float]:
        """Where a point of the earth lies in the view box."""
        return round((lng - self.west) * self.scale * self.squeeze, 1), round(
            (self.north - lat) * self.scale, 1
        )


@lru_cache(maxsize=4)
def drawing(path: Path, frame: tuple[float, float, float, float]) -> Drawing | None:
    """The streets' GeoJSON as paths; `frame` is west, south, east, north. None without such a file."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError):
        return None
    west, south, east, north = frame
    squeeze = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    empty = Drawing(WIDTH, round((north - south) * scale, 1), (), west, north, scale, squeeze)
    by_kind: dict[str, list[str]] = {}
    for feature in features:
        kind, geometry = feature["properties"]["kind"], feature["geometry"]
        closed = geometry["type"] == "Polygon"
        line = geometry["coordinates"][0] if closed else geometry["coordinates"]
        by_kind.setdefault(kind, []).append(_path(empty, line, closed))
    paths = tuple((kind, "".join(parts)) for kind, parts in by_kind.items())
    return Drawing(WIDTH, empty.height, paths, west, north, scale, squeeze)


def _path(on: Drawing, line: list[list[float]], closed: bool) -> str:
    points = [on.place(lat, lng) for lng, lat in line]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("Z" if closed else "")


@dataclass(frozen=True, slots=True)
class Dot:
    """A van on the drawing."""

    name: str
    x: float
    y: float


def dots(on: Drawing, vans: Mapping[str, Van]) -> list[Dot]:
    """The vans that have been seen."""
    seen = [(name, on.place(van.fix.lat, van.fix.lng)) for name, van in sorted(vans.items()) if van.fix]
    return [Dot(name.replace("van-", ""), x, y) for name, (x, y) in seen]
