"""A file of OpenStreetMap becomes a road map: its drivable ways."""

from collections.abc import Callable, Iterator
from pathlib import Path

import osmium

from portal.roads.roadmap import BadRoads
from portal.roads.sketch import Read, Sketch, joined
from portal.roads.speeds import Drive, drive_of

SAID_EVERY = 20_000
Node = tuple[int, int, int]
Say = Callable[[str], None]


def read(path: Path, say: Say = lambda line: None) -> Read:
    """The road map of an OpenStreetMap file (.osm.pbf, .osm, .osm.bz2, .osm.gz). Raises `BadRoads`."""
    if not path.is_file():
        raise BadRoads(f"There is no file {path}.")
    if not path.stat().st_size:
        raise BadRoads(f"{path} is empty.")
    sketch = Sketch()
    try:
        for count, (nodes, drive) in enumerate(_ways(path)):
            for stretch in _unbroken(nodes):
                sketch.way(stretch, drive)
            sketch.ways += 1
            if count and not count % SAID_EVERY:
                say(f"{count:,} ways read, {sketch.meters / 1000:,.0f} km")
    except (RuntimeError, ValueError, OSError) as error:
        raise BadRoads(_sentence(path, error)) from None
    if not sketch.tail:
        raise BadRoads(f"{path} has no road that a van could drive.")
    say(f"{sketch.ways:,} ways read, {sketch.meters / 1000:,.0f} km; looking what hangs together")
    return joined(sketch)


def _ways(path: Path) -> Iterator[tuple[list[Node | None], Drive]]:
    """Drivable ways with their nodes; None for a node that the file does not have."""
    found = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    for one in found:
        if not isinstance(one, osmium.osm.Way):
            continue
        drive = drive_of({tag.k: tag.v for tag in one.tags})
        if drive is not None:
            yield (
                [
                    (node.ref, node.location.y, node.location.x) if node.location.valid() else None
                    for node in one.nodes
                ],
                drive,
            )


def _unbroken(nodes: list[Node | None]) -> Iterator[list[Node]]:
    """The stretches between missing nodes, two nodes and more."""
    stretch: list[Node] = []
    for node in [*nodes, None]:
        if node is not None:
            stretch.append(node)
            continue
        if len(stretch) > 1:
            yield stretch
        stretch = []


def _sentence(path: Path, error: Exception) -> str:
    """What the reader stumbled over, as one sentence."""
    said = str(error).strip().partition("\n")[0].rstrip(".")[:200]
    if "not detect file format" in said or "Unknown" in said or "format" in said.lower():
        return f"{path} does not look like OpenStreetMap data by its name; it should end in .osm.pbf or .osm ({said})."
    return f"{path} is no OpenStreetMap data, or is cut off or damaged ({said})."
