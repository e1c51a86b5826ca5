"""Streets of a GeoJSON or a road file, cut to the part of the town a map shows: only numbers leave this room."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.roads.streets import streets_of

ROAD_FILE = ".npz"
LINES = ("street", "main")
AREAS = ("water", "green")

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map in degrees."""

    south: float
    west: float
    north: float
    east: float

    def meets(self, other: "Box") -> bool:
        """The two share some ground."""
        return not (
            other.south > self.north
            or other.north < self.south
            or other.west > self.east
            or other.east < self.west
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """A line or an outline as (lat, lng) places, with its box and kind: water, green, street or main."""

    kind: str
    places: tuple[Place, ...]
    box: Box


def box_of(places: Iterable[Place], margin: float = 0.0) -> Box:
    """The smallest box round these places, with a margin in degrees."""
    lats, lngs = zip(*places, strict=True)
    return Box(min(lats) - margin, min(lngs) - margin, max(lats) + margin, max(lngs) + margin)


@lru_cache(maxsize=4)
def shapes(path: Path) -> tuple[Shape, ...]:
    """Every line and outline of a GeoJSON FeatureCollection; a file that is none draws nothing."""
    try:
        features = json.loads(path.read_text("utf-8")).get("features", [])
        return tuple(shape for feature in features for shape in _shapes(feature))
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return ()


def _shapes(feature: dict[str, Any]) -> Iterator[Shape]:
    geometry, properties = feature["geometry"] or {}, feature.get("properties") or {}
    parts, usual = geometry["coordinates"], "street"
    match geometry["type"]:
        case "LineString":
            parts = [parts]
        case "MultiLineString":
            pass
        case "Polygon":
            parts, usual = parts[:1], "green"
        case _:
            return
    kind = properties.get("kind", usual)
    for part in parts:
        places = tuple((float(lat), float(lng)) for lng, lat, *_ in part)
        if len(places) > 1:
            yield Shape(kind if kind in LINES + AREAS else usual, places, box_of(places))


def within(path: Path | None, box: Box) -> dict[str, list[tuple[Place, ...]]]:
    """What to draw in this box, by kind: of a road file (.npz), or else a GeoJSON file."""
    if path and path.suffix == ROAD_FILE:
        roads = streets_of(path)
        return roads.within(box.south, box.west, box.north, box.east) if roads else {}
    found: dict[str, list[tuple[Place, ...]]] = {}
    for shape in shapes(path) if path else ():
        if shape.box.meets(box):
            found.setdefault(shape.kind, []).append(shape.places)
    return found
