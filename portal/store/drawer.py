"""Pictures on disk, under random names in a folder for each shipper. Nobody outside ever learns a path."""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{32}")


def new_name() -> str:
    """A name that tells nothing: 128 random bits."""
    return secrets.token_hex(16)


class Drawer:
    """A folder; on many machines the same one for all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, shipper_id: int, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError("this is no name of ours")
        return self.folder / str(int(shipper_id)) / name[:2] / name

    def put(self, shipper_id: int, name: str, body: bytes) -> None:
        """Write a file, whole or not at all; only this account may read it."""
        path = self._path(shipper_id, name)
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        beside = path.with_suffix(f".{secrets.token_hex(4)}")
        with open(beside, "xb", opener=lambda at, flags: os.open(at, flags, 0o600)) as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def read(self, shipper_id: int, name: str) -> bytes | None:
        """What is in a file; None where there is none."""
        try:
            return self._path(shipper_id, name).read_bytes()
        except (FileNotFoundError, ValueError):
            return None

    def erase(self, shipper_id: int, name: str) -> None:
        """Erase a file, also one that is gone already."""
        self._path(shipper_id, name).unlink(missing_ok=True)

    def older_than(self, at: float) -> Iterator[tuple[Path, str]]:
        """Files last written before this time (seconds since 1970): the path, and the name before its first dot."""
        for path in self.folder.glob("*/*/*"):
            try:
                if path.is_file() and path.stat().st_mtime < at:
                    yield path, path.name.partition(".")[0]
            except FileNotFoundError:
                continue
