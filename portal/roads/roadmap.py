"""The road file: places, the pieces of road between them, and the lines a map draws. A zip of plain numbers."""

import os
import zipfile
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = 1
# degrees are kept as whole ten-millionths, as OpenStreetMap does
E7 = 10_000_000
# of lines a map draws, by their number in the file
DRAWN = ("street", "main")


class BadRoads(ValueError):
    """A file is no map, no road file, or has no roads; the text is one sentence for an operator."""


@dataclass(frozen=True, slots=True)
class RoadMap:
    """Numbers of a road map.

    Nodes: `lat` and `lng` (ten-millionths of a degree), `part` (nodes of one part reach each other).
    Pieces of road, 100 m at most: from node `tail` to node `head`, seconds `forward` and `backward` (infinite where
    that is forbidden), `stopping` (1 where a van may stop). Lines: places `line_lat`, `line_lng` in a row, the first
    place of each in `line_start` (one more at the end), `line_kind` by `DRAWN`.
    """

    lat: NDArray[np.int32]
    lng: NDArray[np.int32]
    part: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    forward: NDArray[np.float32]
    backward: NDArray[np.float32]
    stopping: NDArray[np.uint8]
    line_lat: NDArray[np.int32]
    line_lng: NDArray[np.int32]
    line_start: NDArray[np.int32]
    line_kind: NDArray[np.uint8]


KINDS: dict[str, Any] = {
    name: np.dtype(kind)
    for kind, names in (
        ("int32", ("lat", "lng", "part", "tail", "head", "line_lat", "line_lng", "line_start")),
        ("float32", ("forward", "backward")),
        ("uint8", ("stopping", "line_kind")),
    )
    for name in names
}


def save(roads: RoadMap, path: Path) -> None:
    """Write the file whole or not at all. Raises `BadRoads` when it cannot be written."""
    arrays = {field.name: getattr(roads, field.name) for field in fields(roads)}
    draft = ""
    try:
        handle, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, version=np.array([VERSION]), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except OSError as error:
        if draft:
            with suppress(OSError):
                os.unlink(draft)
        raise BadRoads(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None


def load(path: Path) -> RoadMap:
    """Read the file and check that its numbers fit together. Raises `BadRoads`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if int(file["version"][0]) != VERSION:
                raise BadRoads(f"{path} was made by another version; run `doorstep roads build` again.")
            roads = RoadMap(**{name: file[name] for name in KINDS})
    except BadRoads:
        raise
    except FileNotFoundError:
        raise BadRoads(f"There is no file {path}.") from None
    except OSError as error:
        raise BadRoads(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    except (ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile, NotImplementedError):
        raise BadRoads(f"{path} is no road file; make one with `doorstep roads build`.") from None
    except Exception as error:
        # zlib's and numpy's own kinds of trouble with a damaged file
        raise BadRoads(
            f"{path} is damaged ({type(error).__name__}); run `doorstep roads build` again."
        ) from None
    if not _fits(roads):
        raise BadRoads(f"{path} is damaged; run `doorstep roads build` again.")
    return roads


def _fits(roads: RoadMap) -> bool:
    """Whether every number points at something that is there."""
    shapes = {name: getattr(roads, name) for name in KINDS}
    if any(array.ndim != 1 or array.dtype != KINDS[name] for name, array in shapes.items()):
        return False
    nodes, pieces, lines = len(roads.lat), len(roads.tail), len(roads.line_kind)
    if not (len(roads.lng) == len(roads.part) == nodes > 0 and len(roads.line_start) == lines + 1):
        return False
    if any(len(shapes[name]) != pieces for name in ("head", "forward", "backward", "stopping")) or not pieces:
        return False
    if len(roads.line_lat) != len(roads.line_lng) or roads.line_start[-1] != len(roads.line_lat):
        return False
    ends = np.concatenate([roads.tail, roads.head])
    seconds = np.concatenate([roads.forward, roads.backward])
    return bool(
        ends.min() >= 0
        and ends.max() < nodes
        and not np.isnan(seconds).any()
        and seconds.min() >= 0
        and roads.line_start[0] == 0
        and (np.diff(roads.line_start) >= 0).all()
        and (np.abs(roads.lat.astype(np.int64)) <= 90 * E7).all()
        and (np.abs(roads.lng.astype(np.int64)) <= 180 * E7).all()
    )
