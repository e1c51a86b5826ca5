"""Those who were forgotten, beside the pictures and outside the database: a restored backup does not know of them.

One line of JSON each, only ever added to, of keyed fingerprints alone.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

NAME = "forgotten.jsonl"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One request to be forgotten; `deliveries` are the keyed fingerprints of what it reached, with the part."""

    uid: str
    shipper: int | None
    at: datetime
    reason: str
    people: frozenset[str]
    deliveries: tuple[tuple[str, str], ...]


def write(folder: Path, stone: Tombstone) -> None:
    """Add a request to the file, in one piece; only this account may read it."""
    folder.mkdir(0o700, parents=True, exist_ok=True)
    line = {
        "uid": stone.uid,
        "shipper": stone.shipper,
        "at": stone.at.isoformat(),
        "reason": stone.reason,
        "people": sorted(stone.people),
        "deliveries": [list(one) for one in stone.deliveries],
    }
    at = os.open(folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(at, json.dumps(line, separators=(",", ":")).encode() + b"\n")
        os.fsync(at)
    finally:
        os.close(at)


def read(path: Path) -> Iterator[Tombstone]:
    """The requests in a file, oldest first; a line that a crash cut short is left out."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for text in lines:
            try:
                line = json.loads(text)
                yield Tombstone(
                    line["uid"],
                    line["shipper"],
                    datetime.fromisoformat(line["at"]),
                    line["reason"],
                    frozenset(line["people"]),
                    tuple((mark, part) for mark, part in line["deliveries"]),
                )
            except (ValueError, KeyError, TypeError):
                continue
