"""Points on the earth: how far, which way, and how to blur one so that it tells less."""

import math
from dataclasses import dataclass

EARTH_RADIUS_M = 6_371_000.0
METERS_PER_DEGREE = EARTH_RADIUS_M * math.pi / 180
LARGEST_CELL_M = 8_000.0


@dataclass(frozen=True, slots=True)
class Point:
    """A place in degrees (WGS 84)."""

    lat: float
    lng: float


def distance_m(a: Point, b: Point) -> float:
    """Meters on the great circle (haversine)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lng = math.sin(math.radians(b.lng - a.lng) / 2)
    chord = half_lat * half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lng * half_lng
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def bearing_deg(a: Point, b: Point) -> float:
    """Degrees clockwise from north, 0 up to 360, of the way from `a` to `b`; 0 for the same place."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    turn = math.radians(b.lng - a.lng)
    east = math.sin(turn) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(turn)
    return math.degrees(math.atan2(east, north)) % 360


def cell_m(grid_m: float) -> float:
    """The side of the cells that a blur of `grid_m` meters really uses: 8 km halved until it is nearly too small."""
    return LARGEST_CELL_M / _parts(grid_m)


def blur(point: Point, grid_m: float) -> Point:
    """The center of the cell, `grid_m` meters wide or a little more, that holds the point.

    A fixed grid, no noise: averaging many blurred fixes of one place tells no more than one of them. Cells only ever
    halve, so a small one lies in one large one: blurs of two widths tell no more than the finer of them.
    """
    row_degrees = LARGEST_CELL_M / METERS_PER_DEGREE
    row_middle = (math.floor(point.lat / row_degrees) + 0.5) * row_degrees
    column_degrees = row_degrees / max(math.cos(math.radians(row_middle)), 0.01)
    parts = _parts(grid_m)
    lat = max(-90.0, min(90.0, _middle(point.lat, row_degrees / parts)))
    lng = max(-180.0, min(180.0, _middle(point.lng, column_degrees / parts)))
    return Point(round(lat, 6), round(lng, 6))


def _parts(grid_m: float) -> int:
    """Into how many the largest cell's side is cut: a power of two."""
    return 1 << max(0, math.floor(math.log2(LARGEST_CELL_M / grid_m)))


def _middle(degrees: float, step: float) -> float:
    return (math.floor(degrees / step) + 0.5) * step


def between(a: Point, b: Point, share: float) -> Point:
    """The place at `share` (0 to 1) of the straight way from `a` to `b`; fine for town distances."""
    return Point(a.lat + (b.lat - a.lat) * share, a.lng + (b.lng - a.lng) * share)
