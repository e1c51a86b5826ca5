"""Two small made-up rounds as a replay file, and the same in pieces to spoil."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

HEADER = "round,seq,stop_id,lat,lng,accepted_at,delivered_at"
BEGINS = datetime(2024, 5, 7, 1, 0, tzinfo=UTC)


def rows(name: str, stops: int, seed: int, late_from: int = 99) -> list[str]:
    """A round on a street that runs north; stops from `late_from` on are accepted on the way."""
    rng = Random(seed)
    at, lines = BEGINS + timedelta(minutes=seed), []
    for seq in range(1, stops + 1):
        accepted = at - timedelta(minutes=20) if seq >= late_from else BEGINS - timedelta(hours=1)
        lat = 48 + 0.003 * seq
        lines.append(f"{name},{seq},{name}-{seq},{lat:.5f},9.{seed},{accepted.isoformat()},{at.isoformat()}")
        at += timedelta(minutes=rng.randint(5, 22))
    return lines


def file(folder: Path, *lines: str, header: str = HEADER) -> Path:
    """A replay file of these lines."""
    path = folder / f"rounds{len(list(folder.iterdir()))}.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def two_rounds(folder: Path) -> Path:
    """Twelve and nine stops; two of the nine become known on the way."""
    return file(folder, *rows("R1", 12, 1), *rows("R2", 9, 2, late_from=8))
