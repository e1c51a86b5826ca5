"""Draws the demo town as GeoJSON: water, green and streets, numbers only, small enough to send with a map."""

import json
from math import cos, dist, pi, sin
from typing import Any

from portal.demo import quarters
from portal.demo.streets import Point
from portal.demo.town import Town, latlng

# Five decimals are about a meter.
DECIMALS = 5


def geojson(town: Town) -> dict[str, Any]:
    """A FeatureCollection; `kind` of each feature is water, green, street or main, in drawing order."""
    features = [_area("water", _river())]
    features += [_area("green", _ellipse(middle, half)) for middle, half in quarters.GREENS]
    for kind, main in (("street", False), ("main", True)):
        features += [_line(kind, street.points) for street in town.streets if street.main is main]
    return {"type": "FeatureCollection", "features": features}


def frame(town: Town, margin_m: float = 150.0) -> tuple[float, float, float, float]:
    """West, south, east and north of what is worth showing, in degrees."""
    points = [point for street in town.streets for point in street.points]
    south, west = latlng((min(x for x, _ in points) - margin_m, min(y for _, y in points) - margin_m))
    north, east = latlng((max(x for x, _ in points) + margin_m, max(y for _, y in points) + margin_m))
    return west, south, east, north


def text(town: Town) -> str:
    """The same as compact JSON text."""
    return json.dumps(geojson(town), separators=(",", ":"))


def _river() -> list[Point]:
    """The outline of the river: its bed, smoothed, with both banks."""
    bed = _smooth(list(quarters.RIVER))
    left, right = [], []
    for before, here, after in zip([bed[0], *bed], bed, [*bed[1:], bed[-1]], strict=False):
        length = dist(before, after)
        across = (-(after[1] - before[1]) / length, (after[0] - before[0]) / length)
        half = quarters.RIVER_WIDTH_M / 2
        left.append((here[0] + across[0] * half, here[1] + across[1] * half))
        right.append((here[0] - across[0] * half, here[1] - across[1] * half))
    return left + right[::-1]


def _smooth(points: list[Point], steps: int = 6) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    curve = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            x, y = (
                0.5
                * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
                for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
            )
            curve.append((x, y))
    return [*curve, points[-1]]


def _ellipse(middle: Point, half: Point, corners: int = 24) -> list[Point]:
    """A soft, slightly uneven round."""
    angles = [2 * pi * corner / corners for corner in range(corners)]
    uneven = [1 + 0.09 * sin(3 * a + middle[0]) for a in angles]
    return [
        (middle[0] + half[0] * r * cos(a), middle[1] + half[1] * r * sin(a))
        for a, r in zip(angles, uneven, strict=True)
    ]


def _position(point: Point) -> list[float]:
    lat, lng = latlng(point)
    return [round(lng, DECIMALS), round(lat, DECIMALS)]


def _area(kind: str, outline: list[Point]) -> dict[str, Any]:
    ring = [_position(point) for point in [*outline, outline[0]]]
    return _feature(kind, {"type": "Polygon", "coordinates": [ring]})


def _line(kind: str, points: tuple[Point, ...]) -> dict[str, Any]:
    return _feature(kind, {"type": "LineString", "coordinates": [_position(point) for point in points]})


def _feature(kind: str, geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": geometry}
