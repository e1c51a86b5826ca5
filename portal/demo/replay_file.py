"""Reads a file of finished rounds and says which line and column is wrong."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NEEDED = ("round", "seq", "stop_id", "lat", "lng", "accepted_at", "delivered_at")
OPTIONAL = ("service_seconds",)
# Round and stop together are the reference of a shipment, which holds 80 characters.
LONGEST_NAME = 39
LONGEST_SERVICE_SECONDS = 86_400


class BadFile(ValueError):
    """The file is no replay file; the text names line and column."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One finished delivery of a round; times are aware, UTC."""

    round: str
    seq: int
    stop_id: str
    lat: float
    lng: float
    accepted_at: datetime
    delivered_at: datetime
    service_seconds: int | None = None

    @property
    def known_at(self) -> datetime:
        """When dispatch knew of it; a scan that came after the delivery teaches nothing."""
        return min(self.accepted_at, self.delivered_at)


Rounds = Mapping[str, tuple[Delivery, ...]]


def read(path: Path) -> Rounds:
    """The rounds of a file, each in the order driven. Raises BadFile with one clear sentence."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror or error}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path} is no CSV text in UTF-8: {error}.") from None
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise BadFile(f"{path} is empty; it needs a header line: {','.join(NEEDED)}.")
    columns = _columns(path, [name.strip() for name in rows[0]])
    deliveries = list(_deliveries(path, columns, rows[1:]))
    if not deliveries:
        raise BadFile(f"{path} has a header but no deliveries.")
    return _rounds(path, deliveries)


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    if missing := [name for name in NEEDED if name not in header]:
        raise BadFile(f"{path}, line 1: missing column {', '.join(missing)}.")
    if twice := [name for name in (*NEEDED, *OPTIONAL) if header.count(name) > 1]:
        raise BadFile(f"{path}, line 1: column {twice[0]} comes twice.")
    return {name: header.index(name) for name in (*NEEDED, *OPTIONAL) if name in header}


def _deliveries(
    path: Path, columns: Mapping[str, int], rows: list[list[str]]
) -> Iterator[tuple[int, Delivery]]:
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        yield line, _Row(path, line, columns, row).delivery()


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    line: int
    columns: Mapping[str, int]
    cells: list[str]

    def delivery(self) -> Delivery:
        service = self._text("service_seconds") if "service_seconds" in self.columns else ""
        return Delivery(
            round=self._name("round"),
            seq=self._whole("seq", 0, 1_000_000),
            stop_id=self._name("stop_id"),
            lat=self._number("lat", 90),
            lng=self._number("lng", 180),
            accepted_at=self._moment("accepted_at"),
            delivered_at=self._moment("delivered_at"),
            service_seconds=self._whole("service_seconds", 0, LONGEST_SERVICE_SECONDS) if service else None,
        )

    def wrong(self, column: str, what: str) -> BadFile:
        return BadFile(f"{self.path}, line {self.line}, column {column}: {what}.")

    def _text(self, column: str) -> str:
        place = self.columns[column]
        return self.cells[place].strip() if place < len(self.cells) else ""

    def _name(self, column: str) -> str:
        text = self._text(column)
        if not text or len(text) > LONGEST_NAME or not text.isprintable():
            raise self.wrong(column, f"a name of 1 to {LONGEST_NAME} characters is needed, not {text[:20]!r}")
        return text

    def _whole(self, column: str, least: int, most: int) -> int:
        text = self._text(column)
        try:
            value = int(text)
        except ValueError:
            raise self.wrong(column, f"{text[:40]!r} is no whole number") from None
        if not least <= value <= most:
            raise self.wrong(column, f"{value} is not between {least} and {most}")
        return value

    def _number(self, column: str, most: float) -> float:
        text = self._text(column)
        try:
            value = float(text)
        except ValueError:
            raise self.wrong(column, f"{text[:40]!r} is no number") from None
        if not -most <= value <= most:
            raise self.wrong(column, f"{text[:40]} is not between {-most} and {most}")
        return value

    def _moment(self, column: str) -> datetime:
        text = self._text(column)
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise self.wrong(column, f"{text[:40]!r} is no time such as 2022-08-14T09:51:00+08:00") from None
        if at.tzinfo is None:
            raise self.wrong(column, f"{text[:40]!r} has no offset; write it as 2022-08-14T09:51:00+08:00")
        return at.astimezone(UTC)


def _rounds(path: Path, deliveries: list[tuple[int, Delivery]]) -> Rounds:
    rounds: dict[str, list[Delivery]] = {}
    seen: dict[tuple[str, str], int] = {}
    for line, one in deliveries:
        before = rounds.setdefault(one.round, [])
        if first := seen.get((one.round, one.stop_id)):
            raise BadFile(f"{path}, line {line}, column stop_id: {one.stop_id} is already on line {first}.")
        if before and one.seq <= before[-1].seq:
            raise BadFile(
                f"{path}, line {line}, column seq: {one.seq} does not come after {before[-1].seq}; "
                "seq is the order really driven."
            )
        if before and one.delivered_at < before[-1].delivered_at:
            raise BadFile(
                f"{path}, line {line}, column delivered_at: this stop was delivered before the one above it, "
                "though its seq is higher."
            )
        seen[one.round, one.stop_id] = line
        before.append(one)
    return {name: tuple(stops) for name, stops in rounds.items()}
